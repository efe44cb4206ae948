"""The process of simulated residents, and what it writes down."""

import asyncio
import os
import signal
from collections import Counter
from datetime import UTC, datetime

from campaigns.disposition import Disposition
from dialogs.prompts import Prompt
from integrations.telephony.loopback.ledger import Closed, Dialled, Ledger, SaidFact, read
from integrations.telephony.loopback.line import LoopbackLine
from integrations.telephony.loopback.population import Population
from integrations.telephony.loopback.process import far_end, loopback_line
from voice.line import Answered, Call, DialOrder, Ended, Said

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
CALM = Population(fates={}, dead={}, endings={}, red_flags=0, corrections=0, stories=0, asides=0)
QUESTIONS = ["您好。现在方便吗？", "您这两天发烧没有？", "您咳嗽吗？"]
PATIENCE_SECONDS = 120  # a busy machine; every wait ends as soon as what it waits for is there


async def interview(call: Call, questions: list[str] = QUESTIONS) -> Ended:
    """Asks the questions in order and says goodbye."""
    coming = iter(questions)
    while True:
        event = await asyncio.wait_for(call.next(), PATIENCE_SECONDS)
        if isinstance(event, Ended):
            return event
        if isinstance(event, Answered | Said):
            question = next(coming, None)
            await call.say([Prompt(spoken=question or "谢谢您，再见。")], last=question is None)


async def round_of_calls(
    ledger, count: int, *, seed: str = "7", population: Population | None = None, questions: list[str] = QUESTIONS
) -> list[Ended]:
    async with loopback_line(ledger, seed=seed, now=lambda: AT, population=population) as line:
        calls = [await line.dial(DialOrder(order=f"a{each}", number=f"139{each:08}")) for each in range(count)]
        return list(await asyncio.gather(*(interview(call, questions) for call in calls)))


def closed(ledger) -> dict[str, Closed]:
    return {each.order: each for each in read(ledger) if isinstance(each, Closed)}


