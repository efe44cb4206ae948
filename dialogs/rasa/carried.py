"""The turn that is being worked on, for those of Rasa's seams that pass nothing but a sender id.

A context variable belongs to the task that handles one request, so turns never see each other.
"""

from contextvars import ContextVar
from dataclasses import dataclass

from dialogs.questionnaire import Questionnaire
from dialogs.script import Step
from dialogs.turn import TurnRequest


@dataclass(slots=True)
class CarriedTurn:
    """What came in, and what the action made of it."""

    request: TurnRequest
    questionnaire: Questionnaire
    step: Step | None = None


CARRIED: ContextVar[CarriedTurn] = ContextVar("CARRIED")
