"""The recogniser on recordings of people: `python -m tests.bench.speech_people FOLDER`, with transcripts.jsonl inside.

Read speech of adults, so it says nothing about old people on the telephone. The recordings stay where they are.
"""

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from voice.audio.sound import Sound
from voice.audio.telephone import telephone_band
from voice.audio.wav import read_wav
from voice.models.catalogue import MODELS_FOLDER
from voice.recognise.whisper.recogniser import WhisperRecogniser

AT = datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def run(folder: Path, *, models: Path, every: int) -> dict[str, Any]:
    """Character error rates at the recordings' own rate and through a telephone band."""
    recogniser = WhisperRecogniser(models / "whisper-base")
    lines = (folder / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()
    errors, characters = {"wide": 0, "telephone": 0}, 0
    for line in lines[::every]:
        spoken = json.loads(line)
        wanted = _plain(spoken["text"])
        characters += len(wanted)
        wide = read_wav(folder / spoken["file"])
        for name, sound in (("wide", wide), ("telephone", telephone_band(wide))):
            errors[name] += edits(_plain(_heard(recogniser, sound)), wanted)
    return {
        **{f"cer_{name}": round(count / characters, 4) for name, count in errors.items()},
        "sentences": len(lines[::every]),
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


def _heard(recogniser: WhisperRecogniser, sound: Sound) -> str:
    return recogniser.recognise(sound, expectation=None, at=AT).text


def _plain(text: str) -> str:
    return "".join(each for each in text if each.isalnum())


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
