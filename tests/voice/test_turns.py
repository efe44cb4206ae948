"""Turns as arithmetic on durations: nothing sleeps, every pause is stepped."""

from collections.abc import Sequence

import pytest

from voice.recognise.recogniser import Recognition
from voice.turns.barge_in import BargeIn, Interrupted, PlaybackPaused, PlaybackResumed, WhatWasIt, is_back_channel
from voice.turns.decisive import is_decisive
from voice.turns.detector import (
    Encourage,
    Listen,
    NoInput,
    SpeechResumed,
    SpeechStarted,
    TurnDetector,
    TurnEnded,
    TurnEvent,
    TurnReopened,
)
from voice.turns.policy import OLD_PACE, Pace, TurnPolicy, learned, turn_policy

FRAME = 0.02
QUICK = TurnPolicy(end_silence_seconds=0.7)
SLOW = TurnPolicy(end_silence_seconds=2.5)


def play(detector: TurnDetector, *stretches: tuple[str, float]) -> list[tuple[float, TurnEvent]]:
    """Steps speech ("s") and quiet ("q") in frames of 20 ms, and gives each event with its moment."""
    now, found = 0.0, []
    for kind, seconds in stretches:
        for _ in range(round(seconds / FRAME)):
            now += FRAME
            found += [(round(now, 2), each) for each in detector.step(FRAME, speech=kind == "s")]
    return found


def kinds(events: Sequence[tuple[float, TurnEvent]]) -> list[type[TurnEvent]]:
    return [type(each) for _, each in events]


def test_an_answer_is_listened_to_in_its_pause_and_over_after_the_silence() -> None:
    events = play(TurnDetector(QUICK), ("q", 1.0), ("s", 0.6), ("q", 1.0))
    assert kinds(events) == [SpeechStarted, Listen, TurnEnded]
    assert events[1][0] == pytest.approx(1.6 + 0.22, abs=0.021)
    assert events[2][0] == pytest.approx(1.6 + 0.7, abs=0.021)


def test_a_click_is_not_speech() -> None:
    assert kinds(play(TurnDetector(QUICK), ("q", 1.0), ("s", 0.04), ("q", 2.0))) == []


def test_nothing_said_is_told_after_five_seconds_and_again() -> None:
    events = play(TurnDetector(QUICK), ("q", 2.0), ("s", 0.04), ("q", 3.2), ("q", 5.2))
    assert kinds(events) == [NoInput, NoInput]
    assert events[0][0] == pytest.approx(5.0, abs=0.05)


def test_a_pause_inside_a_number_does_not_end_it() -> None:
    detector = TurnDetector(turn_policy("phone", Pace()))
    events = play(detector, ("s", 0.9), ("q", 1.3), ("s", 1.1), ("q", 1.3), ("s", 1.0), ("q", 2.0))
    assert [type(each) for _, each in events if isinstance(each, TurnEnded)] == [TurnEnded]
    ended = events[-1][1]
    assert isinstance(ended, TurnEnded)
    assert ended.longest_pause_seconds == pytest.approx(1.3, abs=0.1)
    assert sum(isinstance(each, SpeechResumed) for _, each in events) == 2


def test_the_same_pause_ends_a_yes_or_no() -> None:
    events = play(TurnDetector(turn_policy("yes_no", Pace())), ("s", 0.5), ("q", 1.3))
    assert kinds(events) == [SpeechStarted, Listen, TurnEnded]


def test_a_decisive_decoding_ends_the_turn_before_the_silence_does() -> None:
    detector = TurnDetector(QUICK)
    play(detector, ("s", 0.5), ("q", 0.3))
    assert detector.understood() == [TurnEnded(why="understood", longest_pause_seconds=0.0)]
    assert detector.understood() == []


def test_a_decoding_that_comes_after_the_speaker_went_on_ends_nothing() -> None:
    detector = TurnDetector(QUICK)
    play(detector, ("s", 0.5), ("q", 0.3), ("s", 0.3))
    assert detector.understood() == []


def test_speech_soon_after_the_end_joins_the_turn() -> None:
    events = play(TurnDetector(QUICK), ("s", 0.5), ("q", 1.2), ("s", 0.5), ("q", 1.0))
    assert kinds(events) == [SpeechStarted, Listen, TurnEnded, TurnReopened, Listen, TurnEnded]


def test_speech_long_after_the_end_does_not() -> None:
    events = play(TurnDetector(QUICK), ("s", 0.5), ("q", 1.8), ("s", 0.5), ("q", 1.0))
    assert kinds(events) == [SpeechStarted, Listen, TurnEnded]


def test_a_slow_speaker_is_encouraged_once_and_given_time() -> None:
    events = play(TurnDetector(SLOW), ("s", 0.5), ("q", 2.0), ("s", 0.5), ("q", 2.6))
    assert kinds(events) == [SpeechStarted, Listen, Encourage, SpeechResumed, Listen, Encourage, TurnEnded]
    assert events[2][0] == pytest.approx(0.5 + 1.5, abs=0.05)


