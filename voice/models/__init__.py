"""Model files: which there are, how to get them, and whether they are the ones that were promised."""
