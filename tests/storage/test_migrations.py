"""What stood in the tables outlives every step between their forms."""

from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import select

from integrations.storage.engine import WRITING
from integrations.storage.models import (
    HandoverRow,
    HouseholdRow,
    PlaceRow,
    QuestionnaireRow,
    SessionRow,
    TicketRow,
)
from integrations.storage.schema import migrations, upgrade
from integrations.storage.store import Store
from integrations.tickets.raising import Matter, raise_ticket

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@pytest.fixture
def handed_over(store: Store) -> Store:
    """A household, and a caller whom nobody knows, each with a ticket; the household's rings somebody."""
    with store.writing() as session:
        session.add(PlaceRow(id="g", parent_id=None, kind="grid", name="第一网格", sort=0))
        session.add(HouseholdRow(id="h", place_id="g", grid_id="g", room="1", ref_idx="0" * 64))
        session.add(QuestionnaireRow(hash="q" * 64, key="k", version=1, title="", body=b"", added_at=AT))
        session.add(SessionRow(id="s", questionnaire="q" * 64, channel="voice", state=b"", opened_at=AT))
        session.flush()
        known = Matter(
            dedupe_key="1", kind="fall", severity="emergency", household_id="h", summary="", own_words="摔了"
        )
        ticket = raise_ticket(session, known, at=AT)
        raise_ticket(
            session, Matter(dedupe_key="2", kind="person", severity="normal", household_id=None, summary=""), at=AT
        )
        handover = {"kind": "fall", "severity": "emergency", "heard": "摔了", "status": "open"}
        session.add(HandoverRow(id="o", session_id="s", ticket_id=ticket.id, raised_at=AT, due_at=AT, **handover))
    return store


def test_tickets_and_what_points_at_them_outlive_a_table_built_anew(handed_over: Store, store_url: str) -> None:
    with handed_over.engine.execution_options(**{WRITING: True}).begin() as connection:
        config = migrations()
        config.attributes["connection"] = connection
        command.downgrade(config, "0012")
    upgrade(store_url)
    with handed_over.reading() as session:
        [ticket] = session.scalars(select(TicketRow)).all()
        assert (ticket.household_id, ticket.own_words, ticket.caller_phone) == ("h", "摔了", None)
        assert session.get_one(HandoverRow, "o").ticket_id == ticket.id
