"""What reached us from a resident in one turn."""

import msgspec


class Utterance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One turn of a resident: words, keys, or silence; never more than one of the three.

    `text` is what was heard, unnormalised. A recogniser weighs its other hypotheses itself, with the sound at hand.
    """

    text: str = ""
    keys: str = ""  # telephone keys pressed, "0".."9", "*", "#"
    silence_seconds: float = 0.0  # how long nothing was said, when nothing was
    confidence: float = 1.0  # of `text`
    seconds: tuple[float, float] | None = None  # of the call, from its answer: when the words began and ended

    @property
    def silent(self) -> bool:
        return not self.text and not self.keys
