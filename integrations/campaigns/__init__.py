"""Campaigns in the database: the audience frozen at launch, attempts that are due, what became of them."""
