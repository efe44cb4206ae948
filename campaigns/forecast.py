"""What a campaign will come to: its calls are played through by its own rules before anybody is called."""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from statistics import fmean, median
from typing import TypeVar

from campaigns.attempt import Attempt
from campaigns.caps import allowed_from
from campaigns.disposition import Disposition
from campaigns.outcome import ContactOutcome
from campaigns.policy import Channel, Policy
from campaigns.results import needs_ticket
from campaigns.settle import Again, Closed, NextChannel, settle
from campaigns.spoken_time import REFUSED_SECONDS, RING_SECONDS, UNANSWERED_SECONDS
from dialogs.call_hours import BEIJING
from dialogs.events import Outcome

Kind = TypeVar("Kind")

_RINGS_OUT = frozenset({Disposition.NO_ANSWER, Disposition.UNREACHABLE, Disposition.SILENT})
_VOICEMAIL_SECONDS = 6.0  # the machine is recognised and left
_ANSWERED_MESSAGES = 0.1  # of residents who get a short message, those who call back
_ONE_IN = 10  # of courses end sooner, and as many later, than is told as usual


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkSample:
    """One conversation as it may go, from a rehearsal."""

    outcome: Outcome
    seconds: float  # from the answer to the end
    urgent: int = 0  # tickets raised in it that cannot wait, those that answers bring left out
    other: int = 0  # further tickets raised in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that a ticket is raised for in conversations that go to their end."""

    share: float  # of such conversations
    urgent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WishedTime:
    """When residents want to be called who have no time now."""

    days: int  # from the day of the call on
    at: time  # in Beijing; where it is past already, a day later


@dataclass(frozen=True, slots=True, kw_only=True)
class CallModel:
    """How calls go: what the line brings, which numbers are dead, how conversations end.

    Shares of `line` and of `talks` need not add up to 1.
    """

    line: Mapping[Disposition, float]  # ANSWERED among them
    dead: Mapping[Disposition, float]  # of numbers, for ever; what is left of 1 are live ones
    talks: Sequence[tuple[TalkSample, float]]
    troubles: Sequence[Trouble] = ()
    wishes: Sequence[WishedTime] = ()  # each as likely as the others; none: the gap of the retry rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a minute and a message cost, in yuan."""

    minute: float = 0.10  # carriers charge begun minutes
    message: float = 0.045


@dataclass(slots=True, kw_only=True)
class Course:
    """One way in which the campaign may go."""

    calls: int = 0
    billed_minutes: int = 0
    messages: int = 0
    line_seconds: float = 0.0
    finished_at: datetime
    outcomes: Counter[ContactOutcome] = field(default_factory=Counter)
    tickets: Counter[str] = field(default_factory=Counter)  # by owner
    urgent: Counter[str] = field(default_factory=Counter)  # of these, the ones that cannot wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """The middle of several courses."""

    hours: float  # from the launch to the last call, nights included
    hours_between: tuple[float, float]  # most courses end between these
    calls: int
    line_hours: float
    completed: int
    outcomes: Mapping[ContactOutcome, int]
    cost_yuan: float
    messages: int
    tickets: Mapping[str, float]  # by owner, on average
    urgent: Mapping[str, float]  # by owner, on average


def play(owners: Sequence[str], model: CallModel, policy: Policy, *, at: datetime, rng: Random) -> Course:
    """One course of a campaign launched now over contacts with these owners, by the rules that the real one follows."""
    return _Play(owners, model, policy, at=at, rng=rng).run()


def predict(courses: Sequence[Course], prices: Prices, *, at: datetime) -> Prediction:
    """What to expect after these courses of one campaign launched at `at`; there is at least one."""

    def middle(values: Sequence[float]) -> float:
        return median(values)

    owners = {owner for each in courses for owner in each.tickets}
    hours = sorted((each.finished_at - at).total_seconds() / 3600 for each in courses)
    outside = len(hours) // _ONE_IN
    return Prediction(
        hours=middle(hours),
        hours_between=(hours[outside], hours[-1 - outside]),
        calls=round(middle([each.calls for each in courses])),
        line_hours=middle([each.line_seconds / 3600 for each in courses]),
        completed=round(middle([each.outcomes[ContactOutcome.COMPLETE] for each in courses])),
        outcomes={kind: round(fmean(each.outcomes[kind] for each in courses)) for kind in ContactOutcome},
        cost_yuan=middle([each.billed_minutes * prices.minute + each.messages * prices.message for each in courses]),
        messages=round(middle([each.messages for each in courses])),
        tickets={owner: fmean(each.tickets[owner] for each in courses) for owner in sorted(owners)},
        urgent={owner: fmean(each.urgent[owner] for each in courses) for owner in sorted(owners)},
    )


