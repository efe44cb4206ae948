"""Figures of a campaign from its rows and events."""

import msgspec

from campaigns.disposition import Disposition
from dialogs.events import AnswerCaptured, AnswerConfirmed, QuestionAsked, QuestionLeftOpen, SessionEnded
from integrations.campaigns.dial import claim_due, start_dialling
from integrations.campaigns.ending import CallEnd, ended
from integrations.campaigns.figures import FunnelTally, covered, figures
from integrations.storage.models import EventRow, SessionRow


def talk(session, contact: str, name: str, at, events) -> None:
    session.add(
        SessionRow(id=name, contact_id=contact, questionnaire="q" * 64, channel="voice", state=b"{}", opened_at=at)
    )
    for ordinal, event in enumerate(events):
        session.add(
            EventRow(
                session_id=name,
                turn=0,
                ordinal=ordinal,
                at=at,
                type=type(event).__name__,
                payload=msgspec.json.encode(event),
            )
        )


def captured(question: str, at) -> AnswerCaptured:
    return AnswerCaptured(
        at=at,
        question=question,
        field="health.fever",
        kind="yes_no",
        value="no",
        shown="否",
        heard="不烧",
        confidence=1.0,
    )


def test_the_funnel_counts_a_question_once_for_a_session_and_takes_in_only_what_is_new(community, store, at) -> None:
    campaign = community.running(3)
    with store.writing() as session:
        ready, _ = start_dialling(session, claim_due(session, dialler="d", at=at, limit=9), dialler="d", at=at)
        first, second, _ = (each.contact_id for each in ready)
        talk(
            session,
            first,
            "s1",
            at,
            [
                QuestionAsked(at=at, question="fever"),
                QuestionAsked(at=at, question="fever", wording=1),
                captured("fever", at),
                AnswerConfirmed(at=at, question="fever", heard="对"),
                QuestionAsked(at=at, question="cough"),
                QuestionLeftOpen(at=at, question="cough", field="health.cough", reason="unknown"),
                SessionEnded(at=at, outcome="complete"),
            ],
        )
    tally = FunnelTally(campaign)
    with store.reading() as session:
        tally.read(session)
    order = ("fever", "cough", "sleep")
    assert [(each.asked, each.answered, each.confirmed, each.left_open) for each in tally.steps(order)] == [
        (1, 1, 1, 0),
        (1, 0, 0, 1),
        (0, 0, 0, 0),
    ]
    with store.writing() as session:
        talk(session, second, "s2", at, [QuestionAsked(at=at, question="fever"), captured("fever", at)])
    with store.reading() as session:
        tally.read(session)
        tally.read(session)
        other = FunnelTally("another campaign")
        other.read(session)
    assert [(each.asked, each.answered) for each in tally.steps(order)] == [(2, 2), (1, 0), (0, 0)]
    assert [each.asked for each in other.steps(order)] == [0, 0, 0]


def test_figures_follow_a_campaign_while_it_runs(community, store, at) -> None:
    campaign = community.running(4)
    community.settle_in(1, phone=None, phone_idx=None)
    with store.writing() as session:
        ready, _ = start_dialling(session, claim_due(session, dialler="d", at=at, limit=3), dialler="d", at=at)
        ended(session, ready[0].attempt_id, CallEnd(disposition=Disposition.ANSWERED, outcome="complete"), at=at)
        ended(session, ready[1].attempt_id, CallEnd(disposition=Disposition.ANSWERED, outcome="refused"), at=at)
    with store.reading() as session:
        now = figures(session, campaign)
        coverage = covered(session, campaign)
    assert (now.contacts, now.contacts_done) == (4, 2)
    assert now.attempts == {"due": 1, "dialling": 1, "ended": 2}
    assert now.outcomes == {"complete": 1, "refusal": 1}
    assert now.calls == {"answered": 2}
    assert (now.rates.response, now.rates.refusal) == (0.5, 0.5)
    assert (coverage.households, coverage.reached, len(coverage.uncovered)) == (4, 2, 2)


def test_a_household_on_the_visit_list_is_covered_and_visited_once_its_ticket_is_done(community, store, at) -> None:
    from_the_start = community.settle_in(1, phone=None, phone_idx=None)
    community.settle_in(1)
    campaign = community.campaign()
    community.launch(campaign)
    with store.reading() as session:
        coverage = covered(session, campaign)
    assert from_the_start == ["r000000"]
    assert (coverage.ticketed, coverage.visited, coverage.uncovered) == (1, 0, ("h000001",))
