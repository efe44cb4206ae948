"""Options of a question in what somebody says: named, placed, counted, sounding alike, and which one is meant."""
