"""How calls end, and what SIP codes mean as Q.850 causes (RFC 3398, section 8.2.6.1)."""

from dataclasses import dataclass

from voice.media import Side

NORMAL_CLEARING = 16
NO_ANSWER = 19
RECOVERY_ON_TIMER = 102

_CAUSES = {
    400: 41,
    401: 21,
    402: 21,
    403: 21,
    404: 1,
    405: 63,
    406: 79,
    407: 21,
    408: 102,
    410: 22,
    413: 127,
    414: 127,
    415: 79,
    416: 127,
    420: 127,
    421: 127,
    423: 127,
    480: 18,
    481: 41,
    482: 25,
    483: 25,
    484: 28,
    485: 1,
    486: 17,
    488: 88,
    500: 41,
    501: 79,
    502: 38,
    503: 41,
    504: 102,
    505: 127,
    513: 127,
    580: 47,
    600: 17,
    603: 21,
    604: 1,
    606: 88,
}


def cause_of(sip_code: int) -> int:
    """The Q.850 cause a failed call's SIP code stands for; 127 (interworking) when the RFC names none."""
    return _CAUSES.get(sip_code, 127)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one call ended."""

    by: Side
    sip_code: int | None  # of a call that was never answered
    q850_cause: int | None
    text: str = ""
    answered: bool = False
    retry_after_seconds: float | None = None  # what a 503 asked for


def reason_header(cause: int, text: str = "") -> tuple[tuple[str, str], ...]:
    """A `Reason` header for BYE and CANCEL (RFC 3326)."""
    quoted = f';text="{text}"' if text else ""
    return (("Reason", f"Q.850;cause={cause}{quoted}"),)
