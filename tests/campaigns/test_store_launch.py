"""Making and launching a campaign, on both databases."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from campaigns.audience import AudienceQuery
from campaigns.errors import EmptyAudience, NotPermitted, WrongStatus
from campaigns.policy import Policy
from campaigns.retry import RetryPolicy
from dialogs.dictionary import load_dictionary
from integrations.campaigns import audience, book
from integrations.campaigns.errors import CampaignNotFound, FieldUnknown, KeyTaken, QuestionnaireUnknown
from integrations.storage.models import (
    AttemptRow,
    ContactRow,
    DoNotCallRow,
    HouseholdRow,
    OutboxRow,
    RecordRow,
    TicketRow,
)


def test_a_launched_campaign_has_one_contact_and_one_call_for_each_household(community, store, at) -> None:
    community.settle_in(7)
    campaign = community.campaign()
    launched = community.launch(campaign)
    assert launched.contacts == 7
    assert launched.visits == {}
    with store.reading() as session:
        assert book.read(session, campaign).status == "running"
        assert session.scalar(select(func.count(ContactRow.household_id.distinct()))) == 7
        attempts = session.scalars(select(AttemptRow)).all()
        assert [(each.number, each.status, each.due_at) for each in attempts] == [(1, "due", at)] * 7
        owners = dict(session.execute(select(ContactRow.household_id, ContactRow.owner)).all())
    assert owners["h000000"] == "w0"
    assert owners["h000002"] == "desk"  # a grid without worker and lead


def test_of_two_operators_who_press_launch_at_the_same_moment_one_launches_and_one_is_told(community, store) -> None:
    community.settle_in(6)
    campaign = community.campaign()
    barrier, came = threading.Barrier(2), []

    def press() -> None:
        barrier.wait()
        try:
            came.append(community.launch(campaign).contacts)
        except WrongStatus as error:
            came.append(error.message)

    operators = [threading.Thread(target=press) for _ in range(2)]
    for each in operators:
        each.start()
    for each in operators:
        each.join()
    assert 6 in came
    [told] = [each for each in came if each != 6]
    assert "进行中" in told
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(ContactRow)) == 6
        assert session.scalar(select(func.count()).select_from(AttemptRow)) == 6


def test_who_cannot_be_called_is_on_the_visit_list_with_the_reason(community, store) -> None:
    community.settle_in(1)
    community.settle_in(1, phone=None, phone_idx=None)
    community.settle_in(1, consent="refused")
    community.settle_in(1, do_not_call_at=community.at)
    [listed] = community.settle_in(1)
    with store.writing() as session:
        session.add(
            DoNotCallRow(phone_idx=store.keys.blind_index("phone", "13900000004"), at=community.at, reason="本人要求")
        )
        session.add(HouseholdRow(id="empty", place_id="b0", grid_id="g0", room="空", ref_idx="e" * 64))
    launched = community.launch(community.campaign())
    assert launched.contacts == 1
    assert launched.visits == {"no_number": 2, "no_consent": 1, "do_not_call": 2}
    with store.reading() as session:
        contact = session.scalar(select(ContactRow).where(ContactRow.resident_id == listed))
        assert contact is not None
        assert (contact.status, contact.disposition, contact.why["exclusion"]) == ("done", "not_called", "do_not_call")
        tickets = session.scalars(select(TicketRow).order_by(TicketRow.number)).all()
        assert len(tickets) == 5
        assert [each.number for each in tickets] == [f"T-{number:04}" for number in range(1, 6)]
        assert {each.household_id for each in tickets} >= {"empty"}
        assert all(each.owner_id for each in tickets)
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 5


def test_of_two_operators_who_press_launch_one_is_told_that_it_runs(community) -> None:
    community.settle_in(2)
    campaign = community.campaign()
    community.launch(campaign)
    with pytest.raises(WrongStatus, match="进行中"):
        community.launch(campaign)


def test_a_launch_that_reaches_nobody_changes_nothing(community, store) -> None:
    community.settle_in(2)
    campaign = community.campaign(audience=AudienceQuery(places=("nowhere",)))
    with pytest.raises(EmptyAudience, match="放宽"):
        community.launch(campaign)
    with store.reading() as session:
        assert book.read(session, campaign).status == "approved"


def test_calls_of_a_campaign_launched_at_night_fall_due_in_the_morning(community, store, at) -> None:
    community.settle_in(1)
    night = at + timedelta(hours=14)
    community.launch(community.campaign(), at=night)
    with store.reading() as session:
        assert session.scalar(select(AttemptRow.due_at)) == at + timedelta(hours=23)


def test_the_audience_is_counted_by_place_age_and_missing_field(community, store, at) -> None:
    old = community.settle_in(6)
    community.settle_in(3, birth_year=2000)
    dictionary = load_dictionary()
    with store.writing() as session:
        for number, resident in enumerate(old[:2]):
            session.add(
                record(f"x{number}", resident, resident.replace("r", "h"), at - timedelta(days=1 + 300 * number))
            )
    with store.reading() as session:

        def households(**conditions: object) -> int:
            query = AudienceQuery(**conditions)  # type: ignore[arg-type]
            return audience.count(session, query, Policy().window, dictionary, at=at).households

        assert households() == 9
        assert households(places=("g0",)) == 3
        assert households(places=("b0",)) == 3
        assert households(places=("c",)) == 9
        assert households(age_from=60) == 6
        assert households(missing=("household.head_count",)) == 8  # one known and fresh, one stale
        assert households(households=("h000001", "h000002"), without=("h000002",)) == 1
        assert households(limit=4) == 4
        with pytest.raises(FieldUnknown, match="数据字典"):
            households(missing=("health.nothing",))


def record(key: str, resident: str, household: str, at: datetime) -> RecordRow:
    return RecordRow(
        id=key,
        resident_id=resident,
        household_id=household,
        field="household.head_count",
        value={"total": 3},
        shown="3人",
        own_words="三口人",
        source="session",
        source_id="s",
        question="people",
        channel="voice",
        speaker="self",
        confidence=1.0,
        consent="given",
        state="reported",
        at=at,
    )


def test_rules_of_a_campaign_survive_the_store(community, store) -> None:
    policy = Policy(retry=RetryPolicy(cap=2), ladder=("voice", "sms", "visit"))
    query = AudienceQuery(places=("g1",), age_from=65)
    campaign = community.campaign(policy, query)
    with store.reading() as session:
        read = book.read(session, campaign)
        assert read.policy == policy
        assert read.audience == query
        assert book.read(session, read.key) == read


def test_a_campaign_that_was_changed_is_rehearsed_and_approved_anew(community, store) -> None:
    community.settle_in(1)
    campaign = community.campaign()
    with store.writing() as session:
        book.revise(session, campaign, role="staff", policy=Policy(retry=RetryPolicy(cap=1)))
    with pytest.raises(WrongStatus, match="草稿"):
        community.launch(campaign)
    with store.reading() as session:
        assert book.read(session, campaign).policy.retry.cap == 1


def test_what_cannot_be_done_is_said_in_chinese(community, store, at) -> None:
    with store.writing() as session, pytest.raises(QuestionnaireUnknown, match="问卷"):
        book.create(session, title="x", questionnaire="0" * 64, audience=AudienceQuery(), policy=Policy(), at=at)
    with store.reading() as session, pytest.raises(CampaignNotFound, match="C-9999"):
        book.read(session, "C-9999")
    campaign = community.campaign()
    with store.writing() as session:
        key = book.read(session, campaign).key
        with pytest.raises(KeyTaken, match=key):
            book.create(
                session, title="x", questionnaire="q" * 64, audience=AudienceQuery(), policy=Policy(), at=at, key=key
            )
        with pytest.raises(NotPermitted):
            book.step(session, campaign, "pause", role="grid_worker")
