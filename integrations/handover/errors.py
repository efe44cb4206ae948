"""Errors of hand-overs.

HandoverError
├── PinWeak        a PIN that anybody would guess
└── WorkerUnknown  there is no such worker, or there are several
"""

from integrations.errors import IntegrationError


class HandoverError(IntegrationError):
    """Something about a hand-over that cannot be done."""

    code = "handover"


class PinWeak(HandoverError):
    """The PIN is too short, too long or too easy."""

    code = "handover.pin_weak"


class WorkerUnknown(HandoverError):
    """There is no such worker, or there are several of that name."""

    code = "handover.worker"
