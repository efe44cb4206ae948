"""Somebody whom nobody knows is in danger or wants a person: what to do at once, where they are, where to call."""

from dialogs import events as e
from dialogs import jobs
from dialogs.emergency_numbers import emergency_number, written
from dialogs.phases import PROOF
from dialogs.script import Script
from nlu.readers import READERS
from nlu.reading import Expectation, Reading


def call_help(script: Script) -> None:
    """Somebody is in danger whom nobody knows: what to do at once, and where they are, so that a person can come."""
    script.note(e.JobWanted(at=script.at, job=jobs.HELP, heard=script.heard))
    say_whom_to_ring(script, "help_at_once")
    if "place" in script.state.proofs:
        jobs.go_on(script)
    else:
        jobs.ask_proof(script, "place")


def keep_place(script: Script) -> None:
    """我在三栋五零二，喘不上气: who says so is not asked where they are."""
    if script.state.recognised:
        return
    room = READERS["room"](script.said, expectation=Expectation(key=PROOF, kind="room"), at=script.at)
    if isinstance(room, Reading):
        script.note(e.ProofGiven(at=script.at, step="place", value=script.heard))


def say_whom_to_ring(script: Script, phrase: str) -> None:
    """Says a phrase with the number that helps in the danger that was told: a fire is no matter of the ambulance.

    A danger told since the first counts before it: 他现在叫不醒了, of who was violent.
    """
    told = [flag.kind for flag in script.understood.flags]
    number = emergency_number(script.state.flag if not told or script.state.flag in told else told[0])
    script.say_valued(phrase, spoken={"emergency": number}, written={"emergency": written(number)})


def stop_calling(script: Script) -> None:
    """Somebody unknown writes that they want no more calls: no number was shown, so it is asked for."""
    script.note(e.JobWanted(at=script.at, job=jobs.STOP, heard=script.heard))
    script.say("which_number_to_stop")
    jobs.go_on(script)


def leave_number(script: Script) -> None:
    """Somebody unknown writes and wants a person: where to call them is asked, for no line holds them."""
    script.note(e.JobWanted(at=script.at, job=jobs.PERSON, heard=script.heard))
    script.say("passed_to_desk")
    jobs.go_on(script)
