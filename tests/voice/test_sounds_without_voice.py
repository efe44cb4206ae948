"""Coughs are not answers: without this a cough was heard as 对, and 不行 where a choice was asked for."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from nlu.reading import Expectation
from voice.audio.sound import TELEPHONE_HZ, Sound
from voice.audio.telephone import telephone_band
from voice.audio.wav import read_wav
from voice.recognise.recogniser import Recogniser
from voice.recognise.voiced import is_voice
from voice.turns.vad import holds_speech

AUDIO = Path(__file__).with_name("audio")


def cough(seed: int) -> Sound:
    """Bursts of coloured noise that die away, as a telephone carries them."""
    rng = np.random.default_rng(seed)
    parts = [np.zeros(2_000)]
    for _ in range(1 + seed % 3):
        count = int(TELEPHONE_HZ * rng.uniform(0.25, 0.4))
        spectrum = np.fft.rfft(rng.normal(size=count))
        hz = np.fft.rfftfreq(count, 1 / TELEPHONE_HZ)
        burst = np.fft.irfft(spectrum * np.exp(-(((hz - rng.uniform(500, 1_200)) / 700) ** 2)), count)
        moments = np.arange(count) / TELEPHONE_HZ
        swell = np.minimum(1, moments / 0.01) * np.exp(-moments / 0.09)
        parts += [0.5 * swell * burst / np.abs(burst).max(), np.zeros(int(TELEPHONE_HZ * rng.uniform(0.1, 0.4)))]
    samples = np.concatenate([*parts, np.zeros(2_000)])
    return telephone_band(Sound((samples + rng.normal(size=len(samples)) * 0.002).astype(np.float32), TELEPHONE_HZ))


@pytest.mark.parametrize("seed", range(8))
def test_a_cough_has_no_voice(seed: int) -> None:
    assert not is_voice(cough(seed))


@pytest.mark.parametrize("name", ["yes_no_affirmed", "yes_no_denied", "choice", "phone_rejected"])
def test_a_short_answer_has_one(name: str) -> None:
    assert is_voice(read_wav(AUDIO / f"{name}.wav"))


@pytest.mark.recogniser
def test_a_cough_is_neither_an_answer_nor_words(whisper: Recogniser, at: datetime) -> None:
    sound = cough(0)
    assert holds_speech(sound)  # it passes for speech there, so that it is not silence either
    asked = Expectation(key="q", kind="yes_no", asked="您最近发烧了吗？")
    heard = whisper.recognise(sound, expectation=asked, at=at)
    assert (heard.text, heard.expected) == ("", False)
