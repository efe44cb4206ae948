"""Words into speech."""
