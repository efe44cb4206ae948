"""Prompts rendered ahead of a call: kept as A-law under a name that is their content, spliced where parts vary."""
