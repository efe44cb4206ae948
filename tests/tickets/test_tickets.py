"""Tickets: raised once, owned, told without personal data, taken through their states."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from integrations.storage.models import OutboxRow, TicketRow, WorkerRow
from integrations.tickets.errors import HouseholdUnknown, TicketNotFound, TicketStateWrong
from integrations.tickets.numbers import following
from integrations.tickets.owners import owners_of
from integrations.tickets.raising import DUE_WITHIN, Matter, raise_ticket, raise_tickets
from integrations.tickets.states import accept, finish

CHEST = Matter(
    dedupe_key="session:s1:chest_pain",
    kind="chest_pain",
    severity="emergency",
    household_id="h0",
    summary="胸痛胸闷",
    own_words="李秀英说胸口疼得直不起腰，电话13912345678",
)


def test_a_matter_is_one_ticket_however_often_it_is_raised(community, at) -> None:
    with community.writing() as session:
        first = raise_ticket(session, CHEST, at=at)
        again = raise_ticket(session, CHEST, at=at + timedelta(minutes=1))
    with community.writing() as session:
        later = raise_ticket(session, CHEST, at=at + timedelta(hours=1))
        assert len(session.scalars(select(TicketRow)).all()) == 1
        assert len(session.scalars(select(OutboxRow)).all()) == 1
    assert (first.number, first.new) == ("T-0001", True)
    assert (again.id, again.new) == (first.id, False)
    assert (later.number, later.new) == ("T-0001", False)


def test_a_ticket_belongs_to_the_grid_worker_and_names_the_deputy(community, at) -> None:
    with community.writing() as session:
        raise_ticket(session, CHEST, at=at)
        [ticket] = session.scalars(select(TicketRow)).all()
        assert (ticket.owner_id, ticket.deputy_id, ticket.state) == ("wang", "li", "open")
        assert ticket.due_at == at + DUE_WITHIN["emergency"]
        assert (ticket.summary, ticket.own_words) == (CHEST.summary, CHEST.own_words)


def test_where_there_is_no_worker_the_lead_answers_and_then_the_desk(community) -> None:
    with community.reading() as session:
        owners = owners_of(session, ["h0", "h1", "h2", "nobody"])
    assert owners["h1"].owner == "lead"
    assert owners["h2"].owner is None
    assert "nobody" not in owners
    with community.writing() as session:
        session.add(WorkerRow(id="desk", name="值班", role="desk", grid_id=None))
    with community.reading() as session:
        owners = owners_of(session, ["h0", "h1", "h2"])
    assert (owners["h2"].owner, owners["h1"].deputy, owners["h0"].deputy) == ("desk", "desk", "li")


def test_the_worker_is_told_that_there_is_something_and_nothing_about_whom(community, at) -> None:
    with community.writing() as session:
        raised = raise_ticket(session, CHEST, at=at)
        [message] = session.scalars(select(OutboxRow)).all()
    assert message.key == f"ticket:{raised.id}"
    assert message.payload == {"ticket": raised.id, "number": "T-0001", "severity": "emergency", "worker": "wang"}


def test_a_ticket_for_a_household_that_nobody_knows_is_refused_and_nothing_is_kept(community, at) -> None:
    with pytest.raises(HouseholdUnknown, match="登记册"), community.writing() as session:
        raise_tickets(session, [CHEST, replace(CHEST, dedupe_key="x", household_id="gone")], at=at)
    with community.reading() as session:
        assert session.scalars(select(TicketRow)).all() == []


def test_a_visit_list_is_raised_in_one_go_and_numbered_in_order(community, at) -> None:
    matters = [replace(CHEST, dedupe_key=f"visit:{each}", kind="visit", severity="normal") for each in range(1200)]
    with community.writing() as session:
        raise_ticket(session, replace(CHEST, dedupe_key="visit:7"), at=at)
        raised = raise_tickets(session, [*matters, matters[0]], at=at)
    assert sum(each.new for each in raised) == 1199
    assert raised[7].number == "T-0001"
    assert raised[0].number == "T-0002"
    assert raised[-1] == replace(raised[0], new=False)
    assert len({each.number for each in raised}) == 1200


def test_two_processes_that_raise_the_same_and_other_matters_at_once_never_share_a_number(community, at) -> None:
    raised: list[tuple[str, str, bool]] = []
    barrier = threading.Barrier(3)

    def work(name: str) -> None:
        barrier.wait()
        for each in range(15):
            for key in (f"own:{name}:{each}", f"shared:{each}"):
                with community.writing() as session:
                    ticket = raise_ticket(session, replace(CHEST, dedupe_key=key), at=at)
                raised.append((key, ticket.number, ticket.new))

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    numbers = {number for _, number, new in raised if new}
    assert len(numbers) == sum(new for _, _, new in raised) == 15 * 4
    assert len({(key, number) for key, number, _ in raised}) == 15 * 4


def test_numbers_stay_short_and_in_order_as_text() -> None:
    numbers = [following(None)]
    while len(numbers) < 30_000:
        numbers.append(following(numbers[-1]))
    assert numbers[0] == "T-0001"
    assert numbers[9998:10001] == ["T-9999", "T-A0000", "T-A0001"]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(numbers)
    assert following("T-H9999") == "T-J0000"  # no I
    assert following("T-Z9999") == "T-ZA0000"
    assert "T-Z9999" < "T-ZA0000"
    with pytest.raises(ValueError, match="not a ticket number"):
        following("12")


def test_a_ticket_goes_from_open_to_accepted_to_done(community, at) -> None:
    with community.writing() as session:
        ticket = raise_ticket(session, CHEST, at=at).id
        accept(session, ticket)
        accept(session, ticket)
        with pytest.raises(TicketStateWrong, match="办理结果"):
            finish(session, ticket, result="  ", at=at)
        finish(session, ticket, result="已送医", at=at + timedelta(hours=1))
        row = session.get_one(TicketRow, ticket)
        assert (row.state, row.result, row.done_at) == ("done", "已送医", at + timedelta(hours=1))
        with pytest.raises(TicketStateWrong, match="已经办结"):
            accept(session, ticket)
        with pytest.raises(TicketStateWrong, match="已经办结"):
            finish(session, ticket, result="再来", at=at)
        with pytest.raises(TicketNotFound, match="工单列表"):
            accept(session, "none")
