"""The notice hangs: staff say so, and what rings from then on knows it."""

import pytest
from sqlalchemy import select

from campaigns.errors import NotPermitted, WrongStatus
from integrations.campaigns import book, course, trials
from integrations.campaigns.announcing import declare
from integrations.campaigns.dial import claim_due, start_dialling
from integrations.storage.models import QuestionnaireRow


def ring(store, at):
    with store.writing() as session:
        return start_dialling(session, claim_due(session, dialler="d", at=at, limit=1), dialler="d", at=at)[0]


def hang(store, campaign, at, *, hangs=True, role="grid_worker"):
    with store.writing() as session:
        return declare(session, campaign, hangs=hangs, role=role, user_id=None, at=at).announced_at


def try_out(store, campaign, at):
    with store.writing() as session:
        trials.ask(session, questionnaire="q" * 64, phone="13900000099", asked_by=None, campaign_id=campaign, at=at)
        return trials.claim(session, caller="t", at=at)


def test_a_call_knows_of_the_notice_only_while_it_hangs(community, store, at) -> None:
    campaign = community.running(4)
    [before] = ring(store, at)
    [tried_before] = try_out(store, campaign, at)
    assert hang(store, campaign, at) == at
    [after] = ring(store, at)
    [tried_after] = try_out(store, campaign, at)
    assert hang(store, campaign, at, hangs=False) is None
    [torn_down] = ring(store, at)
    assert [each.announced for each in (before, after, torn_down)] == [False, True, False]
    assert [each.announced for each in (tried_before, tried_after)] == [False, True]


def test_a_notice_about_other_questions_is_none(community, store, at) -> None:
    community.settle_in(1)
    campaign = community.campaign()
    hang(store, campaign, at)
    with store.writing() as session:
        assert book.revise(session, campaign, role="staff", title="另一个名字").announced_at == at
        asked = session.scalars(select(QuestionnaireRow)).one()
        session.add(
            QuestionnaireRow(hash="r" * 64, key=asked.key, version=2, title=asked.title, body=b"{}", added_at=at)
        )
        session.flush()
        assert book.revise(session, campaign, role="staff", questionnaire="r" * 64).announced_at is None


def test_who_may_not_say_so_is_told_who_may_and_an_ended_campaign_needs_no_notice(community, store, at) -> None:
    campaign = community.running(1)
    with pytest.raises(NotPermitted, match="网格员"):
        hang(store, campaign, at, role="reviewer")
    with store.writing() as session:
        course.stop(session, campaign, role="staff", at=at)
    with pytest.raises(WrongStatus, match="不再打电话"):
        hang(store, campaign, at)
