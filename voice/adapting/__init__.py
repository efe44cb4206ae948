"""How Whisper base was taught telephones and answers: made once by us, needed by nobody who only runs the assistant."""
