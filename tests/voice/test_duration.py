"""How long somebody spoke says what they cannot have said."""

import numpy as np
import pytest

from voice.audio.sound import TELEPHONE_HZ, Sound, joined, silence
from voice.recognise.duration import log_odds, spoken_seconds


def hum(seconds: float, level: float = 0.3) -> Sound:
    moments = np.arange(round(seconds * TELEPHONE_HZ)) / TELEPHONE_HZ
    voice = np.sum([np.sin(2 * np.pi * 150 * k * moments) / k for k in range(1, 12)], axis=0)
    return Sound((level * voice / 3).astype(np.float32), TELEPHONE_HZ)


@pytest.mark.parametrize(("text", "seconds"), [("是", 0.7), ("没有", 0.9), ("有一点", 1.2), ("自己开车回来的", 2.2)])
def test_words_may_be_said_slowly(text: str, seconds: float) -> None:
    assert log_odds(text, seconds) == 0.0


def test_a_word_is_not_what_took_two_seconds() -> None:
    assert log_odds("是", 2.0) < -20
    assert log_odds("是", 2.0) < log_odds("没有没有", 2.0)


def test_a_longer_sound_never_makes_a_text_likelier() -> None:
    odds = [log_odds("有一点", tenth / 10) for tenth in range(40)]
    assert odds == sorted(odds, reverse=True)


def test_the_television_in_the_room_is_not_the_speaker() -> None:
    room = hum(2.0, level=0.02)
    with_speaker = Sound(room.samples + np.pad(hum(0.6).samples, (8_000, 16_000 - 8_000 - 4_800)), TELEPHONE_HZ)
    assert spoken_seconds(with_speaker) == pytest.approx(0.6, abs=0.12)


def test_a_pause_between_words_is_not_speech() -> None:
    paused = joined([hum(0.5), silence(1.0, TELEPHONE_HZ), hum(0.5)])
    assert spoken_seconds(paused) == pytest.approx(1.0, abs=0.15)
