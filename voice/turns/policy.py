"""How long to wait for whom: end-of-turn silence by kind of question and by person."""

from dataclasses import dataclass, replace

# Silence after which a turn is over, by kind of question. People are used to 0.2 s and accept 0.8 s; digits come in
# groups, and a date or an address is thought about (notes on speech).
END_SILENCE_SECONDS = {
    "yes_no": 0.6,
    "choice": 0.7,
    "number": 0.8,
    "head_count": 0.8,
    "temperature": 1.0,
    "date": 1.1,
    "phone": 1.6,
    "id_number": 1.8,
    "digits": 1.6,
    "room": 1.2,
    "symptoms": 1.2,
    "text": 1.2,
}
OTHER_END_SILENCE_SECONDS = 0.9
# Said in one breath: the pause inside such an answer is no longer than that inside a sentence.
IN_ONE_BREATH = frozenset({"yes_no", "choice", "number", "head_count"})
# Before a person's own pauses are known: who has said yes or no is done, and what follows a longer pause is joined to
# the turn all the same.
LONGEST_ASSUMED_SECONDS = 1.3
# Between the groups of a number or the steps of a story people look things up: the simulated elders pause up to 2 s
# there, and 4 of 18 were cut off without this (`cut_offs` of the bench).
PIECES_FACTOR = 1.5
LONGEST_END_SILENCE_SECONDS = 2.5  # more feels like a dead line, even with an encouraging 嗯，您说
PAUSE_MARGIN_SECONDS = 0.3  # above the longest pause that this person usually makes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a person pauses inside a turn; kept with the resident between calls."""

    pause_seconds: float = 0.5  # a long pause of theirs; 0.5 is a quick speaker's
    turns: int = 0  # how many turns it was learned from


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPolicy:
    """The durations of one turn, in seconds."""

    end_silence_seconds: float
    speculative_silence_seconds: float = 0.22  # shorter gaps are inside words, above all before plosives
    encourage_after_seconds: float = 1.5  # of silence inside a turn that is still open: 嗯，您说
    join_within_seconds: float = 1.5  # speech that goes on this soon belongs to the turn before
    no_input_seconds: float = 5.0  # before the first word; the old need 3 to 4 s to think
    listen_again_seconds: float = 4.0  # of speech without a pause: the words so far are looked at for red flags
    longest_turn_seconds: float = 60.0


OLD_PACE = Pace(pause_seconds=1.2)  # before anything is known of a person of 65 or more, or of unknown age
LEARNING_RATE = 0.3  # a few turns are enough, and one long thought does not spoil the call
SHORTEST_PAUSE_SECONDS = 0.2


def learned(pace: Pace, longest_pause_seconds: float) -> Pace:
    """The pace after another turn, whose longest inner pause is given. Long pauses count at once, short ones slowly."""
    heard = min(max(longest_pause_seconds, SHORTEST_PAUSE_SECONDS), LONGEST_END_SILENCE_SECONDS)
    rate = 1.0 if heard > pace.pause_seconds and pace.turns == 0 else LEARNING_RATE
    return replace(pace, pause_seconds=pace.pause_seconds + rate * (heard - pace.pause_seconds), turns=pace.turns + 1)


def turn_policy(kind: str, pace: Pace) -> TurnPolicy:
    """The durations for a question of that kind, put to a person of that pace."""
    usual = END_SILENCE_SECONDS.get(kind, OTHER_END_SILENCE_SECONDS)
    own = pace.pause_seconds + PAUSE_MARGIN_SECONDS
    if kind not in IN_ONE_BREATH:
        own *= PIECES_FACTOR
    elif pace.turns == 0:
        own = min(own, LONGEST_ASSUMED_SECONDS)
    return TurnPolicy(end_silence_seconds=min(max(usual, own), LONGEST_END_SILENCE_SECONDS))
