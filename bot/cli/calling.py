"""./linyin call: one real call to a SIP telephone, heard and spoken."""

import asyncio
import re
from contextlib import ExitStack
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
from bot.speech import mouth, recogniser
from bot.storytelling import told
from bot.talk import SessionTalk
from campaigns.disposition import LABELS
from integrations.telephony.sip.dialer import SipDialer, SipSettings
from integrations.telephony.sip.trunk import Trunk
from voice.call import converse
from voice.line import DialOrder, Ended
from voice.manner import manner
from voice.spoken_line import SpokenLine

ADDRESS = re.compile(r"^sips?:[^@\s]+@(?P<host>[^:;\s]+)(?::(?P<port>\d+))?$")
SIP_PORT = 5060


def call(
    sip: Annotated[str, typer.Option(help="打给哪个 SIP 电话，比如 sip:resident@127.0.0.1:5200。")],
    questionnaire: Annotated[str, typer.Option(help="问卷，见 ./linyin questionnaire list。")] = "health-follow-up",
    resident: Annotated[str, typer.Option("--as", help="电话那头是登记册里的哪位居民。", metavar="居民")] = "",
    local_port: Annotated[int, typer.Option(help="本机 SIP 端口。", min=1024, max=65535)] = 5062,
    as_json: Json = False,
) -> None:
    """打一个真电话：用语音问，用语音听。例：./linyin call --sip sip:resident@127.0.0.1:5200

    先安装语音模型：./linyin models install whisper-base 和 kokoro-zh。

    JSON：disposition、sip_code、q850_cause、outcome、turns（每轮的 facts）。
    """
    if not ADDRESS.match(sip):
        raise InputRefused("SIP 地址写得不对，请写成 sip:用户@地址:端口。")
    asyncio.run(_call(read_settings(), sip, questionnaire, resident, local_port, as_json=as_json))


async def _call(settings: Settings, sip: str, key: str, name: str, local_port: int, *, as_json: bool) -> None:
    clock, turns = SystemClock(), list[list[str]]()

    def heard(answered: Answered) -> None:
        turns.append([told(event) for event in answered.events])
        for line in turns[-1]:
            progress(f"  {line}")

    with opened(settings, at=clock.now()) as store, ExitStack() as stack:
        person = chosen_resident(store, name) if name else None
        content = chosen_questionnaire(store, key)
        ear = stack.enter_context(recogniser(settings))
        speaking = mouth(settings, store.keys)
        async with running(settings, store, clock, progress=progress) as system:
            opening = opening_for(system, person, content, channel="voice")
            progress("预先合成要说的话（只有第一次慢）…")
            first = system.conversation.state_of(opening, at=clock.now())
            await asyncio.to_thread(
                speaking.prepare, system.conversation.questionnaire(content), settings, manner(first)
            )
            async with SipDialer(_sip_settings(sip, settings, local_port)) as dialer:
                line = SpokenLine(dialer, recogniser=ear, speak=speaking.speak, now=clock.now)

                async def asked(_: datetime) -> Opening:
                    return opening

                async def committed(_: str) -> None:
                    """Nothing else waits for this session."""

                talk = SessionTalk(
                    conversation=system.conversation, clock=clock, opening=asked, opened=committed, heard=heard
                )
                progress(f"正在呼叫 {sip} …")
                ended = await converse(await line.dial(DialOrder(order="call", number=sip)), talk)
    _report(ended, talk, turns, as_json=as_json)


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
