"""./linyin call: one call that is heard and spoken, to a SIP telephone or to recordings."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer

from bot.cli.parties import chosen_questionnaire, chosen_resident, opening_for
from bot.cli.reporting import Json, progress, report
from bot.clock import SystemClock
from bot.conversation import Answered, Opening
from bot.errors import InputRefused
from bot.installation import opened
from bot.running import running
from bot.settings import Settings, read_settings
from bot.speech import Mouth, mouth, recogniser
from bot.storytelling import told
from bot.talk import SessionTalk
from campaigns.disposition import LABELS
from integrations.telephony.sip.dialer import SipDialer, SipSettings
from integrations.telephony.sip.trunk import Trunk
from voice import media
from voice.call import converse
from voice.line import DialOrder, Ended, Line
from voice.loopback.audible import AudibleLine
from voice.loopback.recordings import RecordedLine, Recordings, checked
from voice.manner import manner
from voice.recognise.recogniser import Recogniser
from voice.spoken_call import SpokenCall
from voice.spoken_line import SpokenLine

ADDRESS = re.compile(r"^sips?:[^@\s]+@(?P<host>[^:;\s]+)(?::(?P<port>\d+))?$")
SIP_PORT = 5060


def call(
    *,
    sip: Annotated[str, typer.Option(help="打给哪个 SIP 电话，比如 sip:resident@127.0.0.1:5200。")] = "",
    answers: Annotated[
        list[str] | None, typer.Option(help="不打电话：居民的回答从录音里放，后面接着写其余的录音；按键直接写数字。")
    ] = None,
    more: Annotated[list[str] | None, typer.Argument(help="其余的录音", metavar="[录音…]")] = None,
    questionnaire: Annotated[str, typer.Option(help="问卷，见 ./linyin questionnaire list。")] = "health-follow-up",
    resident: Annotated[str, typer.Option("--as", help="电话那头是登记册里的哪位居民。", metavar="居民")] = "",
    local_port: Annotated[int, typer.Option(help="本机 SIP 端口。", min=1024, max=65535)] = 5062,
    as_json: Json = False,
) -> None:
    """打一个电话：用语音问，用语音听。例：./linyin call --sip sip:resident@127.0.0.1:5200

    没有电话也能试：./linyin call --as 王秀英 --answers 方便.wav 没发烧.wav 不咳.wav

    先安装语音模型：./linyin models install whisper-base 和 kokoro-zh。

    JSON：disposition、sip_code、q850_cause、outcome、turns（每轮的 facts）。
    """
    recordings = checked([*(answers or []), *(more or [])])
    if recordings and sip:
        raise InputRefused("--sip 和 --answers 只能选一个。")
    if not recordings and not ADDRESS.match(sip):
        raise InputRefused("请写明打给谁：--sip sip:用户@地址:端口，或者 --answers 录音.wav …。")
    to = Destination(sip=sip, local_port=local_port, recordings=recordings)
    asyncio.run(_call(read_settings(), to, questionnaire, resident, as_json=as_json))


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Who is called: a SIP telephone, or a resident who is a list of recordings."""

    sip: str
    local_port: int
    recordings: tuple[str, ...]

    @property
    def shown(self) -> str:
        """As staff read it."""
        return self.sip or f"录音（{len(self.recordings)} 段）"


async def _call(settings: Settings, to: Destination, key: str, name: str, *, as_json: bool) -> None:
    clock, turns = SystemClock(), list[list[str]]()

    def heard(answered: Answered) -> None:
        turns.append([told(event) for event in answered.events])
        for line in turns[-1]:
            progress(f"  {line}")

    with opened(settings, at=clock.now()) as store, ExitStack() as stack:
        person = chosen_resident(store, name) if name else None
        with store.reading() as session:
            content = chosen_questionnaire(session, key).hash
        ear = stack.enter_context(recogniser(settings))
        speaking = mouth(settings, store.keys)
        async with running(settings, store, clock, progress=progress) as system:
            opening = opening_for(system, person, content, channel="voice")
            asked_for = system.conversation.questionnaire(content)
            if to.sip:  # a person would wait for what is not ready
                progress("预先合成要说的话（只有第一次慢）…")
                first = system.conversation.state_of(opening, at=clock.now())
                await asyncio.to_thread(speaking.prepare, asked_for, settings, manner(first))
            speaking.know(asked_for, settings)

            async def asked(_: datetime) -> Opening:
                return opening

            async def committed(_: str) -> None:
                """Nothing else waits for this session."""

            talk = SessionTalk(
                conversation=system.conversation, clock=clock, opening=asked, opened=committed, heard=heard
            )
            async with _line(to, settings, clock, ear, speaking) as line:
                progress(f"正在呼叫 {to.shown} …")
                ended = await converse(await line.dial(DialOrder(order="call", number=to.sip)), talk)
                _report(ended, talk, turns, as_json=as_json)  # before everything is put away, which takes a while


@asynccontextmanager
async def _line(
    to: Destination, settings: Settings, clock: SystemClock, ear: Recogniser, speaking: Mouth
) -> AsyncIterator[Line]:
    """The line to that destination while it is open."""
    if to.recordings:

        def carry(carried: media.MediaCall, _: DialOrder) -> SpokenCall:
            return SpokenCall(carried, recogniser=ear, speak=speaking.speak, now=clock.now)

        yield AudibleLine(RecordedLine(to.recordings), throat=lambda _: Recordings(), carry=carry)
        return
    async with SipDialer(_sip_settings(to.sip, settings, to.local_port)) as dialer:
        yield SpokenLine(dialer, recogniser=ear, speak=speaking.speak, now=clock.now)


def _sip_settings(sip: str, settings: Settings, local_port: int) -> SipSettings:
    found = ADDRESS.match(sip)
    assert found is not None
    trunk = Trunk(
        name="direct",
        host=found["host"],
        port=int(found["port"] or SIP_PORT),
        caller_number=settings.callback_number or "linyin",
        health_seconds=0,
        keepalive_seconds=0,
    )
    return SipSettings(trunks=(trunk,), port=local_port)


def _report(ended: Ended, talk: SessionTalk, turns: list[list[str]], *, as_json: bool) -> None:
    outcome = talk.state.outcome if talk.state else None
    result = {
        "disposition": str(ended.disposition),
        "sip_code": ended.sip_code,
        "q850_cause": ended.q850_cause,
        "outcome": outcome,
        "turns": turns,
    }
    report(
        result,
        [f"通话结束：{LABELS[ended.disposition]}（SIP {ended.sip_code}），{outcome or '没有对话'}。"],
        as_json=as_json,
    )
