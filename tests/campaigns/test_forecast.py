"""What is foretold follows the rules that the campaign itself follows."""

from datetime import UTC, datetime, time, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.capacity import Capacity, overloaded
from campaigns.disposition import Disposition
from campaigns.forecast import CallModel, Prices, TalkSample, Trouble, WishedTime, play, predict
from campaigns.outcome import ContactOutcome
from campaigns.pacing import Pacing
from campaigns.policy import Policy
from campaigns.retry import RetryPolicy
from campaigns.spoken_time import syllables, turn_seconds
from campaigns.window import CallingWindow

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in Beijing
WHOLE = TalkSample(outcome="complete", seconds=60)
EASY = CallModel(line={Disposition.ANSWERED: 1.0}, dead={}, talks=[(WHOLE, 1.0)])
WISHES = (WishedTime(days=0, at=time(15)), WishedTime(days=2, at=time(9)))
LINES = {Disposition.ANSWERED: 0.5, Disposition.NO_ANSWER: 0.3, Disposition.BUSY: 0.2}


def test_when_everybody_answers_lines_and_seconds_decide_how_long_it_takes() -> None:
    policy = Policy(pacing=Pacing(lines=10, setups_per_second=100))
    course = play(["w"] * 600, EASY, policy, at=AT, rng=Random(1))
    assert (course.calls, course.outcomes[ContactOutcome.COMPLETE]) == (600, 600)
    assert timedelta(minutes=70) < course.finished_at - AT < timedelta(minutes=80)  # 600 × 74 s over ten lines
    assert course.billed_minutes == 600


def test_what_does_not_fit_into_today_is_called_tomorrow() -> None:
    window = CallingWindow(opens=time(9), closes=time(10))
    policy = Policy(window=window, pacing=Pacing(lines=1, setups_per_second=1))
    course = play(["w"] * 60, EASY, policy, at=AT, rng=Random(1))
    assert course.finished_at > AT + timedelta(hours=24)


def test_nobody_answers_and_everybody_is_visited() -> None:
    model = CallModel(line={Disposition.NO_ANSWER: 1.0}, dead={}, talks=[(WHOLE, 1.0)])
    course = play(["w1", "w2", "w2"], model, Policy(retry=RetryPolicy(cap=3)), at=AT, rng=Random(1))
    assert course.calls == 9
    assert course.tickets == {"w1": 1, "w2": 2}


def test_what_answers_bring_becomes_tickets_of_conversations_that_go_to_their_end() -> None:
    talks = [(WHOLE, 0.5), (TalkSample(outcome="refused", seconds=15), 0.5)]
    troubles = (Trouble(share=1.0, urgent=True), Trouble(share=1.0, urgent=False), Trouble(share=0.0, urgent=True))
    model = CallModel(line={Disposition.ANSWERED: 1.0}, dead={}, talks=talks, troubles=troubles)
    course = play(["w"] * 100, model, Policy(), at=AT, rng=Random(1))
    whole = course.outcomes[ContactOutcome.COMPLETE]
    assert 30 < whole < 70
    assert (course.tickets["w"], course.urgent["w"]) == (2 * whole, whole)


def test_who_wants_to_be_called_the_day_after_tomorrow_decides_when_it_is_over() -> None:
    model = CallModel(
        line={Disposition.ANSWERED: 1.0},
        dead={},
        talks=[(TalkSample(outcome="callback", seconds=20), 1.0)],
        wishes=[WishedTime(days=2, at=time(9))],
    )
    course = play(["w"], model, Policy(retry=RetryPolicy(cap=2)), at=AT, rng=Random(1))
    assert course.calls == 2
    assert timedelta(hours=48) <= course.finished_at - AT < timedelta(hours=49)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**32), st.integers(1, 5), st.integers(1, 5))
def test_every_household_ends_once_and_no_cap_is_broken(households: int, seed: int, cap: int, lines: int) -> None:
    talks = [(WHOLE, 0.7), (TalkSample(outcome="callback", seconds=20), 0.2),
             (TalkSample(outcome="refused", seconds=15), 0.1)]  # fmt: skip
    model = CallModel(line=LINES, dead={Disposition.EMPTY_NUMBER: 0.1}, talks=talks, wishes=WISHES)
    policy = Policy(retry=RetryPolicy(cap=cap), pacing=Pacing(lines=lines))
    course = play(["w"] * households, model, policy, at=AT, rng=Random(seed))
    assert sum(course.outcomes.values()) == households
    assert households <= course.calls <= households * cap


def test_the_same_seed_foretells_the_same() -> None:
    model = CallModel(line=LINES, dead={}, talks=[(WHOLE, 1.0)])
    one, two = (play(["w"] * 50, model, Policy(), at=AT, rng=Random("s")) for _ in range(2))
    assert one == two
    told = predict([one, two], Prices(minute=0.1, message=0.05), at=AT)
    assert told.calls == one.calls
    assert told.cost_yuan == one.billed_minutes * 0.1


def test_who_gets_more_than_they_can_do_is_named() -> None:
    found = overloaded({"a": 50, "b": 3}, {"a": 1, "b": 3}, Capacity(tickets_a_day=8, urgent_a_day=1), days=2)
    assert set(found) == {"a", "b"}
    assert found["a"] == 50 / 16


def test_punctuation_is_not_spoken() -> None:
    assert syllables("您好，我是邻音。") == 6
    assert turn_seconds("您好", "") < turn_seconds("您好", "你好")
