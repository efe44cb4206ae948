"""What a campaign spared the staff: the minutes in which a person would have called, asked and typed."""

from dataclasses import dataclass

# Estimates, to be set against a community's own stopwatch.
RING_OUT_SECONDS = 60.0  # looks the number up, dials, lets it ring, makes a note
CONVERSATION_SECONDS = 90.0  # the same, and says hello, why, and good-bye
ANSWER_SECONDS = 15.0  # asks, listens, types one answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """How much staff did not have to do, and residents did not have to answer again."""

    staff_minutes: int
    questions: int  # that were not asked because the registry knew


def saved(*, unanswered: int, conversations: int, answers: int, spared: int) -> Saved:
    """From counts of calls that nobody answered, conversations, answers kept, and questions spared."""
    seconds = unanswered * RING_OUT_SECONDS + conversations * CONVERSATION_SECONDS + answers * ANSWER_SECONDS
    return Saved(staff_minutes=round(seconds / 60), questions=spared)
