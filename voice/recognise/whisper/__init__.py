"""Whisper on CTranslate2, with the expected answers scored against the sound."""
