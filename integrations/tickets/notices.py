"""Tells workers by short message that a ticket waits: its number only, never whom or what it is about."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from campaigns.message_text import worker_message
from campaigns.window import CallingWindow
from integrations.campaigns.messages import Later
from integrations.channels.sms.sender import ShortMessage
from integrations.storage.models import TicketRow, WorkerRow
from integrations.storage.store import StoreSession

PreparedNotice = ShortMessage | Later | Literal["drop"]

ONE_IN = timedelta(hours=4)  # a campaign raises a hundred tickets: who was told this morning looks into the console
AWAKE = CallingWindow()  # what can wait does not ring at night; what cannot is telephoned besides
_URGENT = ("emergency", "urgent")


class Notices:
    """What workers are told. Whom it told lately is kept in memory: forgetting costs one message more."""

    def __init__(self, *, community: str, callback_number: str, template: str = "") -> None:
        self._community = community
        self._callback_number = callback_number
        self._template = template
        self._told: dict[str, datetime] = {}  # worker → when they were last told of something that can wait

    def prepare(self, session: StoreSession, *, payload: Mapping[str, Any], key: str, at: datetime) -> PreparedNotice:
        """The message for one ticket; later at night, and nothing where it was seen to or the worker knows already.

        What nobody took (`unheard`) is told to the worker named, everything else to whoever owns the ticket then.
        """
        ticket = session.get(TicketRow, str(payload["ticket"]))
        unheard = bool(payload.get("unheard"))
        told = payload["worker"] if unheard else ticket.owner_id if ticket is not None else None
        worker = session.get(WorkerRow, str(told)) if told else None
        if ticket is None or worker is None or not worker.phone or ticket.state != "open":
            return "drop"
        urgent = ticket.severity in _URGENT
        if not urgent:
            opens = AWAKE.next_open(at=at)
            if opens > at:
                return Later(opens)
            last = self._told.get(worker.id)
            if not unheard and last is not None and at - last < ONE_IN:
                return "drop"
            self._told[worker.id] = at
        text = worker_message(
            community=self._community,
            number=ticket.number,
            urgent=urgent,
            unheard=unheard,
            callback_number=self._callback_number,
        )
        return ShortMessage(
            key=key, to=worker.phone, text=text, parameters=(("number", ticket.number),), template=self._template
        )
