"""What the resident hears while a person is on the way: who was reached, and that somebody is still there."""

from dataclasses import dataclass, replace
from typing import Literal

from campaigns.handover.phrases import phrase, wants_to_leave
from dialogs.emergency_numbers import emergency_number
from dialogs.prompts import Prompt
from nlu.utterance import Utterance

Status = Literal["open", "accepted", "finished", "given_up", "elsewhere"]

NO_DANGER = "person"  # whoever only wants to speak with somebody
PROMISES = "on_the_way"  # is not said where nobody has taken it
SAID_INTO_SILENCE = ("still_here", PROMISES, "sit_down")  # in turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the matter is."""

    status: Status
    passed: int  # people who were rung and did not take it
    kind: str = ""  # what it is about
    unheard: bool = False  # everybody was rung once, and nobody took it
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
    told = before is not None and before.unheard
    after = replace(company, standing=standing)
    if before == standing:
        return Step(company=company)
    if before is None and standing.status == "open" and not standing.unheard:
        return Step(company=after, say=(phrase("resident", "calling"),))
    reached = before is not None and before.status not in ("open", "given_up")
    passed = before.passed if before is not None else 0
    match standing.status:
        case "open" if standing.unheard and not told:
            return Step(company=after, say=(_alone("unheard", standing),))
        case "open" if standing.unheard:
            return Step(company=after)  # the next round: "not this one either" after each telephone would not help
        case "open" if reached or standing.passed > passed:
            return Step(company=after, say=(phrase("resident", "next"),))
        case "open":
            return Step(company=after)
        case "given_up":
            return Step(company=after, say=(_alone("given_up", standing),))
        case _ if standing.calls_back:
            return Step(company=after, say=(phrase("resident", "will_call"),), last=True)
        case _ if reached:
            return Step(company=after)
        case _:
            return Step(company=after, say=(phrase("resident", "accepted", name=standing.who),))


def heard(company: Company, utterance: Utterance) -> Step:
    """The resident said something. Never asks anything."""
    standing, leaves = company.standing, wants_to_leave(utterance.text)
    if leaves and standing is not None and standing.unheard:
        return Step(company=company, say=(_alone("goodbye_alone", standing),), last=True)
    if leaves:
        return Step(company=company, say=(phrase("resident", "goodbye"),), last=True)
    if standing is not None and standing.status == "given_up":
        return Step(company=company, say=(_alone("alone", standing),))
    return Step(company=company, say=(phrase("resident", "hears"),))


def silence(company: Company) -> Step:
    """The resident has said nothing for a while. Nobody is promised whom nobody rings."""
    if company.standing is not None and company.standing.status == "given_up":
        return Step(company=company, say=(_alone("alone", company.standing),))
    unheard = company.standing is not None and company.standing.unheard
    words = tuple(each for each in SAID_INTO_SILENCE if not (unheard and each == PROMISES))
    said = words[company.silences % len(words)]
    return Step(company=replace(company, silences=company.silences + 1), say=(phrase("resident", said),))


def _alone(name: str, standing: Standing) -> Prompt:
    """What is said while nobody comes, with the number that helps in this danger; plainer where there is none."""
    if standing.kind == NO_DANGER:
        return phrase("resident", f"{name}_person")
    return phrase("resident", name, emergency=emergency_number(standing.kind))


def parted(company: Company) -> Step:
    """The worker has hung up."""
    return Step(company=company, say=(phrase("resident", "parted"),), last=True)
