"""Attempts are claimed no faster than their campaign's pace."""

from collections import Counter
from datetime import timedelta

from campaigns.disposition import Disposition
from campaigns.pacing import Pacing
from campaigns.policy import Policy
from integrations.campaigns.dial import start_dialling
from integrations.campaigns.ending import CallEnd, ended
from integrations.campaigns.pace import Paces
from integrations.storage.models import AttemptRow


def claim(store, paces, at, free_lines=50, **rest):
    with store.writing() as session:
        claimed = paces.claim(session, dialler="d", at=at, free_lines=free_lines, **rest)
        ready, _ = start_dialling(session, claimed.ids, dialler="d", at=at)
    assert len(ready) == len(claimed.ids)
    return ready, claimed.again_at


def test_a_campaign_sets_up_so_many_calls_a_second_and_says_when_it_may_go_on(community, store, at) -> None:
    community.running(20, Policy(pacing=Pacing(lines=100, setups_per_second=2)))
    paces = Paces()
    first, again_at = claim(store, paces, at)
    assert len(first) == 2
    assert again_at == at + timedelta(seconds=0.5)
    assert claim(store, paces, at) == ([], again_at)
    assert len(claim(store, paces, again_at)[0]) == 1
    rung = 3
    for second in range(2, 30):
        ready, _ = claim(store, paces, at + timedelta(seconds=second))
        rung += len(ready)
        assert len(ready) <= 2
    assert rung == 20


def test_a_campaign_holds_no_more_lines_than_it_has(community, store, at) -> None:
    community.running(20, Policy(pacing=Pacing(lines=3, setups_per_second=100)))
    paces = Paces()
    ready, again_at = claim(store, paces, at)
    assert len(ready) == 3
    assert again_at is None  # only the end of a call frees a line
    with store.writing() as session:
        ended(session, ready[0].attempt_id, CallEnd(disposition=Disposition.BUSY), at=at)
    assert len(claim(store, paces, at + timedelta(seconds=1))[0]) == 1


def test_two_campaigns_share_the_lines_and_neither_starves(community, store, at) -> None:
    policy = Policy(pacing=Pacing(lines=100, setups_per_second=100))
    community.settle_in(60)
    campaigns = [community.campaign(policy), community.campaign(policy)]
    for each in campaigns:
        community.launch(each)
    paces, rung = Paces(), Counter()
    for second in range(6):
        ready, _ = claim(store, paces, at + timedelta(seconds=second), free_lines=5)
        with store.reading() as session:
            rung.update(session.get_one(AttemptRow, each.attempt_id).campaign_id for each in ready)
    assert sum(rung.values()) == 30
    assert min(rung.values()) >= 12


def test_what_was_not_due_costs_no_set_up(community, store, at) -> None:
    community.running(1, Policy(pacing=Pacing(lines=10, setups_per_second=5)))
    paces = Paces()
    assert len(claim(store, paces, at)[0]) == 1
    community.settle_in(0)
    community.launch(community.campaign(Policy(pacing=Pacing(lines=10, setups_per_second=5))))
    assert len(claim(store, paces, at)[0]) == 1


def test_nothing_is_claimed_while_the_parts_behind_cannot_follow(community, store, at) -> None:
    community.running(5)
    ready, again_at = claim(store, Paces(), at, pressure=1.0)
    assert ready == []
    assert again_at is not None
    assert claim(store, Paces(), at, free_lines=0)[0] == []
