"""The saved questions, answered on the example bureau and worked out again from its workbook."""
