"""Who may take a campaign where."""

import pytest

from campaigns.errors import NotPermitted, WrongStatus
from campaigns.lifecycle import LABELS, Role, Status, Step, advance, steps_open


def test_a_campaign_lives_from_draft_to_finished() -> None:
    life: list[tuple[Step, Role]] = [
        ("rehearse", "staff"),
        ("approve", "reviewer"),
        ("launch", "staff"),
        ("pause", "grid_lead"),
        ("resume", "staff"),
        ("finish", "system"),
    ]
    status: Status = "draft"
    seen: list[Status] = [status]
    for step, role in life:
        status = advance(status, step, role=role)
        seen.append(status)
    assert seen == ["draft", "rehearsed", "approved", "running", "paused", "running", "finished"]


def test_staff_cannot_approve_what_they_launch() -> None:
    with pytest.raises(NotPermitted, match="请联系管理员"):
        advance("rehearsed", "approve", role="staff")


def test_a_second_operator_who_presses_launch_is_told_that_it_runs() -> None:
    with pytest.raises(WrongStatus, match="进行中"):
        advance("running", "launch", role="admin")


def test_nothing_leaves_an_end() -> None:
    for status in ("finished", "stopped"):
        assert all(steps_open(status, role=role) == () for role in ("admin", "staff", "grid_lead", "system"))


def test_whoever_sees_harm_may_halt_the_calls_but_a_grid_worker_asks_their_lead() -> None:
    assert "pause" in steps_open("running", role="grid_lead")
    assert steps_open("running", role="grid_worker") == ()


def test_every_status_can_be_left_or_is_an_end() -> None:
    for status in LABELS:
        open_to_admin = steps_open(status, role="admin")
        assert bool(open_to_admin) == (status not in ("finished", "stopped"))
