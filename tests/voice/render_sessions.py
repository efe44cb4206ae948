"""Renders the recordings of tests/voice/sessions: `python -m tests.voice.render_sessions`. Only for new lines."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.bench.speech_audio import Voices
from voice.audio.wav import SYNTHETIC_LABEL, write_wav
from voice.models.catalogue import MODELS_FOLDER
from voice.residents.recipe import ORDINARY, QUIET_ROOM, Recipe

SESSIONS = Path(__file__).with_name("sessions")
LINES: dict[str, Recipe] = {"quiet": QUIET_ROOM, "ordinary": ORDINARY}


def turns() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every turn with its recording."""
    for session in yaml.safe_load((SESSIONS / "sessions.yaml").read_text(encoding="utf-8")):
        for number, turn in enumerate(session["says"], start=1):
            yield SESSIONS / f"{session['questionnaire']}-{number}.wav", turn


def main() -> None:
    """Writes every recording that is not there yet."""
    voices = Voices(MODELS_FOLDER, Path("var/bench/speech"))
    for seed, (path, turn) in enumerate(turns()):
        if not path.exists():
            sound = voices.line(turn["says"], LINES[turn["line"]], voice=turn["voice"], seed=seed)
            write_wav(path, sound, comment=SYNTHETIC_LABEL)


if __name__ == "__main__":
    main()
