"""Short messages: one seam, and the providers behind it."""
