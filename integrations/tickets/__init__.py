"""Tickets: matters that a named person must see to."""
