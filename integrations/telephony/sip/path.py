"""The way to one trunk."""

from dataclasses import dataclass

from integrations.telephony.sip.digest import Credentials
from integrations.telephony.sip.transactions import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """How requests reach one trunk, and how we appear to it."""

    trunk: str
    destination: Endpoint
    advertised: Endpoint  # our address as the trunk sees it
    user: str  # user part of our Contact
    transport: str = "udp"  # "udp", "tcp" or "tls"
    routes: tuple[str, ...] = ()
    credentials: Credentials | None = None

    @property
    def contact(self) -> tuple[str, str]:
        host, port = self.advertised
        suffix = "" if self.transport == "udp" else f";transport={self.transport}"
        return ("Contact", f"<sip:{self.user}@{host}:{port}{suffix}>")
