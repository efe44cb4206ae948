"""What is told about a hand-over: to the worker on the telephone, and to the resident who waits."""

from datetime import datetime
from typing import cast

from sqlalchemy import func, select

from campaigns.handover.company import Standing, Status
from campaigns.handover.ringing import TITLES, Tier
from campaigns.handover.worker_call import Briefing
from dialogs.call_hours import BEIJING
from integrations.handover import rings
from integrations.handover.chain import where
from integrations.handover.rings import Ring
from integrations.storage.models import (
    HandoverRingRow,
    HandoverRow,
    HandoverWordRow,
    HouseholdRow,
    ResidentRow,
    TicketRow,
    WorkerPinRow,
    WorkerRow,
)
from integrations.storage.store import StoreSession
from integrations.tickets import states
from integrations.tickets.kinds import label
from nlu.spoken import spoken_digits, spoken_phone, spoken_time

_UNKNOWN_PLACE = "一位来电的居民"
_UNKNOWN_PERSON = "一位居民"


def briefing(session: StoreSession, ring: Ring, *, community: str, at: datetime) -> Briefing:
    """All that this worker may be told, before and after the PIN."""
    row = session.get_one(HandoverRow, ring.handover_id)
    household = session.get(HouseholdRow, row.household_id) if row.household_id else None
    resident = session.get(ResidentRow, row.resident_id) if row.resident_id else None
    ticket = session.get(TicketRow, row.ticket_id) if row.ticket_id else None
    place, room = where(session, household) if household else (_UNKNOWN_PLACE, "")
    name = ticket.caller_name if ticket else None
    phone = (resident.phone if resident else None) or (ticket.caller_phone if ticket else None)
    said = [row.heard, *words_of(session, row.id, "resident")]
    return Briefing(
        community=community,
        place=place,
        kind=label(row.kind),
        number=spoken_digits("".join(filter(str.isdigit, ticket.number))) if ticket else "",
        has_pin=session.get(WorkerPinRow, ring.link.worker_id) is not None,
        who=_who(resident, name, at=at),
        room=room or place,
        heard="。".join(filter(None, said)),
        phone=spoken_phone(phone) if phone else "",
        left=spoken_time(row.resident_left_at.astimezone(BEIJING).time()) if row.resident_left_at else "",
    )


def _who(resident: ResidentRow | None, name: str | None, *, at: datetime) -> str:
    """Whom it is about; `name` is what somebody said whom the registry does not know."""
    if resident is None:
        return name or _UNKNOWN_PERSON
    if resident.birth_year is None:
        return resident.name
    return f"{resident.name}，{at.astimezone(BEIJING).year - resident.birth_year}岁"


def standing(session: StoreSession, handover_id: str) -> Standing:
    """How far the matter is, for the resident."""
    row = session.get_one(HandoverRow, handover_id)
    passed = select(func.count()).where(
        HandoverRingRow.handover_id == handover_id,
        HandoverRingRow.purpose == "offer",
        HandoverRingRow.ended_at.is_not(None),
        HandoverRingRow.outcome != "accepted",
    )
    who = ""
    status = "open" if row.status == "accepted" and _still_to_be_proven(session, handover_id) else row.status
    if status != "open" and row.accepted_by is not None:
        worker = session.get_one(WorkerRow, row.accepted_by)
        tier = session.scalar(
            select(HandoverRingRow.tier).where(
                HandoverRingRow.handover_id == handover_id, HandoverRingRow.worker_id == worker.id
            )
        )
        who = f"{TITLES[cast('Tier', tier or 'worker')]}{worker.name}"
    spoken_with = select(func.count()).where(
        HandoverRingRow.handover_id == handover_id, HandoverRingRow.ended_at.is_(None)
    )
    taken = status in ("accepted", "finished", "elsewhere") and row.joined_at is None
    return Standing(
        status=cast("Status", status),
        passed=session.scalar(passed) or 0,
        kind=row.kind,
        unheard=row.unheard_at is not None and status in ("open", "given_up"),
        who=who,
        calls_back=taken and not session.scalar(spoken_with),
    )


def _still_to_be_proven(session: StoreSession, handover_id: str) -> bool:
    """Whether whoever pressed the key has not shown yet that they are the worker: the resident is promised nobody."""
    unproven = (
        select(HandoverRingRow.id)
        .join(WorkerPinRow, WorkerPinRow.worker_id == HandoverRingRow.worker_id)
        .where(
            HandoverRingRow.handover_id == handover_id,
            HandoverRingRow.ended_at.is_(None),
            HandoverRingRow.purpose == "offer",
            HandoverRingRow.accepted_at.is_not(None),
            HandoverRingRow.proven_at.is_(None),
        )
    )
    return session.scalar(unproven.limit(1)) is not None


def handover_of(session: StoreSession, session_id: str) -> str | None:
    """The id of the hand-over of a session, if one was opened."""
    return session.scalar(select(HandoverRow.id).where(HandoverRow.session_id == session_id))


def keep_words(session: StoreSession, handover_id: str, who: str, words: str, *, at: datetime) -> None:
    """Writes down what was said outside the session. `who`: resident, assistant or worker."""
    session.add(HandoverWordRow(handover_id=handover_id, at=at, who=who, words=words))


def resident_left(session: StoreSession, session_id: str, *, hung_up: bool, at: datetime) -> None:
    """The resident's call is over, `hung_up`: not by us. Who went before anybody spoke with them is to be called back,
    and the tickets of the matter say so.
    """
    row = session.scalar(select(HandoverRow).where(HandoverRow.session_id == session_id))
    if row is None:
        return
    row.resident_left_at = at
    if hung_up and row.joined_at is None and row.status != "finished":
        told = f"居民 {at.astimezone(BEIJING):%H:%M} 已挂断，请马上回电。"
        for ticket_id in rings.tickets_of(session, row):
            states.progress(session, ticket_id, told=told)


def words_of(session: StoreSession, handover_id: str, who: str) -> list[str]:
    """What somebody said, in order."""
    rows = session.scalars(
        select(HandoverWordRow)
        .where(HandoverWordRow.handover_id == handover_id, HandoverWordRow.who == who)
        .order_by(HandoverWordRow.id)
    )
    return [row.words for row in rows]
