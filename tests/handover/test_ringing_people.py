"""Urgent matters ring real (simulated) telephones, one after the other, until somebody takes them."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from campaigns.disposition import Disposition
from integrations.handover import briefing, claims, rings, unheard
from integrations.handover.briefing import words_of
from integrations.storage.models import AuditRow, HandoverRow, OutboxRow, TicketRow, WorkerPinRow
from integrations.telephony.loopback.population import Population
from integrations.tickets.raising import Matter, raise_ticket

NOBODY_ANSWERS = Population(fates={Disposition.NO_ANSWER: 1.0}, dead={})
PATIENCE_SECONDS = 120  # a busy machine; every wait ends as soon as what it waits for is there

NAME, PHONE, ROOM = "尉迟秀英", "13812340001", "301"


def willing(**changes) -> Population:
    return Population(**({"fates": {}, "dead": {}, "declines": 0, "ignores": 0, "wrong_pin": 0} | changes))


async def settle(phones) -> None:
    """Works on what is due until nobody's telephone is busy with it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await phones.handovers.start_due() or phones.handovers.busy:
            await asyncio.sleep(0.01)


async def test_the_households_worker_is_rung_first_and_the_ticket_is_theirs(town, open_phones) -> None:
    town.give_pins()
    matter = town.raise_matter()
    async with open_phones() as phones:
        await settle(phones)
        offered, *more = phones.heard("13900000001")
    row, [ring] = town.handover(matter), town.rings(matter)
    assert (row.accepted_by, ring.outcome, ring.tier) == ("worker", "accepted", "worker")
    assert ring.dialled_at <= ring.rang_at <= ring.answered_at <= ring.accepted_at <= ring.proven_at <= ring.ended_at
    assert (town.ticket().state, town.ticket().owner_id) == ("accepted", "worker")
    assert "康乐小区3号楼" in offered
    assert "胸痛胸闷" in offered
    assert any(NAME in each for each in more)


@pytest.mark.parametrize("with_pins", [True, False])
async def test_nothing_personal_is_said_before_the_pin(town, open_phones, with_pins) -> None:
    if with_pins:
        town.give_pins()
    town.raise_matter()
    async with open_phones(willing(wrong_pin=1)) as phones:
        await settle(phones)
        said = [each for number in range(1, 5) for each in phones.heard(f"1390000000{number}")]
    assert said
    for secret in (NAME, PHONE, ROOM, "2单元", "喘得上气", "85岁", "八五"):
        assert not any(secret in each for each in said)


async def test_whoever_takes_the_matter_takes_every_alarm_of_the_same_sentence(town, open_phones) -> None:
    town.give_pins()
    matter = town.raise_matter()
    with town.store.writing() as session:
        for kind in ("breathless", "no_medicine"):
            also = Matter(
                dedupe_key=f"session:s0:flag:{kind}", kind=kind, severity="urgent", household_id="h", summary=kind
            )
            raise_ticket(session, also, at=town.clock.now())
    async with open_phones() as phones:
        await settle(phones)
    with town.store.reading() as session:
        states = {each.kind: (each.state, each.owner_id) for each in session.query(TicketRow)}
    assert states["chest_pain"] == states["breathless"] == ("accepted", "worker")
    assert states["no_medicine"][0] == "open"
    assert town.handover(matter).status == "accepted"


async def test_the_resident_is_promised_nobody_who_has_not_shown_who_they_are(town) -> None:
    town.give_pins()
    matter = town.raise_matter()
    with town.store.writing() as session:
        ring = rings.start_next(session, matter, rings.RingPolicy(), at=town.clock.now())
        assert rings.accept(session, ring, at=town.clock.now())
        session.flush()
        before = briefing.standing(session, matter)
        rings.mark(session, ring.id, "proven_at", at=town.clock.now())
        after = briefing.standing(session, matter)
    assert (before.status, before.who) == ("open", "")
    assert (after.status, after.who) == ("accepted", "网格员李芳")


