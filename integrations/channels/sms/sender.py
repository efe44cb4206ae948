"""The seam of short messages.

Implementations: `gateway.HttpGateway` for a gateway of one's own, `aliyun.AliyunSms`, `tencent.TencentSms`. All pass
tests/channels/test_sms_contract.py against servers that check what they are sent.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortMessage:
    """One message. `key` stays the same however often it is tried, so that the other side can drop a second copy."""

    key: str
    to: str  # a mobile number of the mainland, 11 digits
    text: str  # the whole text, with the signature in 【】
    parameters: tuple[tuple[str, str], ...]  # name → value, in the order of the provider's template
    template: str = ""  # the provider's number of it; "" for the usual one


class SmsSender(Protocol):
    """Hands short messages to a provider.

    Must hold: `send` returns once the provider has taken the message; it raises MessageRefused for what will never be
    taken and ChannelDown for what may be taken later, nothing else; the key is passed on; no number and no text is
    logged.
    """

    async def send(self, message: ShortMessage, *, at: datetime) -> str:
        """The provider's receipt. Raises MessageRefused, ChannelDown."""
        ...

    async def close(self) -> None:
        """Lets go of connections. Harmless when repeated."""
        ...
