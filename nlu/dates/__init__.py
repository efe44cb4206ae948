"""Calendar days and times of day in words: weeks, months, festivals, the lunar calendar, clock times."""
