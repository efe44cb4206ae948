"""应急 and priorities between campaigns."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from campaigns.audience import AudienceQuery
from campaigns.errors import NotPermitted, PolicyInvalid, WrongStatus
from campaigns.pacing import Pacing, grant, start
from campaigns.policy import Mode, Policy
from campaigns.window import CallingWindow
from dialogs.dictionary import load_dictionary
from integrations.campaigns import book, course
from integrations.campaigns.dial import start_dialling
from integrations.campaigns.launch import launch
from integrations.campaigns.modes import declare_urgent, end_urgent
from integrations.campaigns.pace import Paces
from integrations.storage.models import AttemptRow, AuditRow, CampaignRow

NIGHT = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)  # 22:00 in Beijing
FLOOD = Mode(
    until=NIGHT + timedelta(hours=6), window=CallingWindow(opens=time(0), closes=time(23, 59)), cap=5, why="转移"
)


def declare(store, campaign, *, mode=FLOOD, role="grid_lead", at=NIGHT):
    with store.writing() as session:
        return declare_urgent(session, campaign, mode, role=role, user_id="u", at=at)


def test_an_urgent_campaign_rings_at_night_and_the_usual_hours_return_by_themselves(community, store) -> None:
    community.settle_in(4)
    campaign = community.campaign(Policy(pacing=Pacing(setups_per_second=50)))
    community.launch(campaign, at=NIGHT)
    paces = Paces()
    with store.writing() as session:
        assert paces.claim(session, dialler="d", at=NIGHT, free_lines=9).ids == []
    declare(store, campaign)
    with store.writing() as session:
        first = paces.claim(session, dialler="d", at=NIGHT, free_lines=1).ids
        assert len(start_dialling(session, first, dialler="d", at=NIGHT)[0]) == 1
    later = FLOOD.until + timedelta(minutes=1)  # 04:01
    with store.writing() as session:
        rest = paces.claim(session, dialler="d", at=later, free_lines=9).ids
        ready, held = start_dialling(session, rest, dialler="d", at=later)
        assert ready == []
        assert {each.reason for each in held} == {"outside_window"}
        assert course.next_due(session) == datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
        actions = session.scalars(select(AuditRow.action)).all()
    assert "campaign.urgent" in actions


def test_an_urgent_campaign_needs_no_rehearsal_but_somebody_who_answers_for_it(community, store, at) -> None:
    community.settle_in(1)
    with store.writing() as session:
        draft = book.create(
            session, title="转移", questionnaire="q" * 64, audience=AudienceQuery(), policy=Policy(), at=at
        )
        with pytest.raises(WrongStatus):
            book.step(session, draft.id, "approve", role="grid_lead", at=NIGHT)
    declare(store, draft.id)
    with store.writing() as session:
        with pytest.raises(NotPermitted):
            book.step(session, draft.id, "approve", role="staff", at=NIGHT)
        book.step(session, draft.id, "approve", role="grid_lead", user_id="u", at=NIGHT)
        launch(session, draft.id, role="staff", user_id="s", dictionary=load_dictionary(), at=NIGHT)
        row = session.get_one(CampaignRow, draft.id)
        assert (row.approved_by, row.launched_by) == ("u", "s")
        assert session.scalars(select(AttemptRow.due_at)).one() == NIGHT


def test_after_its_time_it_is_approved_as_ever(community, store, at) -> None:
    with store.writing() as session:
        draft = book.create(
            session, title="转移", questionnaire="q" * 64, audience=AudienceQuery(), policy=Policy(), at=at
        )
    declare(store, draft.id)
    with store.writing() as session, pytest.raises(WrongStatus):
        book.step(session, draft.id, "approve", role="grid_lead", at=FLOOD.until)


def test_urgency_is_ended_early_and_is_never_long_or_without_a_reason(community, store) -> None:
    campaign = community.campaign()
    declare(store, campaign)
    with store.writing() as session:
        ended = end_urgent(session, campaign, role="admin", user_id=None, at=NIGHT)
    assert ended.policy.urgent_at(NIGHT) is None
    with pytest.raises(PolicyInvalid, match="3 天"):
        declare(store, campaign, mode=Mode(until=NIGHT + timedelta(days=4), window=CallingWindow(), cap=3, why="x"))
    with pytest.raises(PolicyInvalid, match="为什么"):
        declare(store, campaign, mode=Mode(until=NIGHT + timedelta(hours=4), window=CallingWindow(), cap=3, why=" "))
    with pytest.raises(NotPermitted):
        declare(store, campaign, role="staff")


def test_deadlines_are_shorter_while_it_is_urgent() -> None:
    policy = Policy(urgent=FLOOD)
    assert policy.visit_within_at(NIGHT) == timedelta(hours=4)
    assert policy.visit_within_at(FLOOD.until) == timedelta(days=3)


def running(community, store, priority: int) -> str:
    campaign = community.campaign(Policy(pacing=Pacing(lines=3, setups_per_second=50)))
    with store.writing() as session:
        session.get_one(CampaignRow, campaign).priority = priority
    community.launch(campaign)
    return campaign


def test_a_higher_priority_gets_free_lines_first_and_leaves_the_rest(community, store, at) -> None:
    community.settle_in(6)
    ordinary, first = running(community, store, 0), running(community, store, 5)
    with store.writing() as session:
        ids = Paces().claim(session, dialler="d", at=at, free_lines=4).ids
        owners = [session.get_one(AttemptRow, each).campaign_id for each in ids]
    assert owners == [first, first, first, ordinary]


def test_equals_share_alike(community, store, at) -> None:
    community.settle_in(6)
    campaigns = {running(community, store, 2), running(community, store, 2)}
    with store.writing() as session:
        ids = Paces().claim(session, dialler="d", at=at, free_lines=4).ids
        owners = [session.get_one(AttemptRow, each).campaign_id for each in ids]
    assert {owners.count(each) for each in campaigns} == {2}


def test_calls_that_promise_a_person_wait_for_one_who_is_free(community, store, at) -> None:
    pacing = Pacing(lines=30, setups_per_second=50, calls_a_person=1.5)
    granted, _ = grant(pacing, start(pacing, at=at), wanted=20, under_way=1, at=at, persons_free=2)
    assert granted == 2
    assert grant(pacing, start(pacing, at=at), wanted=20, under_way=0, at=at, persons_free=0)[0] == 0
    assert grant(pacing, start(pacing, at=at), wanted=20, under_way=0, at=at)[0] == 20
    community.settle_in(6)
    community.launch(community.campaign(Policy(pacing=pacing)))
    with store.writing() as session:
        assert len(Paces(persons_free=lambda _: 2).claim(session, dialler="d", at=at, free_lines=9).ids) == 3
