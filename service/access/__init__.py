"""Who may see what: roles, the tables of domain sections 8 and 9, and the view of one caller."""