class _Play:
    def __init__(self, owners: Sequence[str], model: CallModel, policy: Policy, *, at: datetime, rng: Random) -> None:
        self._owners = owners
        self._model = model
        self._policy = policy
        self._rng = rng
        self._course = Course(finished_at=at)
        self._dead = [_dead(model.dead, rng) for _ in owners]
        self._history: list[list[Attempt]] = [[] for _ in owners]
        self._dials: list[list[datetime]] = [[] for _ in owners]
        opens = policy.window_at(at).next_open(at=at)
        self._due = [(opens, number, 1) for number in range(len(owners))]
        self._lines: list[datetime] = []  # when each call that is up will end
        self._next_setup = at
        self._gap = timedelta(seconds=1 / policy.pacing.setups_per_second)

    def run(self) -> Course:
        while self._due:
            due, contact, number = heapq.heappop(self._due)
            starts = self._starts(due, contact)
            if starts > due:  # others may be due before
                heapq.heappush(self._due, (starts, contact, number))
                continue
            self._next_setup = starts + self._gap
            self._call(contact, number, starts)
        return self._course

    def _starts(self, due: datetime, contact: int) -> datetime:
        earliest = max(due, self._next_setup)
        while self._lines and self._lines[0] <= earliest:
            heapq.heappop(self._lines)
        if len(self._lines) >= self._policy.pacing.lines:
            earliest = self._lines[0]
        earliest = allowed_from(self._policy.caps_at(earliest), self._dials[contact], at=earliest)
        return self._policy.window_at(earliest).next_open(at=earliest)

    def _call(self, contact: int, number: int, starts: datetime) -> None:
        disposition = self._dead[contact] or _one_of(self._model.line, self._rng)
        talk = _one_of_pairs(self._model.talks, self._rng) if disposition is Disposition.ANSWERED else None
        ends = starts + timedelta(seconds=_seconds(disposition, talk))
        heapq.heappush(self._lines, ends)
        self._dials[contact].append(starts)
        course = self._course
        course.calls += 1
        course.line_seconds += (ends - starts).total_seconds()
        course.finished_at = max(course.finished_at, ends)
        if talk is not None:
            course.billed_minutes += -int(-talk.seconds // 60)
            self._count_tickets(contact, talk)
        self._settle(contact, number, disposition, talk, starts=starts, ends=ends)

    def _settle(
        self,
        contact: int,
        number: int,
        disposition: Disposition,
        talk: TalkSample | None,
        *,
        starts: datetime,
        ends: datetime,
    ) -> None:
        outcome = None if talk is None else talk.outcome
        history = self._history[contact]
        history.append(Attempt(number=number, due_at=starts, disposition=disposition, ended_at=ends))
        available: tuple[Channel, ...] = ("sms",) if "sms" in self._policy.ladder else ()
        step = settle(
            history,
            disposition,
            outcome,
            self._policy,
            at=ends,
            available=available,
            callback_at=self._wished(ends) if outcome == "callback" else None,
        )
        match step:
            case Again(attempt=attempt):
                heapq.heappush(self._due, (attempt.due_at, contact, attempt.number))
            case NextChannel(outcome=result):
                self._course.messages += 1
                if self._rng.random() < _ANSWERED_MESSAGES:
                    self._course.outcomes[ContactOutcome.COMPLETE] += 1
                else:
                    self._course.outcomes[result] += 1
                    self._course.tickets[self._owners[contact]] += 1
            case Closed(outcome=result, followed=followed):
                self._course.outcomes[result] += 1
                if needs_ticket(followed):
                    self._course.tickets[self._owners[contact]] += 1

    def _wished(self, ends: datetime) -> datetime | None:
        if not self._model.wishes:
            return None
        wish = self._rng.choice(self._model.wishes)
        local = ends.astimezone(BEIJING)
        told = datetime.combine(local.date() + timedelta(days=wish.days), wish.at, BEIJING)
        return told if told > local else told + timedelta(days=1)

    def _count_tickets(self, contact: int, talk: TalkSample) -> None:
        owner = self._owners[contact]
        urgent, other = talk.urgent, talk.other
        if talk.outcome == "complete":
            for trouble in self._model.troubles:
                if self._rng.random() < trouble.share:
                    urgent, other = urgent + trouble.urgent, other + (not trouble.urgent)
        if urgent or other:
            self._course.tickets[owner] += urgent + other
            self._course.urgent[owner] += urgent


def _seconds(disposition: Disposition, talk: TalkSample | None) -> float:
    """How long the call holds a line."""
    if talk is not None:
        return RING_SECONDS + talk.seconds
    if disposition in _RINGS_OUT:
        return UNANSWERED_SECONDS
    return RING_SECONDS + _VOICEMAIL_SECONDS if disposition is Disposition.VOICEMAIL else REFUSED_SECONDS


def _dead(shares: Mapping[Disposition, float], rng: Random) -> Disposition | None:
    """How a number is dead; None, with what is left of 1, for a live one."""
    drawn = rng.random()
    for kind, share in shares.items():
        drawn -= share
        if drawn < 0:
            return kind
    return None


def _one_of(shares: Mapping[Disposition, float], rng: Random) -> Disposition:
    kinds = list(shares)
    return rng.choices(kinds, [shares[each] for each in kinds])[0]


def _one_of_pairs(pairs: Sequence[tuple[Kind, float]], rng: Random) -> Kind:
    return rng.choices([each for each, _ in pairs], [share for _, share in pairs])[0]
