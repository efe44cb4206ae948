"""What the resident hears while a person is on the way: who was reached, and that somebody is still there."""

from dataclasses import dataclass, replace
from typing import Literal

from campaigns.handover.phrases import phrase, wants_to_leave
from dialogs.prompts import Prompt
from nlu.utterance import Utterance

Status = Literal["open", "accepted", "finished", "given_up", "elsewhere"]

SAID_INTO_SILENCE = ("still_here", "on_the_way", "sit_down")  # in turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the matter is."""

    status: Status
    passed: int  # people who were rung and did not take it
    who: str = ""  # title and name of who accepted
    calls_back: bool = False  # whoever took it is not on the telephone with us: the resident's must be free


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What the resident was told so far."""

    standing: Standing | None = None
    silences: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is said next; with `last` the call ends."""

    company: Company
    say: tuple[Prompt, ...] = ()
    last: bool = False


def news(company: Company, standing: Standing) -> Step:
    """The matter went on: words where there is something new, none otherwise."""
    before = company.standing
    after = replace(company, standing=standing)
    if before == standing:
        return Step(company=company)
    if before is None and standing.status == "open":
        return Step(company=after, say=(phrase("resident", "calling"),))
    reached = before is not None and before.status not in ("open", "given_up")
    passed = before.passed if before is not None else 0
    match standing.status:
        case "open" if reached or standing.passed > passed:
            return Step(company=after, say=(phrase("resident", "next"),))
        case "open":
            return Step(company=after)
        case "given_up":
            return Step(company=after, say=(phrase("resident", "given_up"),))
        case _ if standing.calls_back:
            return Step(company=after, say=(phrase("resident", "will_call"),), last=True)
        case _ if reached:
            return Step(company=after)
        case _:
            return Step(company=after, say=(phrase("resident", "accepted", name=standing.who),))


def heard(company: Company, utterance: Utterance) -> Step:
    """The resident said something. Never asks anything."""
    if wants_to_leave(utterance.text):
        return Step(company=company, say=(phrase("resident", "goodbye"),), last=True)
    return Step(company=company, say=(phrase("resident", "hears"),))


def silence(company: Company) -> Step:
    """The resident has said nothing for a while."""
    said = SAID_INTO_SILENCE[company.silences % len(SAID_INTO_SILENCE)]
    return Step(company=replace(company, silences=company.silences + 1), say=(phrase("resident", said),))


def parted(company: Company) -> Step:
    """The worker has hung up."""
    return Step(company=company, say=(phrase("resident", "parted"),), last=True)