def test_a_story_is_looked_at_for_red_flags_before_it_ends() -> None:
    events = play(TurnDetector(QUICK), ("s", 9.0))
    assert [each for _, each in events][1:] == [Listen(why="monologue"), Listen(why="monologue")]


def test_a_turn_cannot_go_on_for_ever() -> None:
    events = play(TurnDetector(TurnPolicy(end_silence_seconds=2.5, longest_turn_seconds=10.0)), ("s", 12.0))
    assert TurnEnded(why="too_long", longest_pause_seconds=0.0) in [each for _, each in events]


def test_pauses_that_are_only_assumed_do_not_hold_up_a_yes() -> None:
    assert turn_policy("yes_no", OLD_PACE).end_silence_seconds == pytest.approx(1.3)
    assert turn_policy("phone", OLD_PACE).end_silence_seconds > 2.0


def test_long_pauses_are_learned_at_once_and_forgotten_slowly() -> None:
    after_one = learned(Pace(), 1.8)
    assert after_one.pause_seconds == pytest.approx(1.8)
    assert turn_policy("yes_no", after_one).end_silence_seconds == pytest.approx(2.1)
    later = learned(learned(after_one, 0.3), 0.3)
    assert 0.5 < later.pause_seconds < 1.4


def test_an_old_person_may_pause_two_seconds_between_the_groups_of_a_number() -> None:
    events = play(TurnDetector(turn_policy("phone", OLD_PACE)), ("s", 0.9), ("q", 2.0), ("s", 1.1), ("q", 2.4))
    assert [type(each) for _, each in events if isinstance(each, TurnEnded)] == [TurnEnded]
    assert events[-1][0] > 4.0


def test_no_pace_makes_the_line_seem_dead() -> None:
    assert turn_policy("phone", learned(Pace(), 30.0)).end_silence_seconds == 2.5


def test_the_old_get_more_time_than_the_quick_from_the_first_word() -> None:
    assert turn_policy("yes_no", OLD_PACE).end_silence_seconds > turn_policy("yes_no", Pace()).end_silence_seconds


def line(barge_in: BargeIn, *stretches: tuple[str, float]) -> list[tuple[float, object]]:
    now, found = 0.0, []
    for kind, seconds in stretches:
        for _ in range(round(seconds / FRAME)):
            now += FRAME
            found += [(round(now, 2), each) for each in barge_in.step(FRAME, speech=kind == "s")]
    return found


def test_speech_stops_the_prompt_within_a_fifth_of_a_second() -> None:
    events = line(BargeIn(), ("s", 1.2))
    assert events[0][1] == PlaybackPaused()
    assert events[0][0] <= 0.2
    assert events[1][1] == Interrupted()


@pytest.mark.parametrize("text", ["嗯", "哦。", "对对", "嗯，好", "", "好，"])
def test_a_back_channel_lets_the_prompt_go_on_where_it_stopped(text: str) -> None:
    barge_in = BargeIn()
    assert [each for _, each in line(barge_in, ("s", 0.3), ("q", 0.3))] == [PlaybackPaused(), WhatWasIt()]
    assert barge_in.said(text) == [PlaybackResumed()]
    assert [each for _, each in line(barge_in, ("s", 0.3))] == [PlaybackPaused()]


@pytest.mark.parametrize("text", ["等一下", "没有", "你是谁", "不对"])
def test_a_short_word_of_substance_takes_the_floor(text: str) -> None:
    barge_in = BargeIn()
    line(barge_in, ("s", 0.4), ("q", 0.3))
    assert barge_in.said(text) == [Interrupted()]
    assert line(barge_in, ("s", 2.0)) == []


def test_a_click_does_not_stop_the_prompt() -> None:
    assert line(BargeIn(), ("s", 0.1), ("q", 0.4), ("s", 0.1), ("q", 1.0)) == []


def test_only_a_listeners_sign_is_a_back_channel() -> None:
    assert is_back_channel("嗯嗯，")
    assert not is_back_channel("嗯，我没有")


@pytest.mark.parametrize(
    ("kind", "text", "whole"),
    [
        ("phone", "一三九，一二三四，五七七八", True),
        ("phone", "13912345778", True),
        ("phone", "一三九，一二三四，五七", False),
        ("phone", "不对，一三九，一二三四，五七七八", False),
        ("date", "十一月三号", False),
    ],
)
def test_a_number_is_whole_with_its_last_digit(kind: str, text: str, whole: bool) -> None:
    heard = Recognition(text=text, expected=True, confidence=0.65, seconds=4.0)
    assert is_decisive(heard, kind=kind) is whole
