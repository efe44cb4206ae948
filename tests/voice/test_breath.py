"""A simulated resident breaks off and goes on as people do, without the words changing."""

import numpy as np

from voice.audio.sound import SYNTHESISER_HZ, Sound, joined, silence
from voice.residents.breath import BREAK_SECONDS, with_breaks

TONE = Sound(np.sin(np.arange(SYNTHESISER_HZ // 2) / 10).astype(np.float32), SYNTHESISER_HZ)
GAP_SECONDS = 0.1


def test_a_break_is_a_silence_where_the_voice_is_softest() -> None:
    whole = joined([TONE, silence(GAP_SECONDS, SYNTHESISER_HZ), TONE])
    said = with_breaks("三十六度……八。", {"三十六度，八。": whole, "三十六度": TONE}.__getitem__)
    loud = np.flatnonzero(np.abs(said.samples) > 0.01)
    longest = np.diff(loud).max() / SYNTHESISER_HZ
    assert BREAK_SECONDS + GAP_SECONDS <= longest < BREAK_SECONDS + GAP_SECONDS + 0.1
    assert abs(said.seconds - (2 * TONE.seconds + GAP_SECONDS + BREAK_SECONDS)) < 0.01


def test_what_has_more_than_one_syllable_is_said_by_itself() -> None:
    said = with_breaks("……五六……七八。", {"五六": TONE, "七八。": TONE}.__getitem__)
    assert said.seconds == 2 * TONE.seconds + BREAK_SECONDS


def test_words_without_a_break_sound_as_they_are_spoken() -> None:
    assert np.array_equal(with_breaks("没有。", lambda _: TONE).samples, TONE.samples)


def test_an_agreement_does_not_ask() -> None:
    spoken: list[str] = []

    def speak(words: str) -> Sound:
        spoken.append(words)
        return TONE

    with_breaks("嗯嗯。", speak)
    assert spoken == ["摁，摁。"]
