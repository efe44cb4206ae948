"""A SIP user agent of our own: RFC 3261 over UDP, decided without I/O and moved by a thin shell."""
