"""Renders the recordings of tests/voice/audio: `python -m tests.voice.render_audio`. Only after cases.yaml changed."""

from pathlib import Path

import yaml

from tests.bench.speech_audio import Voices
from voice.audio.wav import SYNTHETIC_LABEL, write_wav
from voice.models.catalogue import MODELS_FOLDER
from voice.residents.recipe import QUIET_ROOM

AUDIO = Path(__file__).with_name("audio")


def main() -> None:
    """Writes every recording that is not there yet."""
    voices = Voices(MODELS_FOLDER, Path("var/bench/speech"))
    for seed, case in enumerate(yaml.safe_load((AUDIO / "cases.yaml").read_text(encoding="utf-8"))):
        path = AUDIO / case["file"]
        if not path.exists():
            sound = voices.line(case["says"], QUIET_ROOM, voice=case["voice"], seed=seed)
            write_wav(path, sound, comment=SYNTHETIC_LABEL)


if __name__ == "__main__":
    main()
