"""Texts scored against a sound by our own decoder, beside CTranslate2's."""

from pathlib import Path

import pytest

from voice.audio.wav import read_wav
from voice.errors import ModelError
from voice.recognise.whisper.model import WhisperModel
from voice.recognise.whisper.weights import read_weights

AUDIO = Path(__file__).parent / "audio"
QUANTISED = 0.75  # CTranslate2 runs the same weights in 8 bits


def test_a_text_has_the_log_probability_that_the_decoder_itself_gives_it(whisper_folder: Path) -> None:
    model = WhisperModel(whisper_folder, threads=1)
    for path in sorted(AUDIO.glob("*.wav"))[:4]:
        encoded = model.encode(read_wav(path))
        best = next(each for each in model.decode(encoded, beam_size=5, count=5) if each.text)
        assert model.scores(encoded, [best.text])[0] == pytest.approx(best.score, abs=QUANTISED)


def test_a_text_is_as_likely_among_others_that_begin_alike_as_alone(whisper_folder: Path) -> None:
    model = WhisperModel(whisper_folder, threads=1)
    encoded = model.encode(read_wav(sorted(AUDIO.glob("*.wav"))[0]))
    texts = ["没有", "没", "没有了", "还没有", "没有"]
    alone = [model.scores(encoded, [each])[0] for each in texts]
    assert model.scores(encoded, texts) == pytest.approx(alone, abs=1e-3)


def test_a_file_that_is_no_model_is_called_damaged() -> None:
    with pytest.raises(ModelError):
        read_weights(b"\x06\x00\x00\x00 not a model", beginning="decoder/")
