"""Campaigns side by side, and the campaigns that the registry would have."""

from datetime import timedelta

import msgspec

from bot.installation import keep_questionnaire
from campaigns.disposition import Disposition
from campaigns.forecast import Prices
from campaigns.saved import saved
from dialogs.definitions import library
from dialogs.dictionary import load_dictionary
from dialogs.events import SessionOpened
from integrations.campaigns.comparison import compare
from integrations.campaigns.dial import claim_due, start_dialling
from integrations.campaigns.ending import CallEnd, answered, ended
from integrations.campaigns.proposals import proposals
from integrations.registry.records import Provenance, captured
from integrations.storage.models import EventRow, QuestionnaireRow, ResidentRow, SessionRow

DICTIONARY = load_dictionary()


def call(store, at, *, known: int) -> None:
    """One call that is answered, talked through for 90 seconds, and knew so many answers before."""
    with store.writing() as session:
        ids = claim_due(session, dialler="d", at=at, limit=1)
        [ready], _ = start_dialling(session, ids, dialler="d", at=at)
        talk = session.new_id(at=at)
        session.add(
            SessionRow(
                id=talk,
                resident_id=ready.resident_id,
                household_id=ready.household_id,
                contact_id=ready.contact_id,
                attempt_id=ready.attempt_id,
                questionnaire=ready.questionnaire,
                channel="voice",
                turn=1,
                state=b"{}",
                opened_at=at,
            )
        )
        session.flush()
        opened = SessionOpened(
            at=at, questionnaire="q", channel="voice", community="c", known={f"q{each}": 1 for each in range(known)}
        )
        payload = msgspec.json.encode(opened)
        session.add(EventRow(session_id=talk, turn=0, ordinal=0, at=at, type="SessionOpened", payload=payload))
        session.flush()
        answered(session, ready.attempt_id, session_id=talk, at=at)
        end = CallEnd(disposition=Disposition.ANSWERED, outcome="complete")
        ended(session, ready.attempt_id, end, at=at + timedelta(seconds=90))


def test_campaigns_stand_side_by_side_with_cost_and_what_they_spared(community, store, at) -> None:
    first = community.running(2)
    call(store, at, known=3)
    call(store, at, known=0)
    second = community.running(1)
    with store.reading() as session:
        one, two = compare(session, [first, second], Prices(minute=0.1, message=0.05))
    assert (one.contacts, one.came_to.completed, one.cost_yuan) == (2, 2, 0.4)
    assert one.rates.response == 1.0
    assert one.saved.questions == 3
    assert one.saved.staff_minutes == saved(unanswered=0, conversations=2, answers=0, spared=0).staff_minutes == 3
    assert (two.contacts, two.came_to.calls, two.coverage) == (3, 0, 0.0)


def test_what_is_missing_for_many_is_proposed_and_what_is_fresh_is_not(community, store, at) -> None:
    [questionnaire] = [each for each in library(dictionary=DICTIONARY) if each.key == "household-check"]
    community.settle_in(5)
    with store.writing() as session:
        keep_questionnaire(session, questionnaire, at=at)
        session.delete(session.get_one(QuestionnaireRow, "q" * 64))
    with store.reading() as session:
        [proposal] = proposals(session, DICTIONARY, at=at)
    assert (proposal.title, proposal.households, proposal.share) == (questionnaire.title, 5, 1.0)
    with store.writing() as session:
        for resident in community.residents:
            row = session.get_one(ResidentRow, resident)
            for field in proposal.fields:
                provenance = Provenance(source="staff", source_id="u", channel="screen")
                captured(session, row, DICTIONARY.by_key[field], value="x", shown="x", provenance=provenance, at=at)
    with store.reading() as session:
        assert proposals(session, DICTIONARY, at=at) == []
        assert proposals(session, DICTIONARY, at=at + timedelta(days=3650))
