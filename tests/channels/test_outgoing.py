"""What leaves the building: sent after the commit, tried again, given up to a person."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import JumpingClock
from bot.outgoing import LEASE, RETRY_AFTER, Outgoing
from bot.writer import Database
from integrations.campaigns.course import finish_done
from integrations.channels.sms.gateway import HttpGateway
from integrations.storage import outbox
from integrations.storage.models import ContactRow, HouseholdRow, MessageRow, OutboxRow, PlaceRow, TicketRow, WorkerRow
from integrations.storage.store import Store
from integrations.tickets.notices import Notices
from integrations.tickets.raising import Matter, raise_ticket

Make = Callable[[], str]


def consumer(store: Store, clock: JumpingClock, url: str | None) -> Outgoing:
    return Outgoing(
        database=Database(store),
        clock=clock,
        sms=None if url is None else HttpGateway(url),
        community="育林社区",
        callback_number="0716-1234567",
    )


def only(store: Store, model: Any) -> Any:
    with store.reading() as session:
        return session.scalars(select(model)).one()


def waiting(store: Store) -> OutboxRow:
    with store.reading() as session:
        return session.scalars(select(OutboxRow).where(OutboxRow.kind == "sms")).one()


async def close(outgoing: Outgoing) -> None:
    if outgoing._sms is not None:
        await outgoing._sms.close()
    outgoing._database.close()


async def test_a_message_is_sent_once_and_its_answer_is_waited_for(
    store: Store, at: datetime, unanswered: Make, gateway: Any
) -> None:
    unanswered()
    outgoing = consumer(store, JumpingClock(at), gateway.url)
    assert await outgoing.send_due() == 1
    assert await outgoing.send_due() == 0
    [taken] = gateway.taken
    assert (taken["to"], "陈秀英" in taken["text"]) == ("13912345678", False)
    message = only(store, MessageRow)
    assert (message.status, message.provider_id) == ("sent", "receipt-1")
    assert waiting(store).sent_at is not None
    await close(outgoing)


async def test_a_provider_that_is_down_is_tried_again_with_the_same_key(
    store: Store, at: datetime, unanswered: Make, gateway: Any
) -> None:
    unanswered()
    gateway.statuses = [503, 429]
    clock = JumpingClock(at)
    outgoing = consumer(store, clock, gateway.url)
    for wait in (timedelta(), *RETRY_AFTER[:2]):
        await clock.idle_until(clock.now() + wait)
        assert await outgoing.send_due() == 1
    assert len(gateway.taken) == 1
    assert len(set(gateway.tries)) == 1
    assert len(gateway.tries) == 3
    await close(outgoing)


async def test_a_message_that_never_arrives_is_given_up_and_somebody_goes_there(
    store: Store, at: datetime, unanswered: Make, gateway: Any
) -> None:
    campaign = unanswered()
    gateway.statuses = [503] * 20
    clock = JumpingClock(at)
    outgoing = consumer(store, clock, gateway.url)
    while waiting(store).given_up_at is None:
        assert len(gateway.tries) <= len(RETRY_AFTER)
        await clock.idle_until(clock.now() + max(RETRY_AFTER) + timedelta(seconds=1))
        await outgoing.send_due()
    assert only(store, ContactRow).outcome == "not_reached"
    assert only(store, TicketRow).kind == "not_reached"
    assert waiting(store).last_error == "503"
    with store.writing() as session:
        assert finish_done(session, at=clock.now()) == [campaign]
    await close(outgoing)


async def test_without_a_provider_somebody_goes_there_at_once(store: Store, at: datetime, unanswered: Make) -> None:
    unanswered()
    outgoing = consumer(store, JumpingClock(at), None)
    assert await outgoing.send_due() == 1
    assert only(store, TicketRow).kind == "not_reached"
    await close(outgoing)


async def test_a_refused_number_is_not_tried_again(store: Store, at: datetime, unanswered: Make, gateway: Any) -> None:
    unanswered()
    gateway.statuses = [422]
    outgoing = consumer(store, JumpingClock(at), gateway.url)
    await outgoing.send_due()
    assert waiting(store).given_up_at is not None
    assert only(store, TicketRow).kind == "not_reached"
    await close(outgoing)


async def test_at_night_and_while_paused_it_waits_without_using_up_a_try(
    store: Store, at: datetime, unanswered: Make, gateway: Any
) -> None:
    unanswered()
    clock = JumpingClock(at + timedelta(hours=13))
    outgoing = consumer(store, clock, gateway.url)
    assert await outgoing.send_due() == 1
    assert gateway.tries == []
    row = waiting(store)
    assert (row.due_at - at).total_seconds() == 23 * 3600
    assert row.attempts == 0
    await close(outgoing)


async def test_a_consumer_that_died_leaves_its_message_to_the_next(
    store: Store, at: datetime, unanswered: Make, gateway: Any
) -> None:
    unanswered()
    with store.writing() as session:
        assert outbox.claim(session, at=at, lease=LEASE, limit=9)
    clock = JumpingClock(at)
    outgoing = consumer(store, clock, gateway.url)
    assert await outgoing.send_due() == 0
    await clock.idle_until(at + LEASE + timedelta(seconds=1))
    assert await outgoing.send_due() == 1
    assert len(gateway.taken) == 1
    await close(outgoing)


async def test_somebody_who_answered_meanwhile_gets_no_message(
    store: Store, at: datetime, unanswered: Make, gateway: Any
) -> None:
    unanswered()
    with store.writing() as session:
        session.scalars(select(ContactRow)).one().status = "done"
    outgoing = consumer(store, JumpingClock(at), gateway.url)
    assert await outgoing.send_due() == 1
    assert gateway.tries == []
    await close(outgoing)


@pytest.fixture
def ticket(store: Store, at: datetime) -> Callable[..., None]:
    """Raises a ticket for the household of a worker with a telephone."""

    def make(key: str, severity: Any = "normal") -> None:
        with store.writing() as session:
            if session.get(WorkerRow, "w") is None:
                session.add(PlaceRow(id="g", parent_id=None, kind="grid", name="第一网格", sort=0))
                session.add(WorkerRow(id="w", name="周网格", phone="13900000001", role="grid_worker", grid_id="g"))
                session.add(HouseholdRow(id="h", place_id="g", grid_id="g", room="1", ref_idx="0" * 64, worker_id="w"))
                session.flush()
            matter = Matter(dedupe_key=key, kind="help", severity=severity, household_id="h", summary="要人帮忙买药")
            raise_ticket(session, matter, at=at)

    return make


def telling(store: Store, clock: JumpingClock, url: str | None) -> Outgoing:
    return Outgoing(
        database=Database(store),
        clock=clock,
        sms=None if url is None else HttpGateway(url),
        community="育林社区",
        callback_number="0716-1234567",
        notices=Notices(community="育林社区", callback_number="0716-1234567"),
    )


async def test_a_worker_is_told_of_tickets_once_in_a_while_and_of_urgent_ones_each_time(
    store: Store, at: datetime, ticket: Callable[..., None], gateway: Any
) -> None:
    for key, severity in (("a", "normal"), ("b", "normal"), ("c", "urgent"), ("d", "emergency")):
        ticket(key, severity)
    outgoing = telling(store, JumpingClock(at), gateway.url)
    assert await outgoing.send_due() == 4
    assert {each["to"] for each in gateway.taken} == {"13900000001"}
    texts = sorted(each["text"] for each in gateway.taken)
    assert [("紧急" in text) for text in texts] == [False, True, True]
    assert not any("买药" in text or "育林社区" not in text for text in texts)
    assert await outgoing.send_due() == 0
    await close(outgoing)


async def test_what_can_wait_does_not_ring_at_a_workers_at_night(
    store: Store, at: datetime, ticket: Callable[..., None], gateway: Any
) -> None:
    ticket("a")
    clock = JumpingClock(at + timedelta(hours=14))
    outgoing = telling(store, clock, gateway.url)
    await outgoing.send_due()
    assert gateway.taken == []
    await clock.idle_until(at + timedelta(hours=24))
    await outgoing.send_due()
    assert len(gateway.taken) == 1
    await close(outgoing)


async def test_without_a_provider_the_ticket_stands_in_the_console_and_the_outbox_is_empty(
    store: Store, at: datetime, ticket: Callable[..., None]
) -> None:
    ticket("a", "emergency")
    outgoing = telling(store, JumpingClock(at), None)
    await outgoing.send_due()
    assert only(store, OutboxRow).given_up_at is not None
    assert only(store, TicketRow).state == "open"
    await close(outgoing)
