"""The full-size example bureau: its data, the script that makes its workbook, and the gaps it must give."""
