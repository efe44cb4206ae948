"""An urgent matter handed to a person by telephone: whom to ring, what to say to them, what the resident hears."""
