"""A trunk as a community writes it down, and what is known of it while the media process runs."""

from collections.abc import Callable
from dataclasses import dataclass, field

from integrations.telephony.sip.digest import Credentials
from integrations.telephony.sip.limits import TokenBucket
from integrations.telephony.sip.path import Path
from integrations.telephony.sip.sdp import PCMA, PCMU
from integrations.telephony.sip.transactions import Endpoint

DEFAULT_BLOCK_SECONDS = 30.0  # after a 503 that names no time
LONGEST_BLOCK_SECONDS = 600.0  # whatever a Retry-After says: a trunk is tried again within ten minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """A carrier's trunk, an FXO or 4G gateway, an account on an exchange."""

    name: str
    host: str  # IPv4 address or name of the exchange or gateway
    port: int = 5060
    caller_number: str  # the number shown when an order names none
    domain: str = ""  # host part of From, To and REGISTER; the trunk's host when empty
    username: str = ""
    password: str = field(default="", repr=False)
    registers: bool = False  # False: the carrier knows us by our IP address
    register_seconds: int = 600
    channels: int = 30
    setups_per_second: float = 5.0
    inbound_setups_per_second: float = 10.0
    codecs: tuple[int, ...] = (PCMA, PCMU)
    transport: str = "udp"  # "udp", "tcp" or "tls"; the sound stays RTP over UDP
    srtp: bool = False  # the sound is encrypted, and never not; only over TLS, which alone keeps its keys secret
    tls_authority: str = ""  # file of the certificate authority when the trunk's is a private one
    external_host: str = ""  # our address as the trunk must see it; learned by rport when empty
    external_port: int = 0
    keepalive_seconds: float = 25.0  # home routers forget a UDP mapping after 30 s; 0 sends none
    health_seconds: float = 30.0  # between OPTIONS; 0 asks never
    first_response_seconds: float = 8.0
    accepts_from: tuple[str, ...] = ()  # further IPv4 addresses this trunk calls us from
    identity_header: str = ""  # P-Preferred-Identity or P-Asserted-Identity, when the carrier wants one

    @property
    def realm(self) -> str:
        return self.domain or self.host

    @property
    def credentials(self) -> Credentials | None:
        if not self.username or not self.password:
            return None
        return Credentials(username=self.username, password=self.password)

    def uri(self, number: str) -> str:
        """The address of a number on this trunk."""
        return number if number.startswith(("sip:", "sips:", "tel:")) else f"sip:{number}@{self.realm}"


class TrunkState:
    """How one trunk is doing: channels in use, set-up rate, blocks, registration, reachability."""

    def __init__(self, trunk: Trunk, endpoint: Endpoint, local: Endpoint, now: Callable[[], float]) -> None:
        """`endpoint` is the trunk's resolved address, `local` ours on the way to it."""
        self.trunk = trunk
        self.endpoint = endpoint
        self._accepts_from = frozenset(trunk.accepts_from)
        self.local = local
        self.learned: Endpoint | None = None
        self.service_routes: tuple[str, ...] = ()
        self.registered = False
        self.registration_failure = ""
        self.reachable: bool | None = None  # None before the first OPTIONS is answered or given up
        self.in_use = 0
        self._now = now
        self._blocked_until = 0.0
        burst = max(1.0, trunk.setups_per_second)
        self._outbound = TokenBucket(per_second=trunk.setups_per_second, burst=burst)
        self._inbound = TokenBucket(
            per_second=trunk.inbound_setups_per_second, burst=max(1.0, trunk.inbound_setups_per_second)
        )

    @property
    def advertised(self) -> Endpoint:
        trunk = self.trunk
        host, port = self.learned or self.local
        return trunk.external_host or host, trunk.external_port or port

    @property
    def path(self) -> Path:
        trunk = self.trunk
        return Path(
            trunk=trunk.name,
            destination=self.endpoint,
            advertised=self.advertised,
            user=trunk.username or "linyin",
            transport=trunk.transport,
            routes=self.service_routes,
            credentials=trunk.credentials,
        )

    def owns(self, host: str) -> bool:
        """Whether calls from this address come from this trunk."""
        return host == self.endpoint[0] or host in self._accepts_from

    def wait_to_dial(self) -> float:
        """0 when a call may be placed now, else the seconds after which to look again."""
        now = self._now()
        if now < self._blocked_until:
            return self._blocked_until - now
        if self.reachable is False and not self.registered:
            return self.trunk.health_seconds or DEFAULT_BLOCK_SECONDS
        if self.trunk.registers and not self.registered:
            return DEFAULT_BLOCK_SECONDS
        if self.in_use >= self.trunk.channels:
            return 1.0  # a call may end at any moment
        return self._outbound.wait_seconds(now)

    def take(self) -> None:
        """Occupy a channel for an outbound call that `wait_to_dial` allowed."""
        self._outbound.take(self._now())
        self.in_use += 1

    def take_inbound(self) -> None:
        self.in_use += 1

    def release(self) -> None:
        self.in_use -= 1

    def wait_inbound(self) -> float | None:
        """None when one more call may come in. Counts against the inbound rate."""
        now = self._now()
        if self.in_use >= self.trunk.channels:
            return 5.0
        return None if self._inbound.take(now) else self._inbound.wait_seconds(now)

    def block(self, seconds: float | None) -> None:
        """The trunk asked not to be called for a while (503, Retry-After)."""
        wanted = DEFAULT_BLOCK_SECONDS if seconds is None else seconds
        self._blocked_until = max(self._blocked_until, self._now() + min(wanted, LONGEST_BLOCK_SECONDS))
