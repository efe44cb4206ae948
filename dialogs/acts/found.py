"""What the assistant makes of what the platform has looked up for it."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from dialogs import events as e
from dialogs import jobs, loop
from dialogs.acts import booking, desk, this_line, worker_named
from dialogs.acts.put_off import LOCAL
from dialogs.script import Script
from nlu.spoken import spoken_digits, spoken_moment

# 怎么还没人来, 你催一下.
URGES = re.compile(
    "催|还没|还不|[咋怎]么?[还没]|等了[^，。]{0,4}[天年月周时午]|[几多半][^，。]{0,3}[天月周][^，。]{0,3}了|没人(?:来|管|修)|快(?:点|些)"
)
MANY = 3  # things told one after the other; more are not taken in by ear


def looked_up(script: Script) -> None:
    """Goes on with what the platform found."""
    lookup = script.state.lookup
    if lookup is None or lookup.found is None:
        raise RuntimeError("nothing was looked up")
    _TOLD[lookup.kind](script, lookup.found)


def _identity(script: Script, found: Mapping[str, Any]) -> None:
    if not found and script.state.failed_proofs < jobs.FAILED_PROOFS and not jobs.taken_from_strangers(script):
        script.say("not_in_registry")
    jobs.go_on(script)


def _proved(script: Script, found: Mapping[str, Any]) -> None:
    if found:
        jobs.go_on(script)
    elif script.state.failed_proofs < jobs.FAILED_PROOFS:
        script.say("digits_differ")
        jobs.go_on(script)
    else:
        loop.escalate(script, "data_request", "normal", key="data_request")
        script.say("worker_tells_you")
        jobs.close(script)


def _no_questions(script: Script, _: Mapping[str, Any]) -> None:
    script.say("cannot_do_here")
    jobs.close(script)


def _ticket(script: Script, found: Mapping[str, Any]) -> None:
    if found:
        number = found["number"].rpartition("-")[2].lstrip("0")
        script.say_valued(
            "ticket_told",
            spoken={"number": spoken_digits(number), "worker": found["worker"] or "网格员"},
            written={"number": found["number"], "worker": found["worker"] or "网格员"},
        )
    else:
        script.say("passed_on")
    if script.state.job == jobs.HELP and script.state.channel == "voice":
        loop.close(script, "red_flag")  # the line stays with them until a person is on it
        return
    jobs.close(script)


def _tickets(script: Script, found: Mapping[str, Any]) -> None:
    standing = found.get("tickets", ())
    wanted = _how_it_was_asked(script)
    for each in standing[:MANY]:
        number = each["number"].rpartition("-")[2].lstrip("0")
        script.say_valued("ticket_stands", spoken=each | {"number": spoken_digits(number)}, written=each)
    if not standing:
        script.say("no_tickets")
    if not standing or URGES.search(wanted):
        _let_a_person_look(script, wanted)
    if script.state.phase == "desk":
        jobs.close(script)
    else:  # asked in the middle of a question
        desk.go_back(script)


def _how_it_was_asked(script: Script) -> str:
    """In the words of the job, or those in the middle of a question."""
    about = script.state.lookup.about if script.state.lookup else {}
    return str(about.get("heard", script.state.job_words))


def _let_a_person_look(script: Script, words: str) -> None:
    """What was told at the door, or over a month ago, is in no ticket; and who urges wants to hear from somebody."""
    if script.state.recognised:
        key = f"question:{script.state.turns}"
        script.note(e.EscalationRaised(at=script.at, kind="question", severity="normal", heard=words, key=key))
        script.say("passed_on")


def _data(script: Script, found: Mapping[str, Any]) -> None:
    kept = found.get("kept", ())
    if kept:
        script.say("what_is_kept", kept="，".join(f"{each['label']}{each['shown']}" for each in kept))
    else:
        script.say("nothing_kept")
    jobs.close(script)


def _calls(script: Script, found: Mapping[str, Any]) -> None:
    calls = found.get("calls", ())
    for each in calls[:MANY]:
        when = spoken_moment(datetime.fromisoformat(each["at"]).astimezone(LOCAL))
        script.say("that_was_us", when=when, title=each["title"], why=each["purpose"])
    script.say("never_money" if calls else "that_was_not_us")
    jobs.close(script)


def _broken_off(script: Script, found: Mapping[str, Any]) -> None:
    if not found:
        script.say("nothing_broken_off")
        jobs.close(script)
        return
    script.say("then_we_go_on" if found.get("in_vain") else "taken_up_again")
    loop.go_on(script)


_TOLD: Mapping[e.LookupKind, Callable[[Script, Mapping[str, Any]], None]] = {
    "job": _no_questions,
    "identity": _identity,
    "proof": _proved,
    "ticket": _ticket,
    "tickets": _tickets,
    "data": _data,
    "calls": _calls,
    "broken_off": _broken_off,
    "places": booking.counted,
    "place": booking.answered,
    "this_line": this_line.number_found,
    "worker": worker_named.answered,
}
