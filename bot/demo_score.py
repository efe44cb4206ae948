"""What the demo came to, measured against what the far ends' own ledger says was scripted and said."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from integrations.storage.models import AttemptRow, ContactRow, HandoverRow, RecordRow, SessionRow, TicketRow
from integrations.storage.store import Store, StoreSession
from integrations.telephony.loopback.ledger import Closed, read
from integrations.telephony.loopback.scoring import is_right


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Counts; what was expected is read from the far ends only."""

    contacts: int
    dispositions: dict[str, int]
    dispositions_expected: dict[str, int]
    turns: int
    answers: int
    answers_scripted: int
    answers_right: int
    red_flags_raised: int
    red_flags_ticketed: int
    handovers: int
    handovers_accepted: int


def score(store: Store, ledger: Path, campaign_id: str) -> Score:
    """The score of one campaign that has ended."""
    calls = {entry.order: entry for entry in read(ledger) if isinstance(entry, Closed)}
    with store.reading() as session:
        attempts = session.scalars(select(AttemptRow).where(AttemptRow.campaign_id == campaign_id)).all()
        last: dict[str, AttemptRow] = {}
        for attempt in sorted(attempts, key=lambda each: each.number):
            if attempt.dialled_at is not None:
                last[attempt.contact_id] = attempt
        contacts = session.scalars(select(ContactRow).where(ContactRow.id.in_(last))).all()
        scripted, right = _answers(session, attempts, calls)
        raised, ticketed = _red_flags(session, attempts, calls)
        handovers = select(func.count()).select_from(HandoverRow)
        answers = select(func.count()).select_from(RecordRow).where(RecordRow.source == "session")
        return Score(
            contacts=len(contacts),
            dispositions=dict(Counter(str(each.disposition) for each in contacts)),
            dispositions_expected=dict(
                Counter(calls[each.id].disposition for each in last.values() if each.id in calls)
            ),
            turns=sum(len(calls[each.id].turns) for each in attempts if each.id in calls),
            answers=session.scalar(answers.where(RecordRow.superseded_at.is_(None))) or 0,
            answers_scripted=scripted,
            answers_right=right,
            red_flags_raised=raised,
            red_flags_ticketed=ticketed,
            handovers=session.scalar(handovers) or 0,
            handovers_accepted=session.scalar(handovers.where(HandoverRow.accepted_by.is_not(None))) or 0,
        )


def _answers(session: StoreSession, attempts: Sequence[AttemptRow], calls: dict[str, Closed]) -> tuple[int, int]:
    """How many settled answers the far ends gave, and how many of them were kept right."""
    scripted = right = 0
    for attempt in attempts:
        call = calls.get(attempt.id)
        if call is None or attempt.session_id is None:
            continue
        kept = {
            row.question: row.value
            for row in session.scalars(
                select(RecordRow).where(RecordRow.source_id == attempt.session_id).order_by(RecordRow.at)
            )
        }
        for topic, fact in call.topics.items():
            if fact.settled:
                scripted += 1
                right += is_right(topic, fact.value, kept.get(topic))
    return scripted, right


def _red_flags(session: StoreSession, attempts: Sequence[AttemptRow], calls: dict[str, Closed]) -> tuple[int, int]:
    """How many calls told of something urgent, and how many of them have an urgent ticket."""
    raised = ticketed = 0
    for attempt in attempts:
        call = calls.get(attempt.id)
        if call is None or not any(flag.settled for flag in call.red_flags):
            continue
        raised += 1
        urgent = (
            select(func.count())
            .select_from(TicketRow)
            .join(SessionRow, SessionRow.id == TicketRow.session_id)
            .where(SessionRow.attempt_id == attempt.id, TicketRow.severity.in_(("emergency", "urgent")))
        )
        ticketed += bool(session.scalar(urgent))
    return raised, ticketed
