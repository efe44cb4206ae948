"""A telephone line without a telephone: its far ends are simulated residents in a process of their own."""
