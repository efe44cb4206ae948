"""Simulated residents' voices, for the loopback phone and for measuring. Synthetic speech, and never called else."""
