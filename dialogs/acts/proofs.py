"""Who somebody is that wants something done: asked where it matters, and what is told beside it is kept."""

import re
from collections.abc import Mapping
from typing import Any

from dialogs import events as e
from dialogs import jobs, loop
from dialogs.acts import own_words
from dialogs.phases import PROOF
from dialogs.script import Script
from nlu.clauses import blanked, clauses
from nlu.digits import find_runs
from nlu.no_value import says_unknown
from nlu.normalise import normalise
from nlu.own_questions import WHERE
from nlu.readers import READERS
from nlu.reading import Expectation, Reading

ID_TAIL = 4  # digits of an identity number, the last of which may be X
# 我不想说, 名字就不留了: of who they are.
WITHHOLDS = re.compile(
    "(?:不|莫|别)(?:想|愿意?|肯|方便|能|便|要)?(?:跟|给|对)?[你您]?们?(?:说|讲|留|告诉|透露)(?!错|好|清|过|准)|匿名|保密|[名姓话码][^，。]{0,3}不留"
)


def proof_given(script: Script) -> None:
    """A telephone number, then a name; or the last digits of an identity number. The platform compares."""
    step: e.ProofStep = script.state.proving  # type: ignore[assignment]  # set by ProofAsked only
    value = _proof(step, script)
    if not value:
        withheld(script)
        return
    script.note(e.ProofGiven(at=script.at, step=step, value=value))
    if step == "phone" and not _told_name(script):
        jobs.ask_proof(script, "name")
    elif step == "place":
        script.say("kept_another")
        jobs.go_on(script)
    else:
        kind: e.LookupKind = "proof" if step == "id_tail" else "identity"
        script.note(e.LookupAsked(at=script.at, kind=kind, about=dict(script.state.proofs)))


def _told_name(script: Script) -> bool:
    """Whether the name was told with the number; one that did not match is asked anew."""
    _keep_name(script)
    return "name" in script.state.proofs and not script.state.failed_proofs


def _keep_name(script: Script) -> bool:
    """王建国，139…: a name that is told when the number is asked; whether there was one that was not known yet."""
    number = script.understood.found.get(PROOF)
    words = blanked(script.heard, *number.span) if number else script.heard
    reading = READERS["name"](words, expectation=Expectation(key=PROOF, kind="name"), at=script.at)
    if not isinstance(reading, Reading) or not isinstance(reading.value, str) or "name" in script.state.proofs:
        return False
    script.note(e.ProofGiven(at=script.at, step="name", value=reading.value))
    return True


def withheld(script: Script) -> None:
    """Who they are is not said, or they belong nowhere here."""
    script.note(e.NotUnderstood(at=script.at))
    unproven(script, script.state.misses)


def unproven(script: Script, misses: int) -> None:
    """Nothing that shows who they are was said, so often in a row; where they are is asked once.

    What was told of the matter instead is kept for it; whoever does not want to say who they are is not asked again.
    """
    if script.state.proving == "place":
        jobs.go_on(script)
        return
    told = own_words.keep_before_begun(script)
    if WITHHOLDS.search(script.said):
        jobs.unnamed(script)
    elif misses > 1:
        jobs.no_proof(script)
    elif told:
        loop.ask_pending(script)
    elif script.state.proving == "phone" and _keep_name(script):
        script.say("your_phone_too")
    else:
        script.say(f"your_{script.state.proving}_again")


def keep_matter(script: Script) -> None:
    """Whoever leaves before we know them: what they told of is passed on with what they said of themselves."""
    job = jobs.JOBS[script.state.job]
    if job.ticket and job.strangers_after and script.state.proofs:
        jobs.raise_ticket(script)
        script.say("passed_to_desk")


def _proof(step: e.ProofStep, script: Script) -> str:
    found, heard = script.understood.found.get(PROOF), script.said
    if step == "id_tail":
        digits = "".join(group.digits for run in find_runs(normalise(heard).text) for group in run)
        tail = digits + ("X" if re.search(r"[xX×叉]", heard) and len(digits) == ID_TAIL - 1 else "")
        return tail if len(tail) == ID_TAIL else ""
    if step == "place":
        return heard if _tells_where(script) else ""
    if found is None:
        return ""
    value: Any = found.value
    if step == "phone":
        return str(value[0])
    return str(value["name"] if isinstance(value, Mapping) else value)


def _tells_where(script: Script) -> bool:
    """Whether a clause says more than that they do not know: 我也不晓得几号楼，门口有个药店."""
    words = script.said
    known = [part for start, end in clauses(words) if not says_unknown(normalise(part := words[start:end]).text)]
    return bool(script.understood.flags) or (WHERE in script.understood.found and bool(known))