async def test_whoever_picks_up_is_not_kept_waiting_for_the_first_words(town, open_phones) -> None:
    town.give_pins()
    town.raise_matter()
    async with open_phones(willing(declines=1)) as phones:
        await settle(phones)
        first = {phones.heard(f"1390000000{number}")[0] for number in range(1, 5)}
        assert first <= set(phones.rendered)
    for secret in (NAME, PHONE, ROOM, "喘得上气"):
        assert not any(secret in each for each in phones.rendered)  # it is kept unsealed


async def test_whoever_does_not_know_the_pin_has_not_taken_the_matter(town, open_phones) -> None:
    town.give_pins()
    matter = town.raise_matter()
    async with open_phones(willing(wrong_pin=1)) as phones:
        await settle(phones)
    assert town.handover(matter).status == "given_up"
    assert {ring.outcome for ring in town.rings(matter)} == {"not_proven"}
    assert [ring.worker_id for ring in town.rings(matter)] == ["worker", "deputy", "lead", "desk"]
    assert town.ticket().state == "open"
    with town.store.reading() as session:
        assert session.get_one(WorkerPinRow, "worker").failures == 3


async def test_nobody_answers_and_everybody_is_rung_in_order_round_after_round(town, open_phones) -> None:
    matter = town.raise_matter(severity="urgent")
    async with open_phones(NOBODY_ANSWERS) as phones:
        for _ in range(4):
            await settle(phones)
            await town.clock.idle_until(town.clock.now() + timedelta(minutes=3))
    order = ["worker", "deputy", "lead", "desk"]
    assert [ring.worker_id for ring in town.rings(matter)] == order * 3
    assert town.handover(matter).status == "given_up"
    assert town.ticket().state == "open"


async def test_what_nobody_took_alarms_everybody_after_one_round_and_the_next_one_still_rings(
    town, open_phones
) -> None:
    matter = town.raise_matter()
    async with open_phones(NOBODY_ANSWERS) as phones:
        await settle(phones)
        row = town.handover(matter)
        assert (row.status, len(town.rings(matter))) == ("open", 4)
        assert row.unheard_at - row.raised_at < timedelta(minutes=5)
        with town.store.reading() as session:
            told = [each.payload["worker"] for each in session.query(OutboxRow) if each.payload.get("unheard")]
            assert sorted(told) == ["deputy", "desk", "lead", "worker"]
            assert session.query(AuditRow).filter_by(action="handover.unheard", object_id=row.ticket_id).count() == 1
            assert briefing.standing(session, matter).unheard
        for _ in range(9):
            await town.clock.idle_until(town.clock.now() + timedelta(minutes=3))
            await settle(phones)
        assert town.handover(matter).status == "given_up"
        assert town.handover(matter).unheard_at == row.unheard_at
    with town.store.writing() as session:  # somebody takes it at the console; the resident may still wait
        rings.states.accept(session, row.ticket_id)
        unheard.taken_at_console(session, row.ticket_id, at=town.clock.now())
        session.flush()
        standing = briefing.standing(session, matter)
    assert (standing.status, standing.unheard, standing.calls_back) == ("elsewhere", False, True)


async def test_whoever_takes_it_in_the_second_round_ends_the_alarm(town, open_phones) -> None:
    matter = town.raise_matter()
    async with open_phones(NOBODY_ANSWERS) as phones:
        await settle(phones)
    await town.clock.idle_until(town.clock.now() + timedelta(minutes=3))
    async with open_phones() as phones:
        await settle(phones)
    assert town.handover(matter).accepted_by == "worker"
    with town.store.reading() as session:
        assert not briefing.standing(session, matter).unheard


async def test_whoever_presses_nothing_is_passed_over_within_a_minute(town, open_phones) -> None:
    matter = town.raise_matter()
    async with open_phones(willing(ignores=1)) as phones:
        await phones.handovers.start_due()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not town.rings(matter)[1:]:
                await asyncio.sleep(0.05)
                if town.rings(matter) and town.rings(matter)[0].answered_at:
                    await town.clock.idle_until(town.clock.now() + timedelta(seconds=61))
        first, second = town.rings(matter)[:2]
        assert (first.worker_id, first.outcome, second.worker_id) == ("worker", "silent", "deputy")


