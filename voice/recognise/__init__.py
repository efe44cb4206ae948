"""Speech into words, and words into what the pending question may hold."""
