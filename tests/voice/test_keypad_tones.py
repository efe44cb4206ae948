"""Keypad tones inside the sound."""

import numpy as np
import pytest

from voice.audio.dtmf import pressed_keys, tones
from voice.audio.noise import mixed, room_noise
from voice.audio.sound import Sound, joined, silence
from voice.audio.telephone import telephone_band
from voice.audio.wav import read_wav


def test_every_key_is_heard_once() -> None:
    assert pressed_keys(tones("0123456789*#ABCD")) == "0123456789*#ABCD"


def test_the_same_key_pressed_twice_is_two_keys() -> None:
    assert pressed_keys(tones("1139")) == "1139"


def test_a_short_press_of_60_ms_counts_and_a_click_of_20_ms_does_not() -> None:
    assert pressed_keys(tones("5", tone_seconds=0.08)) == "5"
    assert pressed_keys(tones("5", tone_seconds=0.02)) == ""


@pytest.mark.parametrize("seed", range(5))
def test_keys_are_heard_through_a_telephone_and_noise(seed: int) -> None:
    pressed = joined([silence(0.2, 8_000), tones("13912345778"), silence(0.2, 8_000)])
    noise = room_noise(len(pressed.samples), np.random.default_rng(seed))
    assert pressed_keys(telephone_band(mixed(pressed, noise, 20.0))) == "13912345778"


def test_speech_and_noise_press_no_keys(request: pytest.FixtureRequest) -> None:
    noise = room_noise(80_000, np.random.default_rng(1)) * np.float32(0.1)
    assert pressed_keys(Sound(noise, 8_000)) == ""
    for path in sorted((request.path.parent / "audio").glob("*.wav")):
        assert pressed_keys(read_wav(path)) == "", path.name


def test_a_letter_that_is_no_key_is_refused() -> None:
    with pytest.raises(ValueError, match="telephone key"):
        tones("1x")
