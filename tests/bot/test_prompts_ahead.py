"""What is rendered before anybody rings: the first words of who calls us, the words of a hand-over, campaigns."""

import asyncio
import socket
from pathlib import Path

import msgspec
import pytest

from bot.desk import free_talk
from bot.media import protocol as p
from bot.media.ahead import HANDOVER, MANNERS, UNITS, PromptsAhead
from bot.media.line import MediaLine
from bot.settings import Settings
from tests.bot.conftest import Desk

pytestmark = [pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]

PATIENCE_SECONDS = 240.0  # a busy machine; every wait ends as soon as what it waits for is there


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """It is not the store that is tested."""
    return f"sqlite:///{tmp_path}/linyin.db"


async def test_callers_and_workers_never_wait_for_words_that_could_be_ready(desk: Desk) -> None:
    line, (ours, theirs) = MediaLine(), socket.socketpair()
    reader, writer = await asyncio.open_unix_connection(sock=ours)
    far_reader, far_writer = await asyncio.open_unix_connection(sock=theirs)
    carrying = asyncio.create_task(line.carry(reader, writer))
    settings = Settings(community="育林社区", callback_number="07161234567")  # type: ignore[call-arg]
    ahead = PromptsAhead(line, desk.conversation, desk.database, settings)
    working = asyncio.create_task(ahead.run())
    with desk.store.reading() as session:
        talk = free_talk(session)
    asked: dict[str, p.Prepare] = {}
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not {HANDOVER, talk} <= asked.keys():
            body = await p.read_frame(far_reader)
            assert body is not None
            work = msgspec.msgpack.decode(body, type=p.ToMedia)
            assert isinstance(work, p.Prepare)
            asked[work.call] = work
    assert asked[HANDOVER].manners == asked[talk].manners == MANNERS
    assert "居民还在线上。接通请按一，再听一遍按二。" in asked[HANDOVER].texts
    assert "您别挂断，我陪着您。正在给网格员打电话。" in asked[HANDOVER].texts
    assert not [text for text in asked[HANDOVER].texts if "{" in text]
    assert any(text.startswith("您好，我是育林社区的智能语音助手邻音") for text in asked[talk].texts)
    assert not ahead.may_ring(desk.questionnaire)
    far_writer.write(p.framed(p.Prepared(call=HANDOVER, done=1, total=1)))
    far_writer.write(p.framed(p.Prepared(call=talk, done=2, total=2)))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not ahead.progress(talk).ready:
            await asyncio.sleep(0.05)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not any(name.startswith(UNITS) for name in asked):
            body = await p.read_frame(far_reader)
            assert body is not None
            work = msgspec.msgpack.decode(body, type=p.ToMedia)
            assert isinstance(work, p.Prepare)
            asked[work.call] = work
            far_writer.write(p.framed(p.Prepared(call=work.call, done=1, total=1)))
    assert list(asked).index(desk.questionnaire) < len(asked) - 1
    assert "对不对？" in asked[f"{UNITS}:1"].texts
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    far_writer.close()
    await carrying
