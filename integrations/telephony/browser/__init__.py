"""Calls from a page with a microphone: the telephone that needs no telephone."""
