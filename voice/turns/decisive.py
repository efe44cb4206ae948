"""Whether a decoding made in a pause is so clear that the turn need not be waited out."""

from voice.recognise.recogniser import Recognition

# Kinds whose answers are whole at the first pause. Digits, dates, addresses and free speech come in pieces.
WHOLE_AT_ONCE = frozenset({"yes_no", "choice"})
SURE = 0.9  # calibrated confidence; below it the speaker gets their pause (docs/speech.md)


def is_decisive(heard: Recognition, *, kind: str) -> bool:
    """Whether the answer to a question of that kind may end the turn at once."""
    return kind in WHOLE_AT_ONCE and heard.expected is True and heard.confidence >= SURE
