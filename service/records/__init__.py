"""Records of every kind: read one by one or as a list, created, replaced, deleted."""
