"""A text that was rewritten piece by piece, with the way back to the text it came from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlu.normalise import normalise


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A text; its character i stood at `starts[i]`..`ends[i]` of the text as given."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the text as given that became `text[start:end]`, half-open."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return at, at
        return self.starts[start], self.ends[end - 1]

    def replaced(self, edits: Iterable[tuple[int, int, str]]) -> "Rewritten":
        """The text with each (start, end, new words) carried out; edits are in order and do not overlap.

        Every character of the new words stands for the whole range that it replaced.
        """
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for start, end, words in edits:
            text.append(self.text[done:start] + words)
            starts.extend(self.starts[done:start])
            ends.extend(self.ends[done:start])
            first, last = self.span(start, end)
            starts.extend([first] * len(words))
            ends.extend([last] * len(words))
            done = end
        text.append(self.text[done:])
        starts.extend(self.starts[done:])
        ends.extend(self.ends[done:])
        return Rewritten("".join(text), tuple(starts), tuple(ends))


def as_given(text: str) -> Rewritten:
    """The text simplified and in half width, before any other change."""
    plain = normalise(text)
    return Rewritten(plain.text, plain.starts, plain.ends)
