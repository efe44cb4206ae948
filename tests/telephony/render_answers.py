"""Renders the recordings of tests/telephony/answers: `python -m tests.telephony.render_answers`."""

from pathlib import Path

import yaml

from tests.bench.speech_audio import Voices
from voice.audio.wav import SYNTHETIC_LABEL, write_wav
from voice.models.catalogue import MODELS_FOLDER
from voice.residents.recipe import QUIET_ROOM

HERE = Path(__file__).parent


def main() -> None:
    """Writes every recording that is not there yet."""
    voices = Voices(MODELS_FOLDER, Path("var/bench/speech"))
    (HERE / "answers").mkdir(exist_ok=True)
    for seed, answer in enumerate(yaml.safe_load((HERE / "answers.yaml").read_text(encoding="utf-8"))):
        path = HERE / "answers" / answer["file"]
        if not path.exists():
            sound = voices.line(answer["says"], QUIET_ROOM, voice=answer["voice"], seed=seed)
            write_wav(path, sound, comment=SYNTHETIC_LABEL)


if __name__ == "__main__":
    main()
