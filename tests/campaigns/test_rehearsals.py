"""A rehearsal is the only way to `rehearsed`, and belongs to the rules that were rehearsed."""

import pytest

from campaigns.errors import WrongStatus
from campaigns.policy import Policy
from campaigns.retry import RetryPolicy
from integrations.campaigns import book
from integrations.campaigns.errors import RehearsalOutdated
from integrations.campaigns.rehearsals import PlayedCall, keep, latest, rules_of

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
