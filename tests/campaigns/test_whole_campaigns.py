"""Whole campaigns with the whole ladder, whatever the lines, the residents and the operators do meanwhile."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from campaigns.disposition import Disposition
from campaigns.policy import Policy
from integrations.campaigns import book, course
from integrations.campaigns.dial import claim_due, start_dialling
from integrations.campaigns.ending import CallEnd, ended
from integrations.campaigns.figures import covered
from integrations.storage.models import (
    AttemptRow,
    CampaignRow,
    ContactRow,
    DoNotCallRow,
    MessageRow,
    ResidentRow,
    TicketRow,
)

HOUSEHOLDS = 5
LADDER = Policy(ladder=("voice", "family", "sms", "visit"))
REFUSALS = ("refused", "never_again")
ENDS = st.sampled_from(
    [
        *((Disposition.ANSWERED, outcome) for outcome in ("complete", "partial", "break_off", "callback", *REFUSALS)),
        *((Disposition.ANSWERED, outcome) for outcome in ("to_person", "red_flag", "wrong_person", "not_at_home")),
        *((each, None) for each in Disposition if each is not Disposition.ANSWERED),
    ]
)
MEANWHILE = st.sampled_from(["nothing", "nothing", "nothing", "pause", "do_not_call"])
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ring(store, at):
    with store.writing() as session:
        claimed = claim_due(session, dialler="d1", at=at, limit=100)
        return start_dialling(session, claimed, dialler="d1", at=at)[0]


def family_of(community, number):
    phone = f"137{number:08}"
    return {"family_phone": phone, "family_phone_idx": community.store.keys.blind_index("phone", phone)}


def launched(community):
    """A running campaign over households of which every other one has a family that may be rung."""
    first = len(community.households)
    for number in range(first, first + HOUSEHOLDS):
        community.settle_in(1, **(family_of(community, number) if number % 2 else {}))
    campaign = community.campaign(LADDER)
    community.launch(campaign)
    return campaign


def play(community, store, campaign, coming, meanwhile, at):
    """Steps the clock from due row to due row to the end; who refused, and whose numbers were put on the list."""
    refused, listed, clock = {}, {}, at
    for _ in range(300):
        with store.writing() as session:
            course.finish_done(session, at=clock)
            if session.get_one(CampaignRow, campaign).status == "finished":
                return refused, listed
            due = course.next_due(session)
        assert due is not None
        clock = max(clock + timedelta(seconds=1), due)
        for ready in ring(store, clock):
            with store.reading() as session:
                contact = session.get_one(AttemptRow, ready.attempt_id).contact_id
                household = session.get_one(ContactRow, contact).household_id
            assert contact not in refused, "rung after a refusal"
            assert contact not in listed, "rung after it was put on the list"
            act = next(meanwhile)
            if act == "pause":
                with store.writing() as session:
                    book.step(session, campaign, "pause", role="staff")
            if act == "do_not_call":
                listed[contact] = household
                list_numbers(store, contact, clock)
            disposition, outcome = next(coming)
            clock += timedelta(minutes=1)
            with store.writing() as session:
                ended(session, ready.attempt_id, CallEnd(disposition=disposition, outcome=outcome), at=clock)
            if outcome in REFUSALS:
                refused[contact] = household
            if act == "pause":
                assert ring(store, clock + timedelta(days=2)) == []
                with store.writing() as session:
                    book.step(session, campaign, "resume", role="staff")
    raise AssertionError("the campaign never ends")


def list_numbers(store, contact, at):
    """Both numbers of a contact go on the do-not-call list, by hand, while the call is up."""
    with store.writing() as session:
        resident = session.get_one(ResidentRow, session.get_one(ContactRow, contact).resident_id)
        for number in (resident.phone_idx, resident.family_phone_idx):
            if number is not None and session.get(DoNotCallRow, number) is None:
                session.add(DoNotCallRow(phone_idx=number, at=at, reason="本人到社区说的"))


@QUICK
@given(ends=st.lists(ENDS, min_size=40, max_size=40), acts=st.lists(MEANWHILE, min_size=40, max_size=40))
def test_every_household_is_reached_visited_or_ticketed_and_a_refusal_is_followed_by_nothing(
    community, store, at, ends, acts
) -> None:
    campaign = launched(community)
    refused, listed = play(community, store, campaign, iter(ends * 5), iter(acts * 5), at)
    with store.reading() as session:
        found = covered(session, campaign)
        assert found.uncovered == ()
        assert found.share == 1.0
        own = [TicketRow.campaign_id == campaign, TicketRow.kind.in_(("not_reached", "check_number"))]
        visited = set(session.scalars(select(TicketRow.household_id).where(*own)))
        written_to = set(session.scalars(select(MessageRow.contact_id).where(MessageRow.campaign_id == campaign)))
        contacts = session.scalars(select(ContactRow).where(ContactRow.campaign_id == campaign)).all()
        rung = session.scalar(
            select(func.max(func.count()).over())
            .where(AttemptRow.campaign_id == campaign, AttemptRow.dialled_at.is_not(None))
            .group_by(AttemptRow.contact_id)
        )
    assert not visited & set(refused.values())
    assert not written_to & set(refused)
    assert not written_to & set(listed)
    assert all(each.outcome and each.disposition and each.owner for each in contacts)
    assert (rung or 0) <= LADDER.retry.cap + LADDER.family_calls
