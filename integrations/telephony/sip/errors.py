"""What can be wrong with something received over SIP.

SipError
├── MalformedMessageError   not a SIP message, or one that breaks RFC 3261
├── MalformedBodyError      a session description that cannot be read
└── NothingInCommonError    an offer without any codec we speak
"""


class SipError(Exception):
    """A peer sent something we refuse; `sip_code` is what to answer, `message` says why in English, as SIP does."""

    sip_code = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class MalformedMessageError(SipError):
    """`answerable` holds the headers of a request whose sender can still be told; None for what gets no answer."""

    def __init__(
        self, message: str, *, answerable: tuple[tuple[str, str], ...] | None = None, sip_code: int = 400
    ) -> None:
        super().__init__(message)
        self.answerable = answerable
        self.sip_code = sip_code


class MalformedBodyError(SipError):
    sip_code = 400


class NothingInCommonError(SipError):
    sip_code = 488
