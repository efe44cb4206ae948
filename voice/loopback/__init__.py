"""A telephone with sound and without a line: the far end is in this process and takes turns with the assistant."""
