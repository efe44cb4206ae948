"""Whom an urgent matter rings next: the household's worker, the deputy, the grid's lead, the desk, and round again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from dialogs.acts.detours import CAN_WAIT
from dialogs.call_hours import BEIJING

Tier = Literal["worker", "deputy", "lead", "desk"]
RingOutcome = Literal[
    "accepted",  # key 1
    "declined",  # key 2
    "silent",  # picked up and pressed nothing in time
    "no_answer",
    "busy",
    "unreachable",  # power off, dead number, no line
    "not_proven",  # accepted, then the PIN was wrong: somebody else is rung
    "elsewhere",  # somebody had taken the matter before the key was pressed
    "interrupted",  # the program died during the call
    "reported",  # a call for the result: it was told
    "untold",  # a call for the result: it was not
]
NEVER_AGAIN: frozenset[RingOutcome] = frozenset({"declined", "not_proven"})  # nobody is asked twice after these
NOT_COUNTED: frozenset[RingOutcome] = frozenset({"interrupted", "reported", "untold"})
TITLES: dict[Tier, str] = {"worker": "网格员", "deputy": "网格员", "lead": "网格长", "desk": "社区值班的"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RingPolicy:
    """How long a matter may lie with one person, and how often it comes round."""

    accept_within: timedelta = timedelta(seconds=60)  # from dialling to the key; then the next person
    ring_seconds: float = 40.0  # of the minute: twenty seconds are left to listen and to press
    rounds: int = 3
    emergency_rounds: int = 10  # a life may hang on it: twenty minutes and more
    again_after: timedelta = timedelta(minutes=2)  # between two rounds: whoever was in the bath is out of it
    engaged_for: timedelta = timedelta(seconds=2)  # a worker who is on another matter is looked for again
    result_after: timedelta = timedelta(minutes=30)  # the worker is asked how it went
    result_calls: int = 2
    result_from: time = time(8)  # nobody is rung for a result at night
    result_until: time = time(21)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One person of the chain."""

    worker_id: str
    tier: Tier
    name: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A call that was made about the matter and is over."""

    worker_id: str
    outcome: RingOutcome
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RingNow:
    """This person is rung at once."""

    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class RingLater:
    """Nobody is rung before `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Everybody was rung as often as makes sense; the matter stays on the list of tickets."""


def wants_a_person_now(key: str, kind: str) -> bool:
    """Whether an escalation (its key and kind) is handed over by telephone, and not only written on a ticket.

    Red flags that cannot wait for the same day, and whoever asks for a human being.
    """
    return key == "person" or (key.startswith("flag:") and kind not in CAN_WAIT)


def heard_by_nobody(chain: Sequence[Link], rung: Sequence[Rung]) -> bool:
    """Whether everybody was rung and nobody took it; so too where there is nobody to ring."""
    tried = {each.worker_id for each in rung if each.outcome in NEVER_AGAIN or each.outcome not in NOT_COUNTED}
    return all(link.worker_id in tried for link in chain)


def next_ring(
    chain: Sequence[Link],
    rung: Sequence[Rung],
    policy: RingPolicy,
    *,
    emergency: bool,
    engaged: frozenset[str],
    at: datetime,
) -> RingNow | RingLater | GiveUp:
    """Who is rung next, given all calls made so far in order; `engaged` are the workers on another matter now."""
    never = {each.worker_id for each in rung if each.outcome in NEVER_AGAIN}
    open_to = [link for link in chain if link.worker_id not in never]
    times = Counter(each.worker_id for each in rung if each.outcome not in NOT_COUNTED)
    if not open_to:
        return GiveUp()
    this_round = min(times[link.worker_id] for link in open_to)
    if this_round >= (policy.emergency_rounds if emergency else policy.rounds):
        return GiveUp()
    begun = any(times[link.worker_id] > this_round for link in open_to) or this_round == 0
    if not begun:
        resumes = max(each.ended_at for each in rung) + policy.again_after
        if at < resumes:
            return RingLater(at=resumes)
    left = [link for link in open_to if times[link.worker_id] == this_round]
    free = [link for link in left if link.worker_id not in engaged]
    return RingNow(link=free[0]) if free else RingLater(at=at + policy.engaged_for)


def next_result_call(made: int, policy: RingPolicy, *, at: datetime) -> datetime | None:
    """When the worker is asked how it went, after `made` calls for it; None when it is not asked any more."""
    if made >= policy.result_calls:
        return None
    due = (at + policy.result_after).astimezone(BEIJING)
    if due.time() >= policy.result_until:
        return datetime.combine(due.date() + timedelta(days=1), policy.result_from, tzinfo=BEIJING)
    if due.time() < policy.result_from:
        return datetime.combine(due.date(), policy.result_from, tzinfo=BEIJING)
    return due
