"""Whether a decoding made in a pause is so clear that the turn need not be waited out."""

import re

from voice.recognise.recogniser import Recognition

# Kinds whose answers are whole at the first pause. Other digits, dates, addresses and free speech come in pieces.
WHOLE_AT_ONCE = frozenset({"yes_no", "choice"})
SURE = 0.9  # calibrated confidence; below it the speaker gets their pause (docs/speech.md)
# A mobile number has eleven digits: with the last of them it is whole, and it is said back in any case.
WHOLE_NUMBER = re.compile("[1一幺][0-9零〇一幺二三四五六七八九]{10}")
BETWEEN_GROUPS = re.compile(r"[\s，,。、-]+")


def is_decisive(heard: Recognition, *, kind: str) -> bool:
    """Whether the answer to a question of that kind may end the turn at once."""
    if heard.expected is not True:
        return False
    if kind == "phone":
        return WHOLE_NUMBER.fullmatch(BETWEEN_GROUPS.sub("", heard.text)) is not None
    return kind in WHOLE_AT_ONCE and heard.confidence >= SURE
