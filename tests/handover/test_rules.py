"""Who is rung next, what a worker is told, what the resident hears: for any course of events."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.handover import company, worker_call
from campaigns.handover.phrases import fixed_texts, phrase
from campaigns.handover.ringing import (
    NEVER_AGAIN,
    GiveUp,
    Link,
    RingLater,
    RingNow,
    RingPolicy,
    Rung,
    heard_by_nobody,
    next_result_call,
    next_ring,
    wants_a_person_now,
)
from campaigns.handover.worker_call import Briefing, GiveBack, JudgePin, WorkerCall
from dialogs.call_hours import BEIJING
from dialogs.emergency_numbers import EMERGENCY_NUMBERS
from nlu.utterance import Utterance
from voice.keypad import ONE_KEY_KINDS

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
CHAIN = tuple(
    Link(worker_id=tier, tier=tier, name=tier, phone="13900000000") for tier in ("worker", "deputy", "lead", "desk")
)
POLICY = RingPolicy()
OUTCOMES = ("declined", "silent", "no_answer", "busy", "unreachable", "not_proven", "interrupted")
SECRETS = ("尉迟秀英", "八五", "2单元301", "喘不上气", "幺三八")
MATTER = Briefing(
    community="育林社区",
    place="康乐小区3号楼",
    kind="胸痛胸闷",
    number="零零幺二",
    has_pin=True,
    who="尉迟秀英，85岁八五",
    room="2单元301",
    heard="我喘不上气",
    phone="幺三八，零零零零，零零零一",
)


def course(outcomes: list[str], *, emergency: bool = False) -> tuple[list[str], object]:
    """Whom these outcomes make ring one after the other, jumping over every pause; and how it ends."""
    at, rung, order = AT, [], []
    while True:
        step = next_ring(CHAIN, rung, POLICY, emergency=emergency, engaged=frozenset(), at=at)
        if isinstance(step, RingLater):
            assert step.at > at
            at = step.at
            continue
        if isinstance(step, GiveUp) or len(order) == len(outcomes):
            return order, step
        at += timedelta(seconds=40)
        order.append(step.link.worker_id)
        rung.append(Rung(worker_id=step.link.worker_id, outcome=outcomes[len(order) - 1], ended_at=at))


@given(st.lists(st.sampled_from(OUTCOMES), max_size=80))
def test_nobody_is_rung_again_before_everybody_else_who_may_be_was(outcomes) -> None:
    order, _ = course(outcomes)
    counted: dict[str, int] = dict.fromkeys((link.worker_id for link in CHAIN), 0)
    never: set[str] = set()
    for who, outcome in zip(order, outcomes, strict=False):
        assert who not in never
        assert counted[who] == min(times for other, times in counted.items() if other not in never)
        counted[who] += outcome != "interrupted"
        if outcome in NEVER_AGAIN:
            never.add(who)


@given(st.lists(st.sampled_from([each for each in OUTCOMES if each != "interrupted"]), min_size=200, max_size=200))
def test_ringing_comes_to_an_end(outcomes) -> None:
    order, end = course(outcomes, emergency=True)
    assert isinstance(end, GiveUp)
    assert len(order) <= len(CHAIN) * POLICY.emergency_rounds


def test_a_second_round_waits_and_an_emergency_has_more_rounds() -> None:
    rung = [Rung(worker_id=link.worker_id, outcome="no_answer", ended_at=AT) for link in CHAIN]
    step = next_ring(CHAIN, rung, POLICY, emergency=False, engaged=frozenset(), at=AT)
    assert step == RingLater(at=AT + POLICY.again_after)
    for emergency, rounds in ((False, POLICY.rounds), (True, POLICY.emergency_rounds)):
        order, _ = course(["no_answer"] * 100, emergency=emergency)
        assert len(order) == len(CHAIN) * rounds


def test_whoever_is_on_another_matter_is_passed_over_and_not_counted() -> None:
    step = next_ring(CHAIN, [], POLICY, emergency=True, engaged=frozenset({"worker"}), at=AT)
    assert step == RingNow(link=CHAIN[1])
    everybody = frozenset(link.worker_id for link in CHAIN)
    assert isinstance(next_ring(CHAIN, [], POLICY, emergency=True, engaged=everybody, at=AT), RingLater)


def test_an_empty_chain_is_given_up_at_once() -> None:
    assert next_ring((), [], POLICY, emergency=True, engaged=frozenset(), at=AT) == GiveUp()


@given(st.integers(min_value=0, max_value=366 * 24 * 60))
def test_nobody_is_rung_for_a_result_at_night(minutes) -> None:
    at = AT + timedelta(minutes=minutes)
    due = next_result_call(0, POLICY, at=at)
    assert POLICY.result_from <= due.astimezone(BEIJING).time() < POLICY.result_until
    assert at < due <= at + timedelta(hours=12)
    assert next_result_call(POLICY.result_calls, POLICY, at=at) is None


@pytest.mark.parametrize(
    ("key", "kind", "now"),
    [
        ("flag:chest_pain", "chest_pain", True),
        ("flag:suicidal", "suicidal", True),
        ("person", "person", True),
        ("flag:no_medicine", "no_medicine", False),
        ("not_understood", "not_understood", False),
        ("chest_pain:chest", "chest_pain", False),
    ],
)
def test_what_rings_a_person_and_what_waits_on_a_ticket(key, kind, now) -> None:
    assert wants_a_person_now(key, kind) is now


TURNS = st.one_of(
    st.sampled_from(["1", "2", "3", "1#", "000000#", "999", "*"]).map(lambda keys: Utterance(keys=keys)),
    st.just(Utterance(silence_seconds=5)),
    st.sampled_from(["喂", "谁啊", "我接", "密码多少"]).map(lambda text: Utterance(text=text)),
)


@given(st.lists(TURNS, max_size=30), st.booleans(), st.booleans(), st.sampled_from(["offer", "result"]))
def test_whatever_is_pressed_nothing_personal_is_said_without_the_pin(turns, has_pin, waits, purpose) -> None:
    call = WorkerCall(briefing=replace(MATTER, has_pin=has_pin), purpose=purpose)
    said, steps = [], [worker_call.begin(call)]
    while steps:
        step = steps.pop()
        said += [each.spoken for each in step.say]
        match step.errand:
            case worker_call.Accept():
                steps.append(worker_call.accepted(step.call, first=True, resident_waits=waits))
                continue
            case JudgePin():
                steps.append(worker_call.pin_judged(step.call, right=False, locked=False, resident_waits=waits))
                continue
            case worker_call.Join():
                steps.append(worker_call.joined(step.call, together=False))
                continue
        if step.last or not turns:
            break
        steps.append(worker_call.heard(step.call, turns.pop(0)))
    assert not any(secret in words for secret in SECRETS for words in said)


def test_the_keys_of_a_pin_are_gathered_and_one_key_takes_the_matter() -> None:
    call = WorkerCall(briefing=MATTER, purpose="offer")
    assert worker_call.expecting(worker_call.begin(call).call) is None
    asked = worker_call.expecting(worker_call.accepted(call, first=True, resident_waits=True).call)
    assert asked is not None
    assert asked.kind not in ONE_KEY_KINDS


def test_three_wrong_pins_give_the_matter_back() -> None:
    call = worker_call.accepted(
        WorkerCall(briefing=MATTER, purpose="offer", phase="accepting"), first=True, resident_waits=True
    ).call
    for _ in range(2):
        step = worker_call.pin_judged(call, right=False, locked=False, resident_waits=True)
        assert not step.last
        call = step.call
    step = worker_call.pin_judged(call, right=False, locked=False, resident_waits=True)
    assert step.last
    assert isinstance(step.errand, GiveBack)


def test_after_the_pin_the_worker_hears_all_of_it_and_is_joined_on_a_key() -> None:
    call = WorkerCall(briefing=MATTER, purpose="offer", phase="pin")
    step = worker_call.pin_judged(call, right=True, locked=False, resident_waits=True)
    words = "".join(each.spoken for each in step.say)
    assert all(secret in words for secret in ("尉迟秀英", "2单元301", "喘不上气"))
    assert isinstance(worker_call.heard(step.call, Utterance(keys="1")).errand, worker_call.Join)
    gone = worker_call.pin_judged(call, right=True, locked=False, resident_waits=False)
    assert "幺三八" in "".join(each.spoken for each in gone.say)


def heard_of(*standings: company.Standing) -> list[str]:
    state, keys = company.Company(), []
    for each in standings:
        step = company.news(state, each)
        state = step.company
        keys += [prompt.key.rpartition(":")[2] for prompt in step.say]
    return keys


def test_the_resident_hears_every_step_once() -> None:
    def standing(status, passed=0, who="", *, calls_back=False):
        return company.Standing(status=status, passed=passed, who=who, calls_back=calls_back)

    assert heard_of(
        standing("open"),
        standing("open"),
        standing("open", 1),
        standing("open", 1),
        standing("accepted", 1, "网格员李芳"),
    ) == ["calling", "next", "accepted"]
    assert heard_of(standing("accepted", 0, "网格员李芳"), standing("open", 1)) == ["accepted", "next"]
    assert heard_of(standing("open"), standing("given_up")) == ["calling", "given_up"]
    assert heard_of(standing("elsewhere", calls_back=True)) == ["will_call"]
    taken = standing("accepted", 0, "网格员李芳")
    assert heard_of(standing("open"), taken, replace(taken, calls_back=True)) == ["calling", "accepted", "will_call"]


def test_whoever_waits_for_nobody_is_told_so_and_whom_to_ring_themselves() -> None:
    def alone(kind, status="open", passed=4):
        return company.Standing(status=status, passed=passed, kind=kind, unheard=True)

    for kind, number in (("chest_pain", "一二零"), ("fire_gas", "一一九"), ("violence", "一一零")):
        waiting, said = company.Company(), []
        for each in (alone(kind), alone(kind, passed=5), alone(kind, "given_up", 12)):
            step = company.news(waiting, each)
            waiting = step.company
            said += [prompt.spoken for prompt in step.say]
        assert len(said) == 2  # not after each telephone of the next round
        said += [company.silence(waiting).say[0].spoken, company.heard(waiting, Utterance(text="疼啊")).say[0].spoken]
        goodbye = company.heard(waiting, Utterance(text="我先挂了"))
        said += [goodbye.say[0].spoken]
        assert goodbye.last
        assert all(number in each for each in said)
        assert not any(promise in each for each in said for promise in ("一会儿就好", "网格员会联系"))
    step = company.news(company.Company(), alone("person", "given_up"))
    assert not any(number in step.say[0].spoken for number in EMERGENCY_NUMBERS)
    taken = replace(alone("fall", "elsewhere"), unheard=False, calls_back=True)
    assert company.news(step.company, taken).last


def test_what_is_said_to_whoever_waits_for_nobody_can_be_rendered_before() -> None:
    texts = fixed_texts()
    for number in EMERGENCY_NUMBERS:
        assert phrase("resident", "given_up", emergency=number).spoken in texts


def test_the_details_are_made_ready_while_the_pin_is_asked_and_said_only_after_it() -> None:
    asked = worker_call.accepted(WorkerCall(briefing=MATTER, purpose="offer"), first=True, resident_waits=False)
    [ready] = worker_call.soon(asked.call)
    right = worker_call.pin_judged(asked.call, right=True, locked=False, resident_waits=False)
    assert ready in right.say
    assert ready not in asked.say
    unknown = replace(MATTER, has_pin=False)
    offered = worker_call.begin(WorkerCall(briefing=unknown, purpose="offer"))
    assert worker_call.soon(offered.call) == ()


def test_nobody_took_it_once_everybody_was_rung() -> None:
    rung = [Rung(worker_id=link.worker_id, outcome="no_answer", ended_at=AT) for link in CHAIN]
    assert heard_by_nobody(CHAIN, rung)
    assert heard_by_nobody((), [])
    assert not heard_by_nobody(CHAIN, rung[:-1])
    assert not heard_by_nobody(CHAIN, [*rung[:-1], replace(rung[-1], outcome="interrupted")])


def test_a_telephone_that_will_be_rung_is_freed() -> None:
    taken = company.Standing(status="accepted", passed=0, who="网格员李芳", calls_back=True)
    assert company.news(company.Company(), taken).last


def test_whoever_waits_may_leave_and_is_never_asked_anything() -> None:
    assert company.heard(company.Company(), Utterance(text="我不等了，挂了啊")).last
    stays = company.heard(company.Company(), Utterance(text="我疼得厉害"))
    assert not stays.last
    assert not any("？" in each.spoken for each in stays.say)
