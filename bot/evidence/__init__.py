"""Recordings of calls as evidence: sealed files, who may hear them, and when they are deleted."""
