"""Figures of one campaign, live and final."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from campaigns.outcome import ContactOutcome, Rates, rates
from campaigns.results import ContactResult, Coverage, FunnelStep, coverage, funnel
from dialogs.events import AnswerCaptured, AnswerConfirmed, QuestionAsked, QuestionLeftOpen
from dialogs.questionnaire import plain_key
from integrations.storage.models import AttemptRow, CampaignRow, ContactRow, EventRow, SessionRow, TicketRow
from integrations.storage.store import StoreSession

_FETCH = 2000  # events held at a time
_STAGES: dict[type, str] = {
    QuestionAsked: "asked",
    AnswerCaptured: "answered",
    AnswerConfirmed: "confirmed",
    QuestionLeftOpen: "open",
}
_DECODER = msgspec.json.Decoder(QuestionAsked | AnswerCaptured | AnswerConfirmed | QuestionLeftOpen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Where a campaign stands."""

    contacts: int
    contacts_done: int
    dispositions: Mapping[str, int]  # of contacts, the latest of each; only those with one
    outcomes: Mapping[str, int]  # of closed contacts
    attempts: Mapping[str, int]  # by status
    calls: Mapping[str, int]  # ended attempts by disposition
    tickets: Mapping[str, int]  # by kind
    rates: Rates


def figures(session: StoreSession, campaign_id: str) -> Figures:
    """The figures of this campaign now."""
    status = _counts(session, ContactRow.status, ContactRow.campaign_id == campaign_id)
    outcomes = _counts(session, ContactRow.outcome, ContactRow.campaign_id == campaign_id, ContactRow.status == "done")
    return Figures(
        contacts=sum(status.values()),
        contacts_done=status.get("done", 0),
        dispositions=_counts(session, ContactRow.disposition, ContactRow.campaign_id == campaign_id),
        outcomes=outcomes,
        attempts=_counts(session, AttemptRow.status, AttemptRow.campaign_id == campaign_id),
        calls=_counts(session, AttemptRow.disposition, AttemptRow.campaign_id == campaign_id),
        tickets=_counts(session, TicketRow.kind, TicketRow.campaign_id == campaign_id),
        rates=rates({ContactOutcome(key): number for key, number in outcomes.items()}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CameTo:
    """What a campaign came to, in the terms of its prediction."""

    hours: float  # from the launch to the end of the last call
    calls: int
    completed: int
    tickets: int
    tickets_per_worker: float  # over the workers who look after its households


def came_to(session: StoreSession, campaign_id: str) -> CameTo:
    """What this campaign came to so far; 0 where nothing happened yet."""
    launched = session.get_one(CampaignRow, campaign_id).launched_at
    calls, last = session.execute(
        select(func.count(), func.max(AttemptRow.ended_at)).where(
            AttemptRow.campaign_id == campaign_id, AttemptRow.dialled_at.is_not(None)
        )
    ).one()
    of_campaign = ContactRow.campaign_id == campaign_id
    completed = session.scalar(select(func.count()).where(of_campaign, ContactRow.outcome == ContactOutcome.COMPLETE))
    workers = session.scalar(select(func.count(ContactRow.owner.distinct())).where(of_campaign)) or 0
    tickets = session.scalar(select(func.count()).where(TicketRow.campaign_id == campaign_id)) or 0
    return CameTo(
        hours=(last - launched).total_seconds() / 3600 if last and launched else 0.0,
        calls=calls,
        completed=completed or 0,
        tickets=tickets,
        tickets_per_worker=tickets / workers if workers else 0.0,
    )


def covered(session: StoreSession, campaign_id: str) -> Coverage:
    """Reached ∪ visited ∪ ticketed, over the campaign's households, those without residents included."""
    tickets: dict[str, bool] = {}
    rows = session.execute(select(TicketRow.household_id, TicketRow.state).where(TicketRow.campaign_id == campaign_id))
    for household, state in rows:
        if household is None:  # raised by somebody whom the registry does not know
            continue
        tickets[household] = tickets.get(household, False) or state == "done"
    contacts = session.execute(
        select(ContactRow.household_id, ContactRow.outcome).where(ContactRow.campaign_id == campaign_id)
    )
    results = [
        ContactResult(
            household=household,
            outcome=None if outcome is None else ContactOutcome(outcome),
            ticketed=household in tickets,
            visited=tickets.get(household, False),
        )
        for household, outcome in contacts
    ]
    known = {each.household for each in results}
    return coverage(
        [
            *results,
            *(
                ContactResult(household=household, outcome=None, ticketed=True, visited=done)
                for household, done in tickets.items()
                if household not in known
            ),
        ]
    )


class FunnelTally:
    """Counts the questions of one campaign over its events; each `read` takes in only what is new.

    A question counts once for a session, in whatever wording, however often and of however many it was put.
    """

    def __init__(self, campaign_id: str) -> None:
        self._campaign = campaign_id
        self._seen: set[tuple[str, str, str]] = set()  # (session, stage, question)
        self._after = 0

    def read(self, session: StoreSession) -> None:
        """Takes in the events since the last time. On PostgreSQL read from the start for final results: a slower
        transaction may commit events behind the last one read."""
        rows = session.execute(
            select(EventRow.id, EventRow.session_id, EventRow.payload)
            .join(SessionRow, SessionRow.id == EventRow.session_id)
            .join(ContactRow, ContactRow.id == SessionRow.contact_id)
            .where(
                ContactRow.campaign_id == self._campaign,
                EventRow.id > self._after,
                EventRow.type.in_([each.__name__ for each in _STAGES]),
            )
            .order_by(EventRow.id)
            .execution_options(yield_per=_FETCH)
        )
        for number, talk, payload in rows:
            self._after = number
            event = _DECODER.decode(payload)
            self._seen.add((talk, _STAGES[type(event)], plain_key(event.question)))

    def steps(self, order: Sequence[str]) -> tuple[FunnelStep, ...]:
        """The funnel in the questionnaire's order."""
        counts: dict[str, dict[str, int]] = {}
        for _, stage, question in self._seen:
            of_question = counts.setdefault(question, {})
            of_question[stage] = of_question.get(stage, 0) + 1
        return funnel(order, counts)


def _counts(session: StoreSession, column: InstrumentedAttribute[Any], *where: ColumnElement[bool]) -> dict[str, int]:
    rows = session.execute(select(column, func.count()).where(column.is_not(None), *where).group_by(column))
    return {str(value): number for value, number in rows}
