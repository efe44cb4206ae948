"""Speech for the bench: rendered once by Kokoro and kept, then sent through a simulated line."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from voice.audio.sound import Sound
from voice.audio.wav import SYNTHETIC_LABEL, read_wav, write_wav
from voice.residents.line import on_the_line
from voice.residents.recipe import Recipe
from voice.synthesise.kokoro import Kokoro
from voice.synthesise.synthesiser import Manner
from voice.synthesise.wording import DIGIT_NAMES

GROUP_END = re.compile(r"(?<=[，,。！？!?…、；])")


class Voices:
    """Clean renderings below a folder, made when first asked for. `blends` are voices more: shares of voice files."""

    def __init__(self, models: Path, folder: Path, *, blends: Mapping[str, Mapping[Path, float]] | None = None) -> None:
        self._models = models
        self._folder = folder
        self._blends = blends or {}
        self._kokoro: Kokoro | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def clean(self, text: str, *, voice: str, tempo: float) -> Sound:
        """The text in one voice at 24 kHz."""
        spoken = _spoken(text)
        path = self._path(text, voice=voice, tempo=tempo)
        if not path.exists():
            self._kokoro = self._kokoro or self._loaded()
            ended = spoken if spoken[-1] in "。？！" else spoken + "。"
            sound = self._kokoro.speak(ended, voice=voice, manner=Manner(speed=tempo))
            write_wav(path, sound, comment=SYNTHETIC_LABEL)
        return read_wav(path)

    def line(self, text: str, recipe: Recipe, *, voice: str, seed: int, around: Sequence[Sound] = ()) -> Sound:
        """The text as it arrives at 8 kHz."""
        clean = [self.clean(group, voice=voice, tempo=recipe.tempo) for group in _groups(text, recipe)]
        return on_the_line(clean, recipe, np.random.default_rng(seed), around=around)

    def rendered(self, text: str, recipe: Recipe, *, voice: str) -> bool:
        """Whether the text's renderings are there already."""
        paths = (self._path(each, voice=voice, tempo=recipe.tempo) for each in _groups(text, recipe))
        return all(each.exists() for each in paths)

    def _loaded(self) -> Kokoro:
        kokoro = Kokoro(self._models / "kokoro-zh")
        for name, shares in self._blends.items():
            kokoro.add_voice(name, shares)
        return kokoro

    def _path(self, text: str, *, voice: str, tempo: float) -> Path:
        name = hashlib.sha256(f"{voice}|{_spoken(text)}|{tempo}".encode()).hexdigest()[:24]
        return self._folder / f"{name}.wav"


def _spoken(text: str) -> str:
    return "".join(DIGIT_NAMES.get(each, each) for each in text)


def _groups(text: str, recipe: Recipe) -> list[str]:
    """What is said in one breath each."""
    groups = [text] if recipe.pauses_seconds is None else GROUP_END.split(text)
    return [each for each in groups if re.search(r"\w", each)]


def telephone_digits(number: str) -> str:
    """A mobile number as people say it: 139，1234，5778."""
    return f"{number[:3]}，{number[3:7]}，{number[7:]}"
