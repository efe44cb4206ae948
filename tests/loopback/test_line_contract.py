"""What every telephone line in words must hold (voice/line.py). Each line passes this same suite."""

import asyncio

import pytest

from campaigns.disposition import Disposition
from dialogs.prompts import Prompt
from voice.line import Answered, Call, CallEvent, DialOrder, Ended, Line, LineClosed, Parted, Ringing, Said

HELLO = [Prompt(spoken="您好，我是育林社区的智能语音助手邻音。现在方便吗？")]
FEVER = [Prompt(spoken="您这两天发烧没有？")]
GOODBYE = [Prompt(spoken="都记下了，谢谢您。")]
PATIENCE_SECONDS = 120  # a test that waits longer has found a fault, also on a busy machine


def order(number: int = 0) -> DialOrder:
    return DialOrder(order=f"attempt-{number}", number=f"139{number:08}")


async def next_event(call: Call) -> CallEvent:
    return await asyncio.wait_for(call.next(), PATIENCE_SECONDS)


async def until(call: Call, kind: type) -> list[CallEvent]:
    """The events up to one of this kind."""
    events = [await next_event(call)]
    while not isinstance(events[-1], kind | Ended):
        events.append(await next_event(call))
    return events


async def talk(call: Call, turns: int) -> list[CallEvent]:
    """Asks so many times, then says goodbye; all events."""
    events: list[CallEvent] = []
    asked = 0
    while not events or not isinstance(events[-1], Ended):
        event = await next_event(call)
        events.append(event)
        if isinstance(event, Answered | Said):
            await call.say(GOODBYE if asked == turns else (FEVER if asked else HELLO), last=asked == turns)
            asked += 1
    return events


def shape(events: list[CallEvent]) -> str:
    letters = {Ringing: "R", Answered: "A", Said: "S", Ended: "E"}
    return "".join(letters[type(each)] for each in events)


async def test_a_call_that_is_answered_goes_from_ringing_to_one_end(open_line) -> None:
    async with open_line("answers") as line:
        events = await talk(await line.dial(order()), turns=3)
        assert shape(events).lstrip("R") == "ASSSE"
        assert shape(events).count("R") <= 1
        end = events[-1]
        assert isinstance(end, Ended)
        assert (end.disposition, end.by, end.sip_code) == (Disposition.ANSWERED, "us", 200)
        assert all(not each.utterance.silent for each in events if isinstance(each, Said))


@pytest.mark.parametrize(
    ("situation", "disposition"),
    [("busy", Disposition.BUSY), ("rings_for_ever", Disposition.NO_ANSWER), ("machine", Disposition.VOICEMAIL)],
)
async def test_a_call_that_nobody_answers_ends_with_the_reason_and_without_a_word(
    open_line, situation, disposition
) -> None:
    async with open_line(situation) as line:
        events = await talk(await line.dial(order()), turns=1)
        assert set(shape(events)) <= {"R", "E"}
        end = events[-1]
        assert isinstance(end, Ended)
        assert end.disposition is disposition


async def test_the_end_comes_again_and_again_and_is_the_same(open_line) -> None:
    async with open_line("busy") as line:
        call = await line.dial(order())
        [*_, end] = await until(call, Ended)
        assert await next_event(call) is end
        assert await next_event(call) is end


async def test_speaking_and_hanging_up_after_the_end_does_nothing(open_line) -> None:
    async with open_line("hangs_up") as line:
        call = await line.dial(order())
        [*_, end] = await talk(call, turns=20)
        assert isinstance(end, Ended)
        assert (end.disposition, end.by) == (Disposition.ANSWERED, "them")
        await call.say(FEVER)
        await call.say(GOODBYE, last=True)
        await call.hang_up()
        assert await next_event(call) is end


async def test_words_before_the_answer_are_heard_by_nobody(open_line) -> None:
    async with open_line("answers") as line:
        call = await line.dial(order())
        await call.say(GOODBYE, last=True)
        assert shape(await until(call, Answered)).endswith("A")
        await call.say(HELLO)
        [said] = await until(call, Said)
        assert isinstance(said, Said)


