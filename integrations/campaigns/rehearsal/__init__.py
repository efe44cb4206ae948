"""Simulated residents before whom a campaign is rehearsed; they know the questionnaire's words, nothing else of us."""
