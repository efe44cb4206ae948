"""A simulated resident: says texts with one synthetic voice, the way one recipe tells."""

import re
from collections.abc import Sequence

import numpy as np

from voice.audio.sound import Sound
from voice.residents.breath import with_breaks
from voice.residents.line import on_the_line
from voice.residents.recipe import Recipe
from voice.synthesise.synthesiser import Manner, Synthesiser

_GROUP_END = re.compile(r"(?<=[，,。！？!?…、；])")


class Speaker:
    """One voice on one line; the same seed gives the same noise, pauses and losses."""

    def __init__(
        self, synthesiser: Synthesiser, recipe: Recipe, *, voice: str, seed: int, around: Sequence[Sound] = ()
    ) -> None:
        self._synthesiser = synthesiser
        self._recipe = recipe
        self._voice = voice
        self._rng = np.random.default_rng(seed)
        self._around = around

    def says(self, text: str) -> Sound:
        """The text as it arrives at 8 kHz. With pauses in the recipe, words up to a comma are a group of their own."""
        whole = [text] if self._recipe.pauses_seconds is None else _GROUP_END.split(text)
        manner = Manner(speed=self._recipe.tempo)
        spoken = [
            with_breaks(group, lambda words: self._synthesiser.speak(words, voice=self._voice, manner=manner))
            for group in whole
            if re.search(r"\w", group)
        ]
        return on_the_line(spoken, self._recipe, self._rng, around=self._around)
