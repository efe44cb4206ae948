"""Sound on the wire: RTP (RFC 3550), telephone keys (RFC 4733), one pacer for every call."""
