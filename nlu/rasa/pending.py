"""What a message carries beside its text: everything that `nlu.understanding.understand` looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nlu.reading import Expectation
from nlu.utterance import Utterance


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingTurn:
    """One turn as the understanding needs it; `utterance` is None when the assistant speaks first."""

    utterance: Utterance | None
    pending: Expectation | None
    others: Sequence[Expectation]
    at: datetime
