"""Follow-up series: day 1, 3, 7 after an event, and reminders before one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from campaigns.disposition import Disposition
from campaigns.errors import NotPermitted, PolicyInvalid
from campaigns.outcome import ContactOutcome
from campaigns.policy import Policy
from campaigns.retry import RetryPolicy
from campaigns.series import LOST_AFTER, Progress, after, enrolled
from dialogs.dictionary import load_dictionary
from integrations.campaigns import following
from integrations.campaigns.dial import claim_due, start_dialling
from integrations.campaigns.ending import CallEnd, ended
from integrations.storage.models import CampaignRow, EnrolmentRow, TicketRow

DAYS = (1, 3, 7)
EVENT = date(2026, 11, 20)
ONCE = Policy(retry=RetryPolicy(cap=1))
outcomes = st.lists(st.sampled_from(ContactOutcome), min_size=8, max_size=8)


def test_the_days_count_from_the_event_and_those_that_passed_are_left_out() -> None:
    assert enrolled(DAYS, event_on=EVENT, on=EVENT) == Progress(step=0, due_on=date(2026, 11, 21))
    assert enrolled(DAYS, event_on=EVENT, on=date(2026, 11, 22)).due_on == date(2026, 11, 23)
    assert enrolled(DAYS, event_on=EVENT, on=date(2026, 12, 1)).state == "finished"
    assert enrolled((-1,), event_on=EVENT, on=date(2026, 11, 1)).due_on == date(2026, 11, 19)


@given(st.sets(st.integers(-5, 60), min_size=1, max_size=6).map(sorted), outcomes, st.integers(0, 5))
def test_a_series_ends_and_nobody_is_asked_after_a_refusal(
    days: list[int], came: list[ContactOutcome], late: int
) -> None:
    progress, on, seen = enrolled(days, event_on=EVENT, on=EVENT - timedelta(days=6)), EVENT, []
    misses = 0
    for outcome in came:
        if progress.due_on is None:
            break
        assert progress.due_on not in seen
        seen.append(progress.due_on)
        on = progress.due_on + timedelta(days=late)
        nobody = outcome in (ContactOutcome.NOT_REACHED, ContactOutcome.WRONG_PERSON, ContactOutcome.INELIGIBLE)
        misses = misses + 1 if nobody else 0
        progress = after(days, progress, outcome, event_on=EVENT, on=on)
        if outcome is ContactOutcome.REFUSAL:
            assert (progress.state, progress.due_on) == ("uncooperative", None)
        elif misses >= LOST_AFTER:
            assert (progress.state, progress.due_on) == ("lost", None)
        elif progress.due_on is not None:
            assert progress.due_on > on
    assert progress.due_on is None
    assert seen == sorted(seen)


def start(community, *, people: int = 2) -> str:
    community.settle_in(people)
    with community.store.writing() as session:
        row = following.create(
            session, title="出院随访", questionnaire="q" * 64, days=DAYS, policy=ONCE, at=community.at
        )
        assert following.enrol(session, row.id, community.residents, event_on=EVENT, at=community.at) == people
        assert following.enrol(session, row.id, community.residents, event_on=EVENT, at=community.at) == 0
        following.approve(session, row.key, role="grid_lead", user_id="u", at=community.at)
    return row.id


def follow(store, at):
    with store.writing() as session:
        return following.follow(session, load_dictionary(), at=at)


def call_all(store, at, disposition, outcome) -> int:
    with store.writing() as session:
        ready, _ = start_dialling(session, claim_due(session, dialler="d", at=at, limit=9), dialler="d", at=at)
        for each in ready:
            ended(session, each.attempt_id, CallEnd(disposition=disposition, outcome=outcome), at=at)
    return len(ready)


def states(store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(EnrolmentRow.state).order_by(EnrolmentRow.resident_id)))


def test_each_day_is_a_campaign_of_those_who_are_due_until_the_series_is_over(community, store, at) -> None:
    start(community)
    for day in (0, 2, 6):  # the first day is the one after the event
        now = at + timedelta(days=day)
        done = follow(store, now)
        assert (len(done.campaigns), done.called) == (1, 2)
        assert follow(store, now).campaigns == ()
        assert call_all(store, now, Disposition.ANSWERED, "complete") == 2
    assert follow(store, at + timedelta(days=7)).ended == 2
    assert states(store) == ["finished", "finished"]
    with store.reading() as session:
        titles = session.scalars(select(CampaignRow.title).order_by(CampaignRow.id)).all()
    assert titles == ["出院随访（11-21）", "出院随访（11-23）", "出院随访（11-27）"]


def test_who_is_never_reached_is_lost_and_visited_and_who_refuses_is_left_alone(community, store, at) -> None:
    start(community, people=1)
    for day in (0, 2):
        follow(store, at + timedelta(days=day))
        assert call_all(store, at + timedelta(days=day), Disposition.NO_ANSWER, None) == 1
    follow(store, at + timedelta(days=3))
    assert states(store) == ["lost"]
    with store.reading() as session:
        assert len(session.scalars(select(TicketRow)).all()) == 2
    assert follow(store, at + timedelta(days=6)).campaigns == ()


def test_a_refusal_ends_the_series_for_this_person(community, store, at) -> None:
    start(community, people=1)
    follow(store, at)
    call_all(store, at, Disposition.ANSWERED, "refused")
    assert follow(store, at + timedelta(days=2)).campaigns == ()
    assert states(store) == ["uncooperative"]


def test_two_people_of_one_household_are_each_called_about_themselves(community, store, at) -> None:
    start(community, people=2)
    with store.writing() as session:
        for row in session.scalars(select(EnrolmentRow)):
            row.household_id = community.households[0]
        from_other = session.scalars(select(EnrolmentRow)).all()
        assert len(from_other) == 2
    first, second = follow(store, at), follow(store, at)
    assert (first.called, second.called) == (1, 1)


def test_a_series_is_approved_by_somebody_else_and_its_days_ascend(community, store, at) -> None:
    with store.writing() as session:
        with pytest.raises(PolicyInvalid, match="从小到大"):
            following.create(session, title="x", questionnaire="q" * 64, days=(3, 1), policy=ONCE, at=at)
        row = following.create(session, title="x", questionnaire="q" * 64, days=(1,), policy=ONCE, at=at)
        with pytest.raises(NotPermitted):
            following.approve(session, row.id, role="staff", user_id=None, at=at)
