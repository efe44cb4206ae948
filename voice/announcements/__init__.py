"""Who answered: a person, or a carrier's announcement, an answering machine, a fax, a tone."""
