"""A second opinion on danger: how much a text sounds like the dangers that people told, beside what the lexicon found.

A linear model over characters and syllables, and over what the lexicon made of the text. It was fitted on
lexicon/dangers_told.yaml, lexicon/ordinary_talk.yaml and the training data of the intents, and is shipped as
lexicon/danger_opinion.npz, for it must answer where no trained dialogue model is at hand; `nlu/rasa/danger_training.py`
fits it anew. It hears hints that no list of words holds, and doubts words of danger said in jest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlu.features import features
from nlu.lexicon import FOLDER

ARTEFACT = FOLDER / "danger_opinion.npz"

ALARMS_FROM = 0.2
"""A score (log-odds) from which words are a danger though the lexicon knows none in them. Like the two below chosen on
the scores that writers got from a model which had not seen them, see docs/intents.md."""

DENIED_ALARMS_FROM = 2.5
"""The same where the lexicon found dangers and each was denied, imagined or harmless: 胸闷、喘不上气这些都没有."""

DOUBTS_BELOW = -1.0
"""A score below which words that the lexicon takes for danger are none: 儿媳妇比亲闺女还好 tells of no violence."""

# Longer runs of characters and sounds made the model larger, not better.
_LONGEST = {"c": 3, "s": 2}


@dataclass(frozen=True, slots=True)
class Opinion:
    """How much a text sounds like danger (log-odds, 0 is even), and of which kind it would be."""

    score: float
    kind: str


class DangerOpinion:
    """The fitted model. Holds arrays only, no code."""

    def __init__(
        self,
        *,
        vocabulary: Sequence[str],
        rarity: npt.NDArray[np.float32],
        weights: npt.NDArray[np.float32],
        bias: float,
        kinds: Sequence[str],
        kind_weights: npt.NDArray[np.float32],
    ) -> None:
        self.vocabulary: Mapping[str, int] = {name: row for row, name in enumerate(vocabulary)}
        self.rarity = rarity  # (features,): inverse document frequency
        self._weights = weights  # (features,)
        self._bias = bias
        self._kinds = tuple(kinds)
        self._kind_weights = kind_weights  # (features, kinds)

    @classmethod
    def load(cls, path: Path | str) -> "DangerOpinion":
        """The model in a file written by `save`. Raises OSError or ValueError when it is not one."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(
                vocabulary=bytes(arrays["vocabulary"]).decode().split("\n"),
                rarity=arrays["rarity"].astype(np.float32),
                weights=arrays["weights"].astype(np.float32),
                bias=float(arrays["bias"]),
                kinds=bytes(arrays["kinds"]).decode().split("\n"),
                kind_weights=arrays["kind_weights"].astype(np.float32),
            )

    def save(self, path: Path | str) -> None:
        """Writes the model as .npz, in half precision."""
        np.savez_compressed(
            path,
            vocabulary=np.frombuffer("\n".join(self.vocabulary).encode(), dtype=np.uint8),
            rarity=self.rarity.astype(np.float16),
            weights=self._weights.astype(np.float16),
            bias=np.float32(self._bias),
            kinds=np.frombuffer("\n".join(self._kinds).encode(), dtype=np.uint8),
            kind_weights=self._kind_weights.astype(np.float16),
        )

    def of(self, text: str, outcomes: Iterable[str]) -> Opinion:
        """The opinion on a text of which the lexicon said `outcomes`, see nlu.red_flags."""
        rows = [row for row in map(self.vocabulary.get, danger_features(text, outcomes)) if row is not None]
        if not rows:
            return Opinion(self._bias, self._kinds[0])
        seen = self.rarity[rows]
        length = float(np.sqrt(seen @ seen))
        score = float(seen @ self._weights[rows]) / length + self._bias
        likely: npt.NDArray[Any] = seen @ self._kind_weights[rows]
        return Opinion(score, self._kinds[int(likely.argmax())])


def danger_features(text: str, outcomes: Iterable[str]) -> list[str]:
    """The distinct features of a text: its characters and sounds, and what the lexicon made of it."""
    heard = [each for each in features(text) if each.count(" ") < _LONGEST.get(each[0], 0)]
    return [*heard, *(f"lexicon {each}" for each in sorted(set(outcomes)))]


@lru_cache(maxsize=1)
def shipped() -> DangerOpinion:
    """The model that comes with the program."""
    return DangerOpinion.load(ARTEFACT)
