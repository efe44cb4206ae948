"""A campaign calls somebody who has no time now, on a clock that jumps: it rings again when they said."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from bot.clock import JumpingClock
from bot.conversation import Conversation
from bot.effects import Effects
from bot.installation import bodies
from bot.outbound import Caller, Outbound
from bot.writer import Database
from campaigns.disposition import Disposition
from campaigns.policy import Policy
from campaigns.retry import RetryPolicy
from campaigns.window import CallingWindow
from dialogs.dictionary import load_dictionary
from integrations.storage.models import AttemptRow, ContactRow
from nlu.utterance import Utterance
from tests.bot.test_outbound import town
from voice.line import Answered, Call, CallEvent, DialOrder, Ended, Said

pytestmark = [pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]

MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # ten o'clock in Shanghai
ANSWERS = ("不咳", "不闷", "够吃", "睡得好", "不需要", "没有", "没有了", "好")


class OneCall(Call):
    """A call in which the resident says one line after the other."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.heard: list[str] = []
        self._lines = list(lines)
        self._events: asyncio.Queue[CallEvent] = asyncio.Queue()
        self._events.put_nowait(Answered())
        self._ended: Ended | None = None

    async def next(self) -> CallEvent:
        event = self._ended or await self._events.get()
        self._ended = event if isinstance(event, Ended) else None
        return event

    async def say(self, prompts, *, last=False, **_) -> None:
        self.heard.extend(prompt.spoken for prompt in prompts)
        if last or not self._lines:
            self._events.put_nowait(Ended(disposition=Disposition.ANSWERED, sip_code=200, by="us" if last else "them"))
        else:
            self._events.put_nowait(Said(Utterance(text=self._lines.pop(0))))

    async def hang_up(self) -> None:
        return None

    @property
    def recorded(self) -> bool:
        return False

    async def stop_recording(self) -> None:
        return None

    async def bridge(self, other: Call) -> bool:
        return False

    async def part(self) -> None:
        return None


class OneHousehold:
    """A line with one telephone at its end; each call finds the next lines to be said."""

    def __init__(self, *talks: Sequence[str]) -> None:
        self.calls: list[OneCall] = []
        self._talks = list(talks)

    async def dial(self, order: DialOrder) -> Call:
        self.calls.append(OneCall(self._talks.pop(0)))
        return self.calls[-1]

    async def close(self) -> None:
        return None


@pytest.mark.parametrize(
    ("words", "promised", "wait"),
    [
        ("等五分钟再打过来，锅里烧着", "五分钟以后", 5),
        ("两分钟以后再打", "两分钟以后", 2),
        ("十一点再打", "今天早上十一点", 60),
    ],
)
async def test_who_puts_off_by_the_clock_is_called_then_and_asked_only_what_is_still_open(
    workers, tmp_path, words: str, promised: str, wait: int
) -> None:
    line = OneHousehold(("方便", "是我家", "没有发烧", words), ("方便", "是的", *ANSWERS))
    second, outcome = await called_twice(workers, tmp_path, line)
    assert f"{promised}再给您打" in "".join(line.calls[0].heard)
    late = second - MORNING - timedelta(minutes=wait)
    assert timedelta(0) <= late < timedelta(minutes=1)
    assert "发烧" not in "".join(line.calls[1].heard)
    assert "咳嗽" in "".join(line.calls[1].heard)
    assert outcome == "complete"


async def test_a_call_is_promised_only_for_an_hour_in_which_the_campaign_may_ring(workers, tmp_path) -> None:
    forenoon = Policy(window=CallingWindow(opens=time(10), closes=time(12)))
    line = OneHousehold(("方便", "是我家", "下午三点再打", "那十一点半"), ("方便", "是的", "没有发烧", *ANSWERS))
    second, outcome = await called_twice(workers, tmp_path, line, policy=forenoon)
    heard = "".join(line.calls[0].heard)
    assert "早上十点到中午十二点都行" in heard
    assert "下午三点" not in heard
    assert timedelta(0) <= second - MORNING - timedelta(minutes=90) < timedelta(minutes=1)
    assert outcome == "complete"


async def test_the_last_call_promises_no_other_and_a_worker_has_the_matter(workers, tmp_path) -> None:
    twice = Policy(window=CallingWindow(opens=time(0), closes=time(23, 59)), retry=RetryPolicy(cap=2))
    line = OneHousehold(("方便", "是我家", "等五分钟再打"), ("方便", "是的", "等半个钟头再打"))
    _, outcome = await called_twice(workers, tmp_path, line, policy=twice)
    assert "请网格员联系您" in "".join(line.calls[1].heard)
    assert len(line.calls) == 2
    assert outcome == "not_reached"


async def test_what_was_not_known_is_not_asked_again_of_the_same_person_however_often_they_put_it_off(
    workers, tmp_path
) -> None:
    first = ("方便", "是我家", "没有发烧", "没有咳嗽", "不闷", "我记不清了", "等五分钟再打")
    line = OneHousehold(first, ("方便", "是的", "等五分钟再打"), ("方便", "是的", *ANSWERS[2:]))
    await called_twice(workers, tmp_path, line)
    assert "药" in "".join(line.calls[0].heard)
    for later in line.calls[1:]:
        heard = "".join(later.heard)
        assert all(word not in heard for word in ("发烧", "咳", "药")), heard


async def test_what_one_did_not_know_is_asked_of_the_relative_who_answers_next(workers, tmp_path) -> None:
    first = ("方便", "是我家", "没有发烧", "没有咳嗽", "不闷", "我记不清了", "等五分钟再打")
    line = OneHousehold(first, ("方便", "我是她女儿", "够吃", "睡得好", "不需要", "没有了", "好"))
    await called_twice(workers, tmp_path, line)
    heard = "".join(line.calls[1].heard)
    assert "发烧" not in heard
    assert "药" in heard


async def called_twice(
    workers, folder, line: OneHousehold, *, policy: Policy | None = None
) -> tuple[datetime, str | None]:
    """When the telephone rang for the second time, UTC, and how the contact ended."""
    with town(folder, households=1, at=MORNING, policy=policy) as (store, _):
        database, dictionary = Database(store), load_dictionary()
        outbound = Outbound(
            database=database,
            conversation=Conversation(database, workers.client, Effects(dictionary), bodies=bodies(store)),
            line=line,
            clock=JumpingClock(MORNING),
            caller=Caller(name="main", community="育林社区", callback_number="", lines=1),
            dictionary=dictionary,
        )
        await outbound.run(until_finished=True)
        database.close()
        with store.reading() as session:
            _, second, *_ = session.scalars(select(AttemptRow).order_by(AttemptRow.number))
            [contact] = session.scalars(select(ContactRow))
            return second.dialled_at, contact.outcome
