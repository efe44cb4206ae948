"""A rehearsal is the only way to `rehearsed`, and belongs to the rules that were rehearsed."""

from datetime import timedelta

import pytest

from campaigns.errors import WrongStatus
from campaigns.policy import Policy
from campaigns.retry import RetryPolicy
from integrations.campaigns import book, course
from integrations.campaigns.borne_out import borne_out
from integrations.campaigns.dial import claim_due, start_dialling
from integrations.campaigns.ending import CallEnd, ended
from integrations.campaigns.errors import RehearsalOutdated
from integrations.campaigns.rehearsals import PlayedCall, keep, latest, rules_of

HOUR = timedelta(hours=1)
CALL = PlayedCall(
    persona="elder",
    disposition="answered",
    outcome="complete",
    seconds=61.5,
    lines=[{"who": "assistant", "text": "您这两天发烧没有？"}, {"who": "resident", "text": "没有"}],
)


@pytest.fixture
def draft(community, store, at):
    with store.writing() as session:
        return book.create(
            session, title="随访", questionnaire="q" * 64, audience=book.AudienceQuery(), policy=Policy(), at=at
        )


def test_pressing_a_button_is_no_rehearsal(store, draft) -> None:
    with store.writing() as session, pytest.raises(RehearsalOutdated, match="演练"):
        book.step(session, draft.id, "rehearse", role="staff")


def test_a_rehearsal_is_kept_with_its_transcripts_until_the_rules_change(store, draft, at) -> None:
    with store.writing() as session:
        keep(session, draft.id, [CALL], {"predicted_hours": 3.5}, rules=rules_of(draft), role="staff", at=at)
    with store.writing() as session:
        found = latest(session, book.read(session, draft.id))
        assert found is not None
        assert (found.holds, found.predicted["predicted_hours"], list(found.calls)) == (True, 3.5, [CALL])
        assert book.read(session, draft.id).status == "rehearsed"
        changed = book.revise(session, draft.id, role="staff", policy=Policy(retry=RetryPolicy(cap=5)))
        assert changed.status == "draft"
        stale = latest(session, changed)
        assert stale is not None
        assert not stale.holds


def test_a_campaign_that_was_changed_meanwhile_is_rehearsed_once_more(store, draft, at) -> None:
    with store.writing() as session:
        book.revise(session, draft.id, role="staff", policy=Policy(retry=RetryPolicy(cap=5)))
        with pytest.raises(RehearsalOutdated, match="再演练一次"):
            keep(session, draft.id, [CALL], {}, rules=rules_of(draft), role="staff", at=at)


def test_a_running_campaign_is_not_rehearsed(community, store, at) -> None:
    campaign = community.running(1)
    with store.writing() as session, pytest.raises(WrongStatus):
        keep(session, campaign, [], {}, rules="", role="staff", at=at)


def test_what_was_foretold_is_set_beside_what_came_with_the_error_unless_it_was_stopped(community, store, at) -> None:
    """`./linyin rehearse --json` against the run: 4 households foretold to be done in 2 hours with 5 calls."""
    community.settle_in(4)
    foretold = {
        "predicted_hours": 2.0,
        "predicted_calls": 5,
        "predicted_completed": 4,
        "predicted_tickets": 0,
        "predicted_tickets_per_worker": 0.0,
    }
    with store.writing() as session:
        made = book.create(
            session, title="随访", questionnaire="q" * 64, audience=book.AudienceQuery(), policy=Policy(), at=at
        )
        keep(session, made.id, [CALL], foretold, rules=rules_of(made), role="staff", at=at)
        book.step(session, made.id, "approve", role="admin")
        assert borne_out(session, made.id) == []
    community.launch(made.id)
    with store.writing() as session:
        ready, _ = start_dialling(
            session, claim_due(session, dialler="d", at=at, limit=9), dialler="d", at=at + timedelta(minutes=1)
        )
        for each in ready:
            ended(session, each.attempt_id, CallEnd(disposition="answered", outcome="complete"), at=at + HOUR)
        came = {each.what: each for each in borne_out(session, made.id)}
        assert {what: each.error for what, each in came.items()} == {
            "hours": pytest.approx(1.0),  # twice as long as it took
            "calls": pytest.approx(0.25),
            "completed": 0.0,
            "tickets": None,  # none came, so there is no share of them
            "tickets_per_worker": None,
        }
        course.stop(session, made.id, role="staff", at=at + HOUR)
        assert borne_out(session, made.id) == []
