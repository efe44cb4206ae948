"""The channel ladder in the store: telephone, the family's number, a short message, a visit."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from campaigns.disposition import Disposition
from campaigns.policy import Policy
from campaigns.retry import RetryPolicy
from integrations.campaigns import course, messages
from integrations.campaigns.dial import Ready, claim_due, start_dialling
from integrations.campaigns.ending import CallEnd, ended
from integrations.campaigns.figures import covered
from integrations.campaigns.ladder import contact_of_code
from integrations.channels.sms.sender import ShortMessage
from integrations.storage.models import AttemptRow, ContactRow, DoNotCallRow, MessageRow, OutboxRow, TicketRow

FAMILY = "13800000099"
LADDER = Policy(ladder=("voice", "family", "sms", "visit"), retry=RetryPolicy(cap=1), family_calls=1)
COMMUNITY = {"community": "育林社区", "callback_number": "0716-1234567"}


@pytest.fixture
def family(store) -> dict[str, str]:
    """What a resident has who allowed us to ring their daughter."""
    return {"family_phone": FAMILY, "family_phone_idx": store.keys.blind_index("phone", FAMILY)}


def run(community, policy: Policy = LADDER, **resident) -> str:
    community.settle_in(1, **resident)
    campaign = community.campaign(policy)
    community.launch(campaign)
    return campaign


def ring(store, at: datetime) -> list[Ready]:
    with store.writing() as session:
        return start_dialling(session, claim_due(session, dialler="d", at=at, limit=9), dialler="d", at=at)[0]


def end(store, ready: Ready, at: datetime, disposition=Disposition.NO_ANSWER, outcome=None) -> None:
    with store.writing() as session:
        ended(session, ready.attempt_id, CallEnd(disposition=disposition, outcome=outcome), at=at)


def next_due(store) -> datetime:
    with store.reading() as session:
        due = course.next_due(session)
    assert due is not None
    return due


def rows(store, model):
    with store.reading() as session:
        return session.scalars(select(model)).all()


def prepared(store, at: datetime):
    with store.reading() as session:
        message = session.scalars(select(MessageRow)).one()
        return messages.prepare(session, message.id, key="k", at=at, **COMMUNITY)


def test_the_family_is_rung_on_its_own_number_then_a_message_then_somebody_goes_there(
    community, store, at, family
) -> None:
    campaign = run(community, **family)
    [own] = ring(store, at)
    end(store, own, at)
    due = next_due(store)
    assert due >= at + LADDER.family_after
    [other] = ring(store, due)
    assert (other.channel, other.phone, own.channel) == ("family", FAMILY, "voice")
    end(store, other, due)
    [message] = rows(store, MessageRow)
    assert [row.kind for row in rows(store, OutboxRow)] == ["sms"]
    sending = prepared(store, due)
    assert isinstance(sending, ShortMessage)
    assert (sending.to, message.code in sending.text) == ("13900000000", True)
    assert "住户" not in sending.text
    with store.writing() as session:
        messages.sent(session, message.id, receipt="r", at=due)
        assert contact_of_code(session, message.code).id == message.contact_id
        assert course.finish_done(session, at=due + timedelta(hours=23)) == []
    late = due + LADDER.message_waits
    with store.writing() as session:
        assert course.finish_done(session, at=late) == [campaign]
        assert covered(session, campaign).share == 1.0
    [ticket] = rows(store, TicketRow)
    assert ticket.kind == "not_reached"


def test_a_refusal_is_followed_by_nothing_whoever_said_it(community, store, at, family) -> None:
    run(community, **family)
    [own] = ring(store, at)
    end(store, own, at, Disposition.ANSWERED, "refused")
    assert len(rows(store, AttemptRow)) == 1
    assert rows(store, MessageRow) == []
    assert rows(store, TicketRow) == []


def test_the_family_that_wants_no_calls_does_not_speak_for_the_resident(community, store, at, family) -> None:
    run(community, **family)
    [own] = ring(store, at)
    end(store, own, at)
    due = next_due(store)
    [other] = ring(store, due)
    end(store, other, due, Disposition.ANSWERED, "never_again")
    [listed] = rows(store, DoNotCallRow)
    assert listed.phone_idx == family["family_phone_idx"]
    assert next_outcome(store) == "refusal"


def next_outcome(store) -> str:
    return rows(store, ContactRow)[0].outcome


def test_a_landline_gets_no_message_and_a_wrong_number_is_told_nothing(community, store, at) -> None:
    phone = "07161234567"
    run(community, phone=phone, phone_idx=store.keys.blind_index("phone", phone))
    [own] = ring(store, at)
    end(store, own, at)
    assert rows(store, MessageRow) == []
    assert [row.kind for row in rows(store, TicketRow)] == ["not_reached"]


def test_a_dead_number_is_told_nothing(community, store, at) -> None:
    run(community)
    [own] = ring(store, at)
    end(store, own, at, Disposition.EMPTY_NUMBER)
    assert rows(store, MessageRow) == []
    assert [row.kind for row in rows(store, TicketRow)] == ["check_number"]


def test_a_message_is_not_sent_once_it_is_not_needed_nor_at_night(community, store, at) -> None:
    run(community)
    [own] = ring(store, at)
    end(store, own, at)
    late = prepared(store, at + timedelta(hours=14))
    assert isinstance(late, messages.Later)
    assert late.until == at + timedelta(hours=23)
    with store.writing() as session:
        session.scalars(select(ContactRow)).one().status = "done"
    assert prepared(store, at) == "drop"


def test_a_message_that_cannot_be_sent_is_a_visit_at_once(community, store, at) -> None:
    campaign = run(community)
    [own] = ring(store, at)
    end(store, own, at)
    [message] = rows(store, MessageRow)
    with store.writing() as session:
        messages.failed(session, message.id, at=at)
        assert course.finish_done(session, at=at) == [campaign]
    assert [row.kind for row in rows(store, TicketRow)] == ["not_reached"]


def test_a_resident_with_hours_of_their_own_is_called_in_them(community, store, at) -> None:
    run(community, calling_hours={"opens": "14:00:00", "closes": "16:00:00"})
    assert ring(store, at) == []
    assert next_due(store) == at + timedelta(hours=5)
    assert len(ring(store, at + timedelta(hours=5))) == 1
