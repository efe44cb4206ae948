"""What a SIP session tells, and asks, whoever owns the sound of the call."""

from typing import Protocol

from integrations.telephony.sip.causes import Ending


class CallListener(Protocol):
    """Who owns the sound of a call. Called synchronously, from inside the user agent."""

    def provisional(self, code: int, body: bytes) -> None:
        """A 101–199 response; `body` is a session description or empty."""
        ...

    def settled(self, body: bytes) -> None:
        """The far end's answer to our offer; empty when it had sent it before. Raises SipError to refuse it."""
        ...

    def offered(self, body: bytes) -> bytes:
        """Our answer to the far end's offer, or our offer when `body` is empty. Raises SipError to refuse it."""
        ...

    def answered(self) -> None: ...

    def key(self, key: str) -> None:
        """A telephone key sent as SIP INFO."""
        ...

    def ended(self, ending: Ending) -> None:
        """The last call to this listener."""
        ...
