"""Asterisk as the engine where one machine is outgrown: ARI for calls, AudioSocket for sound."""
