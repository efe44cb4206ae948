"""Sound as samples: files, codecs, rates, the telephone band, noise and keypad tones."""
