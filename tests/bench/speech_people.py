"""Free decoding of recordings of people: `python -m tests.bench.speech_people FOLDER`, with transcripts.jsonl inside.

Read speech of adults, so it says nothing about old people on the telephone. The recordings stay where they are. Whisper
base as its publisher made it stands beside what it has learned (voice/recognise/whisper/adapter.py).
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from nlu.normalise import normalise
from nlu.spoken import spoken_digits
from voice.audio.noise import mixed, room_noise
from voice.audio.resample import resample
from voice.audio.sound import TELEPHONE_HZ, Sound
from voice.audio.telephone import telephone_band
from voice.audio.wav import read_wav
from voice.models.catalogue import MODELS_FOLDER
from voice.recognise.whisper.adapter import TELEPHONE
from voice.recognise.whisper.model import WhisperModel

SNR_DB = 15.0
BEAM = 5
SEED = 20261122


def run(folder: Path, *, models: Path, every: int) -> dict[str, Any]:
    """Character error rates at the recordings' own rate, through a telephone band, and so with room noise."""
    lines = (folder / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()[::every]
    spoken = [(read_wav(folder / each["file"]), _plain(each["text"])) for each in map(json.loads, lines)]
    characters = sum(len(wanted) for _, wanted in spoken)
    found: dict[str, Any] = {}
    for name, adapter in (("linyin", TELEPHONE), ("raw", None)):
        model, rng = WhisperModel(models / "whisper-base", threads=1, adapter=adapter), np.random.default_rng(SEED)
        errors = {"wide": 0, "telephone": 0, "noise": 0}
        for sound, wanted in spoken:
            heard = {"wide": sound, "telephone": telephone_band(sound), "noise": telephone_band(_noisy(sound, rng))}
            for way, arrived in heard.items():
                errors[way] += edits(_plain(_text(model, arrived)), wanted)
        found[name] = {f"cer_{way}": round(count / characters, 4) for way, count in errors.items()}
    return {
        **found,
        "sentences": len(spoken),
        "characters": characters,
        "speech": "read by two adults (AISHELL-1 sample)",
    }


def edits(heard: str, wanted: str) -> int:
    """Levenshtein distance in characters."""
    row = list(range(len(wanted) + 1))
    for place, one in enumerate(heard, start=1):
        before, row[0] = row[0], place
        for column, other in enumerate(wanted, start=1):
            before, row[column] = row[column], min(before + (one != other), row[column] + 1, row[column - 1] + 1)
    return row[-1]


def _noisy(sound: Sound, rng: np.random.Generator) -> Sound:
    narrow = resample(sound, TELEPHONE_HZ)
    return mixed(narrow, room_noise(len(narrow.samples), rng), SNR_DB)


def _text(model: WhisperModel, sound: Sound) -> str:
    return model.decode(model.encode(sound), beam_size=BEAM, count=1)[0].text


def _plain(text: str) -> str:
    """Simplified characters alone, digits as they are said one by one."""
    return "".join(each for each in spoken_digits(normalise(text).text) if each.isalnum())


def main() -> None:
    """Prints the report as JSON."""
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--models", type=Path, default=MODELS_FOLDER)
    options.add_argument("--every", type=int, default=1)
    chosen = options.parse_args()
    print(json.dumps(run(chosen.folder, models=chosen.models, every=chosen.every), ensure_ascii=False))  # noqa: T201


if __name__ == "__main__":
    main()
