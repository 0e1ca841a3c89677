"""The life cycles of domain section 3: which move of which record, by whom, on what condition."""
