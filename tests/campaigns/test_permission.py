"""Why a telephone does not ring."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import msgspec
import pytest

from campaigns.errors import PolicyInvalid
from campaigns.permission import REASONS, Hold, HoldReason, Standing, may_dial
from campaigns.policy import Mode, Policy
from campaigns.window import CallingWindow

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # 09:00 in Beijing
FREE = Standing(status="running", due_at=AT, attempts_made=0)


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (replace(FREE, status="stopped"), "not_running"),
        (replace(FREE, contact_open=False), "contact_closed"),
        (replace(FREE, number_known=False), "no_number"),
        (replace(FREE, consent_refused=True), "no_consent"),
        (replace(FREE, do_not_call=True), "do_not_call"),
        (replace(FREE, refused=True), "refused"),
        (replace(FREE, answered_elsewhere=True), "answered_elsewhere"),
        (replace(FREE, attempts_made=3), "cap"),
        (replace(FREE, preference=CallingWindow(opens=time(5), closes=time(7))), "no_common_hour"),
    ],
)
def test_it_never_rings_when(standing: Standing, reason: HoldReason) -> None:
    assert may_dial(standing, Policy(), at=AT) == Hold(reason=reason, until=None)


@pytest.mark.parametrize(
    ("standing", "reason", "until"),
    [
        (replace(FREE, due_at=AT + timedelta(minutes=1)), "before_gap", AT + timedelta(minutes=1)),
        (
            replace(FREE, preference=CallingWindow(opens=time(14), closes=time(16))),
            "outside_window",
            AT + timedelta(hours=5),
        ),
        (
            replace(FREE, dials=[AT - timedelta(minutes=4, seconds=each) for each in (30, 20, 10)]),
            "frequency",
            AT + timedelta(seconds=30),
        ),
        (
            replace(FREE, dials=[AT - timedelta(hours=each) for each in (23, 20, 19, 18, 17)]),
            "frequency",
            AT + timedelta(hours=1),
        ),
        (replace(FREE, status="paused"), "not_running", AT),
    ],
)
def test_it_rings_later_when(standing: Standing, reason: HoldReason, until: datetime) -> None:
    assert may_dial(standing, Policy(), at=AT) == Hold(reason=reason, until=until)


def test_it_rings_when_nothing_speaks_against_it() -> None:
    assert may_dial(FREE, Policy(), at=AT) is None


def test_every_reason_can_be_read_by_staff() -> None:
    assert set(REASONS) == set(HoldReason.__args__)


def test_urgent_hours_end_by_themselves() -> None:
    late = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)  # 22:00 in Beijing
    urgent = Mode(until=late + timedelta(hours=1), window=CallingWindow(closes=time(23)), cap=5, why="洪水撤离")
    policy = Policy(urgent=urgent)
    standing = replace(FREE, attempts_made=4)
    assert may_dial(standing, policy, at=late) is None
    assert may_dial(replace(FREE), policy, at=late + timedelta(hours=2)) is not None
    assert may_dial(standing, policy, at=late + timedelta(hours=12)) == Hold(reason="cap", until=None)


def test_a_policy_survives_being_stored() -> None:
    policy = Policy(window=CallingWindow(opens=time(9)), ladder=("voice", "sms", "visit"))
    assert msgspec.json.decode(msgspec.json.encode(policy), type=Policy) == policy


def test_a_ladder_that_does_not_end_with_a_visit_is_refused_in_chinese() -> None:
    with pytest.raises(PolicyInvalid, match="上门"):
        Policy(ladder=("voice", "sms"))
