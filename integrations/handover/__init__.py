"""Hand-overs as rows: opened with the escalation, claimed by lease, each call written down before it rings."""
