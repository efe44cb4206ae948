"""A rehearsal with real dialogue workers: what it shows, what it foretells, and that nothing of it reaches anybody."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from bot.clock import JumpingClock
from bot.rehearsal import CALLS_A_PERSONA, Rehearsals
from campaigns.audience import AudienceQuery
from campaigns.forecast import Prices
from campaigns.policy import Policy
from dialogs.dictionary import load_dictionary
from integrations.campaigns import book
from integrations.campaigns.rehearsal.cast import load_cast
from integrations.campaigns.rehearsals import latest
from integrations.storage.models import AttemptRow, ContactRow, EventRow, OutboxRow, RecordRow, SessionRow, TicketRow

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa]


async def test_a_campaign_is_rehearsed_with_everybody_and_nothing_is_written_about_anybody(desk) -> None:
    with desk.store.writing() as session:
        made = book.create(
            session,
            title="随访",
            questionnaire=desk.questionnaire,
            audience=AudienceQuery(),
            policy=Policy(),
            at=desk.at,
        )
    rehearsals = Rehearsals(
        database=desk.database,
        dialogue=desk.client,
        bodies=desk.bodies,
        dictionary=load_dictionary(),
        clock=JumpingClock(desk.at),
        community="育林社区",
        callback_number="0716-1234567",
        prices=Prices(),
    )
    over: list[tuple[int, int]] = []
    report = await rehearsals.run(made.id, role="staff", progress=lambda done, of: over.append((done, of)))
    cast = load_cast()
    assert len(report.calls) == over[-1][0] == over[-1][1]
    played = Counter(each.persona for each in report.calls)
    assert min(played.values()) == CALLS_A_PERSONA
    assert played.keys() == {each.key for each in cast.personas}
    assert max(played, key=played.__getitem__) == "ordinary"
    ends = {(each.persona, each.outcome or each.disposition) for each in report.calls}
    assert {
        ("ordinary", "complete"),
        ("elder", "complete"),
        ("dialect", "complete"),
        ("hard_of_hearing", "complete"),
        ("slow", "complete"),
        ("never_again", "never_again"),
        ("wrong_number", "wrong_person"),
        ("wants_person", "to_person"),
        ("unwell", "red_flag"),
        ("silent", "silent"),
        ("voicemail", "voicemail"),
    } <= ends
    said = report.predicted
    assert said["contacts"] == 2
    assert 0 <= said["predicted_completed"] <= 2
    assert said["predicted_hours"] > 0
    assert said["predicted_tickets_per_worker"] >= 0
    assert any("一般情况" in warning for warning in said["warnings"])
    with desk.store.reading() as session:
        for kept in (AttemptRow, ContactRow, EventRow, OutboxRow, RecordRow, SessionRow, TicketRow):
            assert session.scalar(select(func.count()).select_from(kept)) == 0
        campaign = book.read(session, made.id)
        found = latest(session, campaign)
    assert campaign.status == "rehearsed"
    assert found is not None
    assert found.holds
    assert found.predicted == dict(said)
    assert any(line["who"] == "resident" for line in found.calls[0].lines)
