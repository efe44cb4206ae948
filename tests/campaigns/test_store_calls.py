"""Attempts in the store: claimed once, checked at the moment of dialling, settled with their contact."""

import threading
from collections import Counter
from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from campaigns.disposition import Disposition
from campaigns.policy import Policy
from campaigns.retry import RetryPolicy
from dialogs.events import UtteranceHeard
from integrations.campaigns import book, course
from integrations.campaigns.dial import LEASE, claim_due, keep_leases, start_dialling
from integrations.campaigns.ending import CallEnd, answered, answered_elsewhere, ended, held_by, interrupt_lost
from integrations.campaigns.figures import covered, figures
from integrations.storage.models import (
    AttemptRow,
    CampaignRow,
    ContactRow,
    DoNotCallRow,
    EventRow,
    ResidentRow,
    SessionRow,
    TicketRow,
)
from nlu.utterance import Utterance


def ring(store, at, *, dialler="d1", limit=100):
    """Claims what is due and starts to dial it, in one transaction."""
    with store.writing() as session:
        claimed = claim_due(session, dialler=dialler, at=at, limit=limit)
        return start_dialling(session, claimed, dialler=dialler, at=at)


def end(store, attempt, at, disposition=Disposition.ANSWERED, outcome=None, **rest):
    with store.writing() as session:
        return ended(session, attempt, CallEnd(disposition=disposition, outcome=outcome, **rest), at=at)


def contact_of(store, attempt):
    with store.reading() as session:
        return session.get_one(ContactRow, session.get_one(AttemptRow, attempt).contact_id)


def test_a_call_that_is_answered_to_the_end_closes_its_contact(community, store, at) -> None:
    campaign = community.running(1)
    [ready], held = ring(store, at)
    assert held == []
    assert (ready.phone, ready.number, ready.resident_id) == ("13900000000", 1, "r000000")
    with store.writing() as session:
        session.add(SessionRow(id="s", questionnaire="q" * 64, channel="voice", state=b"{}", opened_at=at))
        assert answered(session, ready.attempt_id, session_id="s", at=at)
        assert not answered(session, ready.attempt_id, session_id="s", at=at)
    settled = end(store, ready.attempt_id, at, outcome="complete", sip_code=200, q850_cause=16)
    assert settled is not None
    assert (settled.outcome, settled.next_due, settled.ticket) == ("complete", None, None)
    with store.writing() as session:
        attempt = session.get_one(AttemptRow, ready.attempt_id)
        assert (attempt.status, attempt.disposition, attempt.sip_code, attempt.session_id) == (
            "ended",
            "answered",
            200,
            "s",
        )
        assert attempt.lease_until is None
        assert course.finish_done(session, at=at) == [campaign]
        assert covered(session, campaign).share == 1.0
    contact = contact_of(store, ready.attempt_id)
    assert (contact.status, contact.attempts_made, contact.closed_at) == ("done", 1, at)


def test_a_household_not_reached_after_the_last_attempt_becomes_one_ticket(community, store, at) -> None:
    campaign = community.running(1, Policy(retry=RetryPolicy(cap=2)))
    rung = []
    for _ in range(5):
        with store.reading() as session:
            due = course.next_due(session)
        if due is None:
            break
        [ready], _ = ring(store, due)
        rung.append(due)
        settled = end(store, ready.attempt_id, due + timedelta(seconds=40), Disposition.NO_ANSWER)
    assert len(rung) == 2
    assert rung[1] - rung[0] >= timedelta(hours=3)
    assert settled is not None
    assert settled.outcome == "not_reached"
    assert settled.ticket is not None
    with store.writing() as session:
        [ticket] = session.scalars(select(TicketRow)).all()
        assert (ticket.kind, ticket.owner_id, ticket.state, ticket.number) == ("not_reached", "w0", "open", "T-0001")
        assert course.finish_done(session, at=rung[-1] + timedelta(minutes=1)) == [campaign]
        found = figures(session, campaign)
        assert covered(session, campaign).uncovered == ()
    assert found.dispositions == {"no_answer": 1}
    assert found.calls == {"no_answer": 2}
    assert found.tickets == {"not_reached": 1}
    assert found.contacts_done == 1


