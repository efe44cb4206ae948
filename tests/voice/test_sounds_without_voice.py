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


def sobs(seed: int) -> Sound:
    """Falling tones with a trembling pitch and breath in them, a few in a row, as a telephone carries them."""
    rng = np.random.default_rng(seed)
    parts, pitch = [np.zeros(2_400)], rng.uniform(180, 420)
    for _ in range(int(rng.integers(2, 6))):
        count = int(TELEPHONE_HZ * rng.uniform(0.15, 0.45))
        moments = np.arange(count) / TELEPHONE_HZ
        trembling = 1 + 0.03 * np.sin(2 * np.pi * 6 * moments + rng.uniform(0, 6))
        hz = pitch * rng.uniform(0.85, 1.2) * np.linspace(1.15, 0.8, count) * trembling
        phase, formant = 2 * np.pi * np.cumsum(hz) / TELEPHONE_HZ, rng.uniform(600, 900)
        tones = [np.sin(k * phase) / k**1.3 * np.exp(-(((k * hz - formant) / 900) ** 2)) for k in range(1, 10)]
        breath = 0.25 * rng.normal(size=count) * np.abs(np.sin(phase / 2))
        sob = (np.sum(tones, axis=0) + breath) * np.sin(np.pi * moments * TELEPHONE_HZ / count) ** 0.6
        gasp = 0.04 * rng.normal(size=int(TELEPHONE_HZ * rng.uniform(0.05, 0.15)))
        parts += [0.4 * sob / np.abs(sob).max(), gasp, np.zeros(int(TELEPHONE_HZ * rng.uniform(0.05, 0.35)))]
    samples = np.concatenate([*parts, np.zeros(4_000)])
    return telephone_band(Sound((samples + rng.normal(size=len(samples)) * 0.004).astype(np.float32), TELEPHONE_HZ))


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


@pytest.mark.recogniser
@pytest.mark.parametrize("seed", [1, 4, 9])
def test_sobs_have_a_voice_and_are_no_words(whisper: Recogniser, at: datetime, seed: int) -> None:
    sound = sobs(seed)
    assert is_voice(sound)
    asked = Expectation(key="q", kind="yes_no", asked="您最近发烧了吗？")
    heard = whisper.recognise(sound, expectation=asked, at=at)
    assert (heard.text, heard.expected) == ("", False)
