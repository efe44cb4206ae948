"""The far ends' ledger against the database: what was lost, what was doubled."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from bot.sessions import read_events
from dialogs.events import UtteranceHeard
from integrations.storage.models import AttemptRow, RecordRow
from integrations.storage.store import Store, StoreSession
from integrations.telephony.loopback.ledger import Closed, Dialled, Entry, read
from integrations.telephony.loopback.scoring import is_right

RANG = frozenset({"dialling", "answered", "ended", "interrupted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Counts; the ledger is the truth about what rang and what was said."""

    calls: int  # that are over at the far end
    lost: int  # calls that the database does not know as dialled, and answered turns that it does not have
    lost_turns: int  # of them, turns
    doubled: int  # attempts that rang twice, and turns that are kept twice
    doubled_calls: int  # of them, attempts
    turns: int  # of residents, after which the assistant spoke again
    answers: int  # told, and the assistant spoke again
    answers_right: int  # of them, kept as they were meant
    unsettled: int  # attempts that the database still holds for under way


def compare(store: Store, ledger: Path) -> Compared:
    """What the far ends wrote down, held against what the near end keeps; for when every call is over."""
    entries = read(ledger)
    rang = Counter(entry.order for entry in entries if isinstance(entry, Dialled))
    with store.reading() as session:
        attempts = {row.id: row for row in session.scalars(select(AttemptRow).where(AttemptRow.status != "due"))}
        lost = sum(order not in attempts or attempts[order].status not in RANG for order in rang)
        doubled = doubled_calls = sum(times - 1 for times in rang.values())
        lost_turns = turns = answers = right = 0
        calls = closed(entries)
        for call in calls:
            said = settled_turns(call)
            missing, twice = _turns(session, attempts.get(call.order), said)
            lost_turns += missing
            lost, doubled, turns = lost + missing, doubled + twice, turns + len(said)
            told, kept = _answers(session, attempts.get(call.order), call)
            answers, right = answers + told, right + kept
    return Compared(
        calls=len(calls),
        lost=lost,
        lost_turns=lost_turns,
        doubled=doubled,
        doubled_calls=doubled_calls,
        turns=turns,
        answers=answers,
        answers_right=right,
        unsettled=sum(row.status in ("dialling", "answered") for row in attempts.values()),
    )


def closed(entries: Sequence[Entry]) -> list[Closed]:
    """The calls that are over."""
    return [entry for entry in entries if isinstance(entry, Closed)]


def settled_turns(call: Closed) -> list[str]:
    """What the resident said or keyed, where the assistant spoke again afterwards."""
    return [turn.said or turn.keys for turn in call.turns[:-1]]


def _turns(session: StoreSession, attempt: AttemptRow | None, said: Sequence[str]) -> tuple[int, int]:
    """How many turns the session's log lacks, and how many it has once too often."""
    if not said:
        return 0, 0
    if attempt is None or attempt.session_id is None:
        return len(said), 0
    heard = Counter(
        event.utterance.text or event.utterance.keys
        for event in read_events(session, attempt.session_id)
        if isinstance(event, UtteranceHeard)
    )
    told = Counter(said)
    last = 1  # the turn after which the far end hung up, or was killed, is not among those that count
    return (told - heard).total(), max(0, (heard - told).total() - last)


def _answers(session: StoreSession, attempt: AttemptRow | None, call: Closed) -> tuple[int, int]:
    told = {topic: fact.value for topic, fact in call.topics.items() if fact.settled}
    if attempt is None or attempt.session_id is None or not told:
        return len(told), 0
    kept = {
        row.question: row.value
        for row in session.scalars(
            select(RecordRow).where(RecordRow.source_id == attempt.session_id).order_by(RecordRow.at)
        )
    }
    return len(told), sum(is_right(topic, value, kept.get(topic)) for topic, value in told.items())