def test_a_report_that_comes_twice_counts_once(community, store, at) -> None:
    community.running(1)
    [ready], _ = ring(store, at)
    assert end(store, ready.attempt_id, at, Disposition.BUSY) is not None
    assert end(store, ready.attempt_id, at, Disposition.BUSY) is None
    with store.reading() as session:
        assert len(session.scalars(select(AttemptRow)).all()) == 2


def test_an_attempt_is_claimed_by_one_dialler_until_its_lease_runs_out(community, store, at) -> None:
    community.running(3)
    with store.writing() as session:
        first = claim_due(session, dialler="d1", at=at, limit=2)
        second = claim_due(session, dialler="d2", at=at, limit=10)
    assert len(first) == 2
    assert len(second) == 1
    assert not set(first) & set(second)
    late = at + LEASE
    with store.writing() as session:
        taken = claim_due(session, dialler="d3", at=late, limit=10)
        assert sorted(taken) == sorted([*first, *second])
        assert start_dialling(session, first, dialler="d1", at=late) == ([], [])  # it woke up too late


def test_diallers_that_claim_at_the_same_moment_never_share_an_attempt(community, store, at) -> None:
    community.running(120)
    claimed: list[str] = []
    barrier = threading.Barrier(4)

    def dial(name: str) -> None:
        barrier.wait()
        for _ in range(12):
            with store.writing() as session:
                ids = claim_due(session, dialler=name, at=at, limit=5)
                ready, _ = start_dialling(session, ids, dialler=name, at=at)
            claimed.extend(each.attempt_id for each in ready)

    threads = [threading.Thread(target=dial, args=(f"d{number}",)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert Counter(claimed).most_common(1)[0][1] == 1
    assert len(claimed) == 120


def test_a_dialler_that_keeps_its_leases_keeps_its_calls(community, store, at) -> None:
    community.running(2)
    ready, _ = ring(store, at)
    mine = {each.attempt_id for each in ready}
    with store.writing() as session:
        assert keep_leases(session, mine, dialler="d1", at=at + LEASE / 2) == mine
        assert keep_leases(session, mine, dialler="d2", at=at + LEASE / 2) == set()
    with store.writing() as session:
        assert interrupt_lost(session, at=at + LEASE) == []
        assert len(interrupt_lost(session, at=at + LEASE * 2)) == 2


def test_a_call_that_its_dialler_no_longer_carries_loses_its_lease(community, store, at) -> None:
    community.running(2)
    ready, _ = ring(store, at)
    carried, dropped = (each.attempt_id for each in ready)
    with store.writing() as session:
        keep_leases(session, [carried], dialler="d1", at=at + LEASE / 2)
    with store.writing() as session:
        assert len(interrupt_lost(session, at=at + LEASE)) == 1
        assert session.get_one(AttemptRow, dropped).status == "interrupted"
    with store.writing() as session:  # a dialler that hung comes back and finds what is still its own
        assert keep_leases(session, [carried, dropped], dialler="d1", at=at + LEASE) == {carried}


def test_an_attempt_found_dialling_after_a_crash_ends_interrupted_and_goes_on_as_a_new_one(
    community, store, at
) -> None:
    community.running(1)
    [ready], _ = ring(store, at)
    with store.writing() as session:
        [settled] = interrupt_lost(session, at=at, attempts=held_by(session, "d1"))
    assert settled.next_due is not None
    assert settled.next_due > at
    with store.reading() as session:
        old, new = session.scalars(select(AttemptRow).order_by(AttemptRow.number)).all()
        assert (old.id, old.status, old.disposition) == (ready.attempt_id, "interrupted", "interrupted")
        assert (new.status, new.number) == ("due", 2)
    assert end(store, ready.attempt_id, at) is None  # the call's own end, late, changes nothing
    assert contact_of(store, ready.attempt_id).attempts_made == 1


def test_nobody_is_rung_who_said_never_again_in_another_campaign_a_moment_ago(community, store, at) -> None:
    community.settle_in(1)
    first, second = community.campaign(), community.campaign()
    community.launch(first)
    community.launch(second)
    ready, _ = ring(store, at, limit=1)
    end(store, ready[0].attempt_id, at, outcome="never_again")
    ready, held = ring(store, at + timedelta(hours=1))
    assert ready == []
    assert [(each.reason, each.until) for each in held] == [("do_not_call", None)]
    contact = contact_of(store, held[0].attempt_id)
    assert (contact.status, contact.outcome, contact.disposition) == ("done", "refusal", "not_called")
    with store.reading() as session:
        assert session.get_one(ResidentRow, "r000000").do_not_call_at == at
        assert len(session.scalars(select(DoNotCallRow)).all()) == 1
        assert session.scalars(select(TicketRow)).all() == []  # a refusal is followed by nobody at the door


def test_a_number_rings_three_times_in_five_minutes_and_no_more_whatever_the_campaign(community, store, at) -> None:
    community.settle_in(1)
    for _ in range(5):
        community.launch(community.campaign())
    ready, held = ring(store, at)
    assert len(ready) == 3
    assert [(each.reason, each.until) for each in held] == [("frequency", at + timedelta(minutes=5))] * 2
    ready, held = ring(store, at + timedelta(minutes=5))
    assert len(ready) == 2


def test_a_paused_campaign_rings_nobody_and_goes_on_where_it_was(community, store, at) -> None:
    campaign = community.running(2)
    with store.writing() as session:
        claimed = claim_due(session, dialler="d1", at=at, limit=1)
        book.step(session, campaign, "pause", role="grid_lead")
    with store.writing() as session:
        ready, held = start_dialling(session, claimed, dialler="d1", at=at)
        assert claim_due(session, dialler="d1", at=at, limit=9) == []
        assert course.next_due(session) is None
    assert ready == []
    assert held[0].reason == "not_running"
    with store.writing() as session:
        book.step(session, campaign, "resume", role="staff")
    assert len(ring(store, at)[0]) == 2


def test_a_stopped_campaign_leaves_no_contact_without_disposition_and_owner(community, store, at) -> None:
    campaign = community.running(3)
    [ready], _ = ring(store, at, limit=1)
    with store.writing() as session:
        assert course.stop(session, campaign, role="staff", at=at) == 3
    end(store, ready.attempt_id, at, Disposition.BUSY)
    with store.reading() as session:
        contacts = session.scalars(select(ContactRow)).all()
        assert all(each.status == "done" and each.disposition and each.owner and each.outcome for each in contacts)
        assert {each.status for each in session.scalars(select(AttemptRow))} == {"ended", "cancelled"}
        assert session.get_one(CampaignRow, campaign).ended_at == at
    assert ring(store, at) == ([], [])


def test_an_answer_by_chat_cancels_the_queued_call(community, store, at) -> None:
    community.running(2)
    with store.writing() as session:
        assert answered_elsewhere(session, resident_id="r000000", questionnaire="q" * 64, at=at) == 1
    ready, held = ring(store, at)
    assert [each.resident_id for each in ready] == ["r000001"]
    assert held == []


def test_an_answer_by_chat_before_the_launch_is_noticed_at_the_moment_of_dialling(community, store, at) -> None:
    community.running(1)
    with store.writing() as session:
        session.add(
            SessionRow(
                id="s",
                resident_id="r000000",
                questionnaire="q" * 64,
                channel="chat",
                state=b"{}",
                opened_at=at,
                ended_at=at,
                outcome="complete",
            )
        )
    ready, held = ring(store, at)
    assert ready == []
    assert [each.reason for each in held] == ["answered_elsewhere"]
    assert contact_of(store, held[0].attempt_id).outcome == "complete"


def test_a_call_back_is_due_when_the_resident_asked_for_it(community, store, at) -> None:
    community.running(1)
    [ready], _ = ring(store, at)
    four = at + timedelta(hours=7)
    settled = end(store, ready.attempt_id, at, outcome="callback", callback_at=four)
    assert settled is not None
    assert settled.next_due == four
    assert ring(store, four - timedelta(minutes=1)) == ([], [])
    assert len(ring(store, four)[0]) == 1


def test_wrong_numbers_are_checked_by_the_grid_worker(community, store, at) -> None:
    community.running(2)
    ready, _ = ring(store, at)
    end(store, ready[0].attempt_id, at, Disposition.EMPTY_NUMBER, sip_code=404)
    end(store, ready[1].attempt_id, at, outcome="wrong_person")
    with store.reading() as session:
        tickets = session.scalars(select(TicketRow).order_by(TicketRow.number)).all()
        assert [(each.kind, each.household_id) for each in tickets] == [
            ("check_number", "h000000"),
            ("check_number", "h000001"),
        ]


@pytest.mark.parametrize("words", ["", "喂"])
def test_a_silent_pick_up_is_not_an_answer(community, store, at, words) -> None:
    community.running(1)
    [ready], _ = ring(store, at)
    heard = UtteranceHeard(
        at=at, utterance=Utterance(text=words, silence_seconds=0 if words else 5.0), act="act_silent"
    )
    with store.writing() as session:
        session.add(SessionRow(id="s", questionnaire="q" * 64, channel="voice", state=b"{}", opened_at=at))
        session.add(
            EventRow(
                session_id="s", turn=1, ordinal=0, at=at, type="UtteranceHeard", payload=msgspec.json.encode(heard)
            )
        )
        answered(session, ready.attempt_id, session_id="s", at=at)
    settled = end(store, ready.attempt_id, at, outcome="break_off")
    assert settled is not None
    assert contact_of(store, ready.attempt_id).disposition == ("answered" if words else "silent")
    gap = timedelta(minutes=30) if words else timedelta(hours=2)
    assert settled.next_due == at + gap


ENDS = st.sampled_from(
    [
        (Disposition.ANSWERED, "complete"),
        (Disposition.ANSWERED, "break_off"),
        (Disposition.ANSWERED, "refused"),
        (Disposition.ANSWERED, "never_again"),
        (Disposition.ANSWERED, "to_person"),
        (Disposition.BUSY, None),
        (Disposition.NO_ANSWER, None),
        (Disposition.INTERRUPTED, None),
        (Disposition.POWER_OFF, None),
    ]
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ends=st.lists(ENDS, min_size=30, max_size=30))
def test_whatever_happens_on_the_lines_every_contact_ends_with_disposition_owner_and_coverage(
    community, store, at, ends
) -> None:
    """Steps the clock from due row to due row until the campaign is finished."""
    campaign = community.running(6)
    coming = iter(ends * 4)
    clock = at
    for _ in range(200):
        with store.reading() as session:
            due = course.next_due(session)
        if due is None:
            break
        clock = max(clock, due)
        for ready in ring(store, clock)[0]:
            disposition, outcome = next(coming)
            if disposition is Disposition.INTERRUPTED:
                with store.writing() as session:
                    interrupt_lost(session, at=clock, attempts=held_by(session, "d1"))
            else:
                end(store, ready.attempt_id, clock, disposition, outcome)
    with store.writing() as session:
        assert campaign in course.finish_done(session, at=clock)
        rows = session.scalars(select(ContactRow).where(ContactRow.campaign_id == campaign)).all()
        assert all(each.disposition and each.owner and each.outcome for each in rows)
        assert all(each.attempts_made <= 3 for each in rows)
        tickets = session.scalars(select(TicketRow).where(TicketRow.campaign_id == campaign)).all()
        assert len({each.household_id for each in tickets}) == len(tickets)
        assert covered(session, campaign).uncovered == ()


@pytest.mark.parametrize("outcome", ["to_person", "red_flag"])
def test_who_was_handed_to_a_person_is_not_called_by_the_machine_again(community, store, at, outcome) -> None:
    community.running(1)
    [ready], _ = ring(store, at)
    settled = end(store, ready.attempt_id, at, outcome=outcome)
    assert settled is not None
    assert (settled.next_due, settled.outcome) == (None, "other")
