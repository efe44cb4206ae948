"""A resident asks for a worker by name: that worker answers for it, and is rung first."""

from datetime import timedelta

import pytest

from integrations.handover.chain import chain_of
from integrations.storage.models import TicketRow, WorkerRow
from integrations.tickets.raising import Matter, raise_ticket

HELPED = timedelta(days=8)


def asked(community, words: str, *, at, kind: str = "person") -> TicketRow:
    with community.writing() as session:
        session.add(WorkerRow(id="chen", name="陈小梅", role="grid_worker", grid_id="g0", phone="13900000009"))
        session.add(WorkerRow(id="far", name="刘洋", role="grid_worker", grid_id="g2"))
        session.flush()
        matter = Matter(
            dedupe_key="x", kind=kind, severity="normal", household_id="h0", summary="要找真人", own_words=words
        )
        return session.get_one(TicketRow, raise_ticket(session, matter, at=at).id)


@pytest.mark.parametrize("words", ["叫小陈来听", "我找陈网格员", "让陈小梅给我回个电话", "让陈晓梅联系我"])
def test_whoever_is_named_gets_the_ticket_and_the_usual_worker_stands_in(community, at, words) -> None:
    ticket = asked(community, words, at=at)
    assert (ticket.owner_id, ticket.deputy_id) == ("chen", "wang")


@pytest.mark.parametrize("words", ["叫小刘来听", "转人工", "我找周网格员"])
def test_a_name_that_nobody_in_the_grid_has_leaves_it_with_the_usual_worker(community, at, words) -> None:
    assert asked(community, words, at=at).owner_id == "wang"


def test_a_danger_goes_to_the_usual_worker_whoever_is_named(community, at) -> None:
    assert asked(community, "快叫小陈来，我胸口疼", at=at, kind="chest_pain").owner_id == "wang"


def test_whoever_was_last_at_the_door_is_meant(community, at) -> None:
    with community.writing() as session:
        before = Matter(dedupe_key="y", kind="help", severity="normal", household_id="h0", summary="需要帮助")
        done = session.get_one(TicketRow, raise_ticket(session, before, at=at - HELPED).id)
        done.state, done.owner_id, done.done_at = "done", "li", at - HELPED
    assert asked(community, "叫上回来我家的那个姑娘来接", at=at).owner_id == "li"


def test_whoever_was_asked_for_is_rung_first(community, at) -> None:
    ticket = asked(community, "叫小陈来听", at=at)
    with community.reading() as session:
        assert next(each.worker_id for each in chain_of(session, "h0", asked_for=ticket.owner_id)) == "chen"
