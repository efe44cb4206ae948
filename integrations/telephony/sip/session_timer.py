"""Session timers (RFC 4028) as arithmetic: how often a call must prove that it is still there."""

from dataclasses import dataclass

from integrations.telephony.sip.fields import parse_params
from integrations.telephony.sip.message import Headers, Message

SHORTEST = 90  # seconds; RFC 4028 allows no less
WANTED = 1_800  # seconds; RFC 4028's recommendation
_MARGIN = 32.0  # seconds before the end at which a dead session is given up (RFC 4028, section 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTimer:
    """What both ends agreed."""

    seconds: int
    we_refresh: bool

    @property
    def acts_after(self) -> float:
        """Seconds until we refresh, or until we hang up because nobody refreshed."""
        return self.seconds / 2 if self.we_refresh else self.seconds - min(_MARGIN, self.seconds / 3)


def wanted_headers(least: int = SHORTEST) -> Headers:
    """What our INVITE says."""
    return (("Supported", "timer"), ("Session-Expires", str(max(WANTED, least))), ("Min-SE", str(least)))


def read(message: Message) -> tuple[int, str] | None:
    """(seconds, refresher or "") of a Session-Expires header, or None without a good one."""
    seconds = message.number("Session-Expires")
    if seconds is None:
        return None
    _, _, params = (message.first("Session-Expires") or "").partition(";")
    return seconds, (parse_params(iter(params.split(";"))).get("refresher") or "").lower()


def agreed_as_caller(response: Message) -> SessionTimer | None:
    """From the 2xx to our INVITE or refresh."""
    found = read(response)
    if found is None:
        return None
    return SessionTimer(seconds=max(found[0], SHORTEST), we_refresh=found[1] != "uas")


def agreed_as_callee(request: Message) -> tuple[SessionTimer, Headers] | None:
    """From an INVITE to us: what we agree to and the headers that say so; None when the caller wants no timer."""
    found = read(request)
    if found is None:
        return None
    seconds, refresher = found
    caller_can = "timer" in request.tokens("Supported")
    we_refresh = refresher == "uas" or not caller_can
    headers: Headers = (("Session-Expires", f"{seconds};refresher={'uas' if we_refresh else 'uac'}"),)
    if not we_refresh:
        headers += (("Require", "timer"),)
    return SessionTimer(seconds=seconds, we_refresh=we_refresh), headers


def too_short(request: Message) -> bool:
    found = read(request)
    return found is not None and found[0] < SHORTEST
