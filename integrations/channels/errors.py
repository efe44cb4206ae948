"""Errors of the channels.

ChannelError
├── MessageRefused     the provider will never take this message
├── ChannelDown        the provider cannot be reached, or is too busy: later again
└── ChannelMisset      a setting of the provider is missing
"""

from integrations.errors import IntegrationError


class ChannelError(IntegrationError):
    """A message could not be handed over."""

    code = "channels"


class MessageRefused(ChannelError):
    """The provider will never take this message: a wrong number, a template that it does not know."""

    code = "channels.refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"短信服务商不收这条短信（{reason}），请核对短信设置。")
        self.reason = reason  # the provider's own code, no personal data


class ChannelDown(ChannelError):
    """The provider cannot be reached, answers with a fault of its own, or is too busy."""

    code = "channels.down"
    retryable = True

    def __init__(self, reason: str) -> None:
        super().__init__(f"短信服务商没有回应（{reason}），过一会再发。")
        self.reason = reason


class ChannelMisset(ChannelError):
    """A setting of the provider is missing."""

    code = "channels.settings"
