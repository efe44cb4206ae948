"""Errors of the tickets.

TicketError
├── TicketNotFound    there is no such ticket
├── TicketStateWrong  the ticket cannot take this step from where it is
└── HouseholdUnknown  a ticket for a household that is not in the registry
"""

from integrations.errors import IntegrationError


class TicketError(IntegrationError):
    """A step of a ticket that cannot be taken."""

    code = "tickets"


class TicketNotFound(TicketError):
    """There is no such ticket."""

    code = "tickets.not_found"


class TicketStateWrong(TicketError):
    """The ticket cannot take this step from where it is."""

    code = "tickets.state"


class HouseholdUnknown(TicketError):
    """A ticket for a household that is not in the registry."""

    code = "tickets.household"
