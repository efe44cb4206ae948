"""Whole histories of a contact: whatever happens on the line, the rules hold."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from campaigns.attempt import Attempt
from campaigns.disposition import Disposition
from campaigns.outcome import ContactOutcome
from campaigns.permission import Hold, Standing, may_dial
from campaigns.policy import Policy
from campaigns.retry import RetryPolicy
from campaigns.settle import Again, Closed, NextChannel, settle, settle_held
from campaigns.window import CallingWindow
from dialogs.events import Outcome

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # 09:00 in Beijing
outcomes: st.SearchStrategy[Outcome | None] = st.sampled_from(
    [None, "complete", "partial", "break_off", "refused", "never_again", "callback", "wrong_person", "not_at_home"]
)
ends = st.one_of(
    st.tuples(st.sampled_from([each for each in Disposition if each is not Disposition.ANSWERED]), st.none()),
    st.tuples(st.just(Disposition.ANSWERED), outcomes),
)
policies = st.builds(
    lambda opens, length, cap: Policy(
        window=CallingWindow(opens=time(opens), closes=time(opens + length)), retry=RetryPolicy(cap=cap)
    ),
    st.integers(7, 12),
    st.integers(1, 10),
    st.integers(1, 5),
)
preferences = st.one_of(
    st.none(), st.integers(0, 20).map(lambda hour: CallingWindow(opens=time(hour), closes=time(hour + 3)))
)


@given(
    policies,
    preferences,
    st.lists(ends, min_size=12, max_size=12),
    st.lists(st.integers(0, 3000), min_size=40, max_size=40),
    st.integers(0, 48),
)
def test_nothing_rings_outside_its_window_before_its_gap_over_its_cap_or_after_a_refusal(
    policy: Policy,
    preference: CallingWindow | None,
    ends: list[tuple[Disposition, Outcome | None]],
    delays_minutes: list[int],
    callback_hours: int,
) -> None:
    """The scheduler comes at any time, late or early; every ring is checked against the rules written out by hand."""
    history: list[Attempt] = []
    due, at = Attempt(number=1, due_at=AT), AT
    rung: list[datetime] = []
    refused, earliest = False, AT
    for minutes in delays_minutes:
        at += timedelta(minutes=minutes)
        held = may_dial(
            Standing(
                status="running",
                due_at=due.due_at,
                attempts_made=len(history),
                preference=preference,
                dials=[each for each in rung if each > at - timedelta(hours=24)],
            ),
            policy,
            at=at,
        )
        if isinstance(held, Hold):
            if held.until is None:
                assert isinstance(settle_held(held.reason, policy), Closed)
                break
            assert held.until > at or held.reason == "before_gap"
            continue
        local = (at + timedelta(hours=8)).time()
        assert policy.window.opens <= local < policy.window.closes
        if preference is not None:
            assert preference.opens <= local < preference.closes
        assert at >= earliest
        assert not refused
        rung.append(at)
        assert len(rung) <= policy.retry.cap
        assert len([each for each in rung if at - each < timedelta(minutes=5)]) <= 3
        assert len([each for each in rung if at - each < timedelta(hours=24)]) <= 5
        disposition, outcome = ends[len(history)]
        asked_for = at + timedelta(hours=callback_hours) if outcome == "callback" else None
        history.append(replace(due, disposition=disposition, ended_at=at))
        refused = outcome in ("refused", "never_again")
        step = settle(history, disposition, outcome, policy, at=at, preference=preference, callback_at=asked_for)
        if not isinstance(step, Again):
            break
        rule = policy.retry.rule(disposition, outcome)
        assert rule is not None
        earliest = at + rule.gap if asked_for is None else asked_for
        due = step.attempt
        assert due.due_at >= earliest
        assert due.number == len(history) + 1


@given(policies, st.lists(ends, min_size=12, max_size=12))
def test_every_contact_ends_reached_or_with_somebody_who_goes_on(
    policy: Policy, ends: list[tuple[Disposition, Outcome | None]]
) -> None:
    history: list[Attempt] = []
    due = Attempt(number=1, due_at=AT)
    for disposition, outcome in ends:
        history.append(replace(due, disposition=disposition, ended_at=due.due_at))
        step = settle(history, disposition, outcome, policy, at=due.due_at)
        if isinstance(step, Again):
            due = step.attempt
            continue
        assert isinstance(step, Closed)
        if step.outcome in (ContactOutcome.NOT_REACHED, ContactOutcome.BREAK_OFF):
            assert step.followed == "visit"
        if step.outcome in (ContactOutcome.WRONG_PERSON, ContactOutcome.INELIGIBLE):
            assert step.followed == "check_number"
        return
    raise AssertionError("a contact was called for ever")


def ended(number: int, disposition: Disposition) -> Attempt:
    return Attempt(number=number, due_at=AT, disposition=disposition, ended_at=AT)


def test_a_refusal_is_followed_by_no_call_no_message_and_no_visit() -> None:
    for outcome in ("refused", "never_again"):
        step = settle(
            [ended(1, Disposition.ANSWERED)],
            Disposition.ANSWERED,
            outcome,
            Policy(ladder=("voice", "family", "sms", "visit")),
            at=AT,
            available=("family", "sms"),
        )
        assert step == Closed(outcome=ContactOutcome.REFUSAL, followed="nothing")


def test_a_resident_who_asks_for_four_o_clock_is_called_at_four() -> None:
    four = AT + timedelta(hours=7)
    step = settle([ended(1, Disposition.ANSWERED)], Disposition.ANSWERED, "callback", Policy(), at=AT, callback_at=four)
    assert step == Again(Attempt(number=2, due_at=four))


def test_a_resident_who_asks_for_ten_at_night_is_called_the_next_morning() -> None:
    ten = AT + timedelta(hours=13)
    step = settle([ended(1, Disposition.ANSWERED)], Disposition.ANSWERED, "callback", Policy(), at=AT, callback_at=ten)
    assert step == Again(Attempt(number=2, due_at=datetime(2026, 11, 22, 0, 0, tzinfo=UTC)))


def test_an_empty_number_is_not_rung_twice_and_somebody_looks_for_the_right_one() -> None:
    step = settle([ended(1, Disposition.EMPTY_NUMBER)], Disposition.EMPTY_NUMBER, None, Policy(), at=AT)
    assert step == Closed(outcome=ContactOutcome.INELIGIBLE, followed="check_number")


def test_the_ladder_is_climbed_where_the_next_channel_exists() -> None:
    policy = Policy(ladder=("voice", "sms", "visit"), retry=RetryPolicy(cap=1))
    history = [ended(1, Disposition.NO_ANSWER)]
    assert settle(history, Disposition.NO_ANSWER, None, policy, at=AT, available=("sms",)) == NextChannel(
        channel="sms", outcome=ContactOutcome.NOT_REACHED
    )
    assert settle(history, Disposition.NO_ANSWER, None, policy, at=AT) == Closed(
        outcome=ContactOutcome.NOT_REACHED, followed="visit"
    )


def test_a_call_that_was_interrupted_goes_on_as_a_new_attempt_under_the_cap() -> None:
    policy = Policy(retry=RetryPolicy(cap=2))
    first = ended(1, Disposition.INTERRUPTED)
    step = settle([first], Disposition.INTERRUPTED, None, policy, at=AT)
    assert isinstance(step, Again)
    assert step.attempt.due_at > AT
    second = settle([first, ended(2, Disposition.INTERRUPTED)], Disposition.INTERRUPTED, None, policy, at=AT)
    assert second == Closed(outcome=ContactOutcome.NOT_REACHED, followed="visit")