async def test_every_call_is_in_the_ledger_once_with_the_disposition_that_the_line_saw(tmp_path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    ends = await round_of_calls(ledger, 400)
    entries = read(ledger)
    assert Counter(type(each) for each in entries) == {Dialled: 400, Closed: 400}
    written = closed(ledger)
    assert len(written) == 400
    for number, end in enumerate(ends):
        expected = written[f"a{number}"].disposition
        assert end.disposition == (Disposition.ANSWERED if expected == "silent" else expected)
    assert len({each.disposition for each in written.values()}) >= 7


async def test_the_same_seed_and_numbers_give_the_same_calls_and_another_seed_gives_others(tmp_path) -> None:
    await round_of_calls(tmp_path / "one", 60)
    await round_of_calls(tmp_path / "two", 60)
    await round_of_calls(tmp_path / "three", 60, seed="8")
    assert closed(tmp_path / "one") == closed(tmp_path / "two")
    assert closed(tmp_path / "one") != closed(tmp_path / "three")


async def test_a_second_call_to_a_number_is_another_call_to_the_same_household_also_after_a_restart(tmp_path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    await round_of_calls(ledger, 40, population=CALM)
    first = closed(ledger)
    await round_of_calls(ledger, 40, population=CALM)
    second = closed(ledger)
    assert {each.nth for each in first.values()} == {1}
    assert {each.nth for each in second.values()} == {2}
    for order, call in first.items():
        assert {key: said.value for key, said in call.topics.items()} == {
            key: said.value for key, said in second[order].topics.items()
        }


async def test_the_ledger_holds_what_was_scripted_what_was_said_and_what_must_have_been_kept(tmp_path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    await round_of_calls(ledger, 30, population=CALM)
    for call in closed(ledger).values():
        assert call.outcome == "complete"
        assert [each.heard for each in call.turns] == [*QUESTIONS, "谢谢您，再见。"]
        assert set(call.topics) == {"fever", "cough"}
        for said in call.topics.values():
            assert said.settled
            assert said.said in {each.said for each in call.turns}


async def test_an_answer_after_which_the_assistant_did_not_speak_again_is_not_settled(tmp_path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    async with loopback_line(ledger, seed="7", now=lambda: AT, population=CALM) as line:
        call = await line.dial(DialOrder(order="a", number="13900000001"))
        await call.next()
        await call.next()
        for question in QUESTIONS:
            await call.say([Prompt(spoken=question)])
            await call.next()
        await call.hang_up()
        await call.next()
    topics = closed(ledger)["a"].topics
    assert {key: said.settled for key, said in topics.items()} == {"fever": True, "cough": False}


async def test_red_flags_are_in_the_ledger_with_their_kind_and_words(tmp_path, bank) -> None:
    ledger = tmp_path / "ledger.jsonl"
    population = Population(fates={}, dead={}, endings={}, red_flags=1, corrections=0, asides=0)
    await round_of_calls(ledger, 60, population=population, questions=[*QUESTIONS, "您胸口闷不闷？", "睡得好吗？"])
    flags = [flag for call in closed(ledger).values() for flag in call.red_flags]
    assert len(flags) > 50
    for flag in flags:
        urgent = bank.red_flags[flag.kind]
        assert flag.said in (urgent.indirect if flag.indirect else urgent.direct)
    assert any(flag.indirect for flag in flags)


async def test_a_far_end_that_is_killed_ends_every_call_and_the_next_ones_too(tmp_path) -> None:
    async with far_end(tmp_path / "ledger.jsonl", seed="7", population=CALM) as other:
        line = await LoopbackLine.connect(other.port, now=lambda: AT)
        calls = [await line.dial(DialOrder(order=f"a{each}", number=f"139{each:08}")) for each in range(20)]
        for call in calls:
            while not isinstance(await asyncio.wait_for(call.next(), PATIENCE_SECONDS), Answered):
                pass
        os.kill(other.pid, signal.SIGKILL)
        for call in calls:
            end = await asyncio.wait_for(call.next(), PATIENCE_SECONDS)
            assert isinstance(end, Ended)
            assert (end.disposition, end.by) == (Disposition.ANSWERED, "network")
        late = await line.dial(DialOrder(order="late", number="13900000000"))
        end = await asyncio.wait_for(late.next(), PATIENCE_SECONDS)
        assert isinstance(end, Ended)
        assert (end.disposition, end.sip_code) == (Disposition.FAILED, 503)
        assert line.calls_up == 0
        await line.close()


async def test_calls_of_a_near_end_that_dies_are_written_down(tmp_path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    async with far_end(ledger, seed="7", population=CALM) as other:
        reader, writer = await asyncio.open_connection("127.0.0.1", other.port)
        writer.write(b'{"type":"Dial","call":"a","number":"13900000001","on":"2026-11-21","ring_seconds":40}\n')
        assert b"Rings" in await asyncio.wait_for(reader.readline(), PATIENCE_SECONDS)
        writer.transport.abort()
        while "a" not in closed(ledger):
            await asyncio.sleep(0)
    assert closed(ledger)["a"].by == "network"


async def test_what_is_not_of_the_protocol_ends_that_connection_and_no_other(tmp_path) -> None:
    async with far_end(tmp_path / "ledger.jsonl", seed="7", population=CALM) as other:
        reader, writer = await asyncio.open_connection("127.0.0.1", other.port)
        writer.write(b"INVITE sip:13900000001@127.0.0.1 SIP/2.0\r\n\r\n")
        assert await asyncio.wait_for(reader.read(), PATIENCE_SECONDS) == b""
        writer.close()
        line = await LoopbackLine.connect(other.port, now=lambda: AT)
        end = await interview(await line.dial(DialOrder(order="a", number="13900000001")))
        assert end.disposition is Disposition.ANSWERED
        await line.close()


async def test_thirteen_hundred_conversations_are_alive_at_once(tmp_path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    count = 1300
    async with loopback_line(ledger, seed="7", now=lambda: AT, population=CALM, turn_seconds=(600.0, 600.0)) as line:
        calls = [await line.dial(DialOrder(order=f"a{each}", number=f"139{each:08}")) for each in range(count)]
        for call in calls:
            while not isinstance(await asyncio.wait_for(call.next(), PATIENCE_SECONDS), Answered):
                pass
            await call.say([Prompt(spoken=QUESTIONS[0])])
        assert line.calls_up == count
        for call in calls:
            await call.hang_up()
        ends = [await asyncio.wait_for(call.next(), PATIENCE_SECONDS) for call in calls]
        assert all(isinstance(each, Ended) for each in ends)
        assert line.calls_up == 0
    assert len(closed(ledger)) == count


async def test_an_entry_is_on_disk_when_write_returns_and_a_torn_last_line_is_left_out(tmp_path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    await asyncio.gather(*(ledger.write(Dialled(order=f"a{each}", number="139", nth=each)) for each in range(50)))
    await ledger.write(
        Closed(
            order="a1", number="139", nth=1, disposition="answered", topics={"fever": SaidFact(value="no", said="不烧")}
        )
    )
    assert len(read(path)) == 51
    with path.open("ab") as file:
        file.write(b'{"type":"ended","order":"a2"')
    assert len(read(path)) == 51
    assert Ledger(path).calls["139"] == 50
    await ledger.close()
