"""What reached us from a resident in one turn."""

import msgspec


class Hypothesis(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the recogniser may have heard."""

    text: str
    confidence: float = 1.0  # 0..1, as calibrated by the recogniser; 1 for typed text


class Utterance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One turn of a resident: words, keys, or silence; never more than one of the three.

    `text` is the best hypothesis as it was heard, unnormalised; `alternatives` are the others, best first.
    """

    text: str = ""
    alternatives: tuple[Hypothesis, ...] = ()
    keys: str = ""  # telephone keys pressed, "0".."9", "*", "#"
    silence_seconds: float = 0.0  # how long nothing was said, when nothing was
    confidence: float = 1.0  # of `text`
    seconds: tuple[float, float] | None = None  # of the call, from its answer: when the words began and ended

    @property
    def silent(self) -> bool:
        return not self.text and not self.keys
