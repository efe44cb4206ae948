"""What the decoder likes to say whatever it hears: 是 and 没有 far more than 骑电动车.

Taken off in part, it leaves what the sound itself says for a text (density ratio, McDermott et al. 2019).
"""

from collections.abc import Sequence

import numpy as np

from voice.audio.noise import room_noise
from voice.audio.sound import TELEPHONE_HZ, Sound
from voice.recognise.whisper.model import WhisperModel

EMPTY_SECONDS, EMPTY_LEVEL = 1.5, 0.01  # of the noise on a line where nobody speaks
NOISE_SEED = 3
MOST_REMEMBERED = 20_000  # texts; the phrases of a thousand questions


class Habit:
    """Log probabilities of texts given an empty line, remembered, for a question's phrases are always the same."""

    def __init__(self, model: WhisperModel) -> None:
        noise = room_noise(round(EMPTY_SECONDS * TELEPHONE_HZ), np.random.default_rng(NOISE_SEED))
        self._model = model
        self._empty = model.encode(Sound(noise * np.float32(EMPTY_LEVEL), TELEPHONE_HZ))
        self._known: dict[str, float] = {}

    def of(self, texts: Sequence[str]) -> list[float]:
        """One for each text, its end included."""
        new = [each for each in dict.fromkeys(texts) if each not in self._known]
        if len(self._known) + len(new) > MOST_REMEMBERED:
            self._known.clear()
            new = list(dict.fromkeys(texts))
        self._known.update(zip(new, self._model.scores(self._empty, new), strict=True))
        return [self._known[each] for each in texts]
