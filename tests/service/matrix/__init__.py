"""Every role at every endpoint: what is told, what is not, and what may be done (domain sections 8 and 9)."""