async def test_a_call_that_is_hung_up_at_once_still_has_one_end(open_line) -> None:
    async with open_line("answers") as line:
        call = await line.dial(order())
        await call.hang_up()
        await call.hang_up()
        [*_, end] = await until(call, Ended)
        assert isinstance(end, Ended)
        assert end.by == "us"


async def test_hanging_up_in_mid_conversation_ends_the_call(open_line) -> None:
    async with open_line("answers") as line:
        call = await line.dial(order())
        await until(call, Answered)
        await call.say(HELLO)
        await call.hang_up()
        [*_, end] = await until(call, Ended)
        assert isinstance(end, Ended)
        assert (end.disposition, end.by) == (Disposition.ANSWERED, "us")


async def test_a_silence_is_a_turn_that_says_so(open_line) -> None:
    async with open_line("says_nothing") as line:
        call = await line.dial(order())
        await until(call, Answered)
        await call.say(HELLO)
        [said] = await until(call, Said)
        assert isinstance(said, Said)
        assert said.utterance.silent
        assert said.utterance.silence_seconds > 0


async def test_closing_the_line_ends_every_call_and_dials_no_more(open_line) -> None:
    async with open_line("answers") as line:
        calls = [await line.dial(order(number)) for number in range(5)]
        await until(calls[0], Answered)
        await line.close()
        for call in calls:
            [*_, end] = await until(call, Ended)
            assert isinstance(end, Ended)
        with pytest.raises(LineClosed, match="线路"):
            await line.dial(order(9))
        await line.close()


async def test_calls_at_the_same_time_do_not_hear_each_other(open_line) -> None:
    async with open_line("answers") as line:
        calls = [await line.dial(order(number)) for number in range(200)]
        histories = await asyncio.gather(*(talk(call, turns=2) for call in calls))
        assert {shape(each).lstrip("R") for each in histories} == {"ASSE"}


async def two_people(line: Line) -> tuple[Call, Call]:
    """Two calls in which somebody has said something."""
    calls = await line.dial(order(1)), await line.dial(order(2))
    for call in calls:
        await until(call, Answered)
        await call.say(HELLO)
        await until(call, Said)
    return calls


async def test_two_people_who_are_joined_do_not_hear_the_assistant_until_they_are_parted(open_line) -> None:
    async with open_line("answers") as line:
        one, two = await two_people(line)
        assert await one.bridge(two)
        await one.say(FEVER)  # heard by nobody: the next thing that happens is the parting
        await one.part()
        assert isinstance(await next_event(one), Parted)
        assert isinstance(await next_event(two), Parted)
        await one.part()
        await one.hang_up()
        assert isinstance(await next_event(one), Ended)


async def test_when_one_of_two_who_are_joined_hangs_up_the_other_is_the_assistants_again(open_line) -> None:
    async with open_line("answers") as line:
        one, two = await two_people(line)
        assert await one.bridge(two)
        await one.hang_up()
        [*_, end] = await until(one, Ended)
        assert isinstance(end, Ended)
        assert isinstance((await until(two, Parted))[-1], Parted | Ended)


async def test_only_two_people_who_are_there_and_free_can_be_joined(open_line) -> None:
    async with open_line("answers") as line:
        one, two = await two_people(line)
        three = await line.dial(order(3))
        with pytest.raises(ValueError, match="two different calls"):
            await one.bridge(one)
        await one.hang_up()
        await until(one, Ended)
        assert not await two.bridge(one)
        assert not await one.bridge(two)
        await until(three, Answered)
        assert await two.bridge(three)
        four = await line.dial(order(4))
        await until(four, Answered)
        assert not await two.bridge(four)


async def test_nothing_is_left_behind(open_line) -> None:
    before = asyncio.all_tasks()
    async with open_line("answers") as line:
        calls = [await line.dial(order(number)) for number in range(20)]
        await asyncio.gather(*(talk(call, turns=1) for call in calls))
    assert asyncio.all_tasks() == before
