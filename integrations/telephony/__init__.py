"""Real telephone lines: our SIP user agent, Asterisk, and what both need."""
