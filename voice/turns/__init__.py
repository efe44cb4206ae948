"""Who speaks when: speech found in sound, and turns as arithmetic on durations."""