async def test_never_two_telephones_ring_for_one_matter(town, open_phones) -> None:
    matter = town.raise_matter()
    async with open_phones(willing(declines=1)) as one, open_phones(willing(declines=1), name="other") as two:
        await asyncio.gather(*(phones.handovers.start_due() for phones in (one, two) for _ in range(3)))
        await settle(one)
        await settle(two)
    made = town.rings(matter)
    assert [ring.worker_id for ring in made] == ["worker", "deputy", "lead", "desk"]
    assert all(before.ended_at <= after.dialled_at for before, after in pairwise(made))


async def test_a_worker_on_one_matter_is_not_rung_for_another(town, open_phones) -> None:
    first, second = town.raise_matter(), town.raise_matter(number=1, kind="fall")
    async with open_phones(willing(ignores=1)) as phones:
        await phones.handovers.start_due()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (town.rings(first) and town.rings(second)):
                await asyncio.sleep(0.02)
        busy = {town.rings(first)[0].worker_id, town.rings(second)[0].worker_id}
    assert busy == {"worker", "deputy"}


async def test_a_matter_taken_at_the_console_rings_nobody_more(town, open_phones) -> None:
    matter = town.raise_matter()
    with town.store.writing() as session:
        from_console = session.get_one(HandoverRow, matter).ticket_id
        rings.states.accept(session, from_console)
    async with open_phones() as phones:
        await settle(phones)
        assert not phones.calls("13900000001")
    assert town.handover(matter).status == "elsewhere"


async def test_what_a_killed_process_left_is_taken_up_by_the_next_one(town, open_phones) -> None:
    matter = town.raise_matter()
    with town.store.writing() as session:  # as far as the process came
        claims.claim_due(session, by="dead", at=town.clock.now(), limit=1)
        assert rings.start_next(session, matter, rings.RingPolicy(), at=town.clock.now())
    async with open_phones(name="alive") as phones:
        assert await phones.handovers.start_due() == 0  # the lease holds
        await town.clock.idle_until(town.clock.now() + claims.LEASE + timedelta(seconds=1))
        await settle(phones)
    interrupted, accepted = town.rings(matter)
    assert (interrupted.worker_id, interrupted.outcome) == ("worker", "interrupted")
    assert (accepted.worker_id, accepted.outcome) == ("worker", "accepted")


async def test_the_worker_hears_that_the_resident_hung_up_and_when_and_calls_back_at_once(town, open_phones) -> None:
    town.give_pins()
    matter = town.raise_matter()
    with town.store.writing() as session:
        briefing.resident_left(session, "s0", hung_up=True, at=town.clock.now() + timedelta(minutes=2))
    async with open_phones() as phones:
        await settle(phones)
        heard = "".join(phones.heard("13900000001"))
    assert "居民早上九点零二分已经挂了电话，请马上回电，号码是幺三八" in heard
    assert town.handover(matter).status == "accepted"
    assert town.ticket().result == "居民 09:02 已挂断，请马上回电。"


async def test_the_worker_is_asked_later_how_it_went_and_the_ticket_moves_on(town, open_phones) -> None:
    town.give_pins()
    matter = town.raise_matter()
    async with open_phones() as phones:
        await settle(phones)
        assert town.handover(matter).status == "accepted"
        await town.clock.idle_until(town.clock.now() + timedelta(minutes=31))
        await settle(phones)
        asked = phones.heard("13900000001")[-3:]
    row = town.handover(matter)
    assert row.status == "finished"
    assert row.result in ("settled", "visiting", "ambulance")
    assert [ring.purpose for ring in town.rings(matter)] == ["offer", "result"]
    assert town.rings(matter)[1].outcome == "reported"
    assert town.ticket().state == ("done" if row.result == "settled" else "accepted")
    assert "李芳" in (town.ticket().result or "")
    assert any("工作密码" in each for each in asked)
    with town.store.reading() as session:
        assert words_of(session, matter, "resident") == []
