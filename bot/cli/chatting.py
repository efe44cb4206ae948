"""./linyin chat and replay: a conversation in the terminal, and a stored one turn by turn."""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from bot.cli.parties import chosen_questionnaire, chosen_resident, opening_for
from bot.cli.reporting import Json, progress
from bot.clock import BEIJING, SystemClock
from bot.conversation import Answered
from bot.errors import SessionUnknown
from bot.installation import opened
from bot.running import running
from bot.sessions import load_session, read_events
from bot.settings import read_settings
from bot.storytelling import told
from dialogs.events import AnyEvent
from integrations.storage.store import StoreSession
from nlu.utterance import Utterance

SILENCE = "…"  # typed for saying nothing
SILENCE_SECONDS = 5.0
KEYS = "#"  # typed before telephone keys: #1


def chat(
    resident: Annotated[
        str, typer.Option("--as", help="扮演哪位居民：登记册里的姓名或电话；不填就是不认识的人。", metavar="居民")
    ] = "",
    questionnaire: Annotated[str, typer.Option(help="问卷，见 ./linyin questionnaire list。")] = "health-follow-up",
    as_json: Json = False,
) -> None:
    """扮演居民，在终端里和助手说话。例：./linyin chat --as 李秀英 --questionnaire health-follow-up

    一行是一句话；“…”是不出声，“#1”是按电话键。--json 时每行一个对象：replies、facts、state、ended。
    """
    asyncio.run(_chat(resident, questionnaire, as_json=as_json))


async def _chat(name: str, key: str, *, as_json: bool) -> None:
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store:
        resident = chosen_resident(store, name) if name else None
        with store.reading() as session:
            content = chosen_questionnaire(session, key).hash
        async with running(settings, store, clock, progress=progress) as system:
            reply = await system.conversation.open(
                opening_for(system, resident, content, channel="chat"), at=clock.now()
            )
            _show(reply, as_json=as_json)
            while reply.outcome is None and (line := await asyncio.to_thread(_read_line, as_json)) is not None:
                reply = await system.conversation.handle(reply.session, utterance(line), at=clock.now())
                _show(reply, as_json=as_json)
            if reply.outcome is None:
                await system.conversation.hung_up(reply.session, at=clock.now())
            if not as_json:
                typer.echo(f"（对话结束。重看：./linyin replay {reply.session}）")


def _read_line(as_json: bool) -> str | None:
    if not as_json:
        typer.echo("您：", nl=False)
    line = sys.stdin.readline()
    return line.strip() if line else None


def utterance(line: str) -> Utterance:
    """What a typed line stands for."""
    if line in (SILENCE, ""):
        return Utterance(silence_seconds=SILENCE_SECONDS)
    if line.startswith(KEYS) and len(line) > 1:
        return Utterance(keys=line[1:])
    return Utterance(text=line)


def _show(answered: Answered, *, as_json: bool) -> None:
    if not as_json:
        for prompt in answered.replies:
            typer.echo(f"邻音：{prompt.shown}")
        return
    line = {
        "replies": [prompt.shown for prompt in answered.replies],
        "facts": [told(event) for event in answered.events],
        "state": {
            "phase": answered.state.phase,
            "pending": answered.state.pending,
            "answers": {key: answer.shown for key, answer in answered.state.answers.items()},
            "left_open": answered.state.left_open,
        },
        "ended": answered.outcome,
    }
    typer.echo(json.dumps(line, ensure_ascii=False))
    sys.stdout.flush()


def replay(
    session_id: Annotated[str, typer.Argument(help="会话编号", metavar="会话")],
    as_json: Json = False,
) -> None:
    """把存下来的一次对话从头走一遍。例：./linyin replay 0192f0c1…

    JSON：session、outcome、events（at、type、told）。
    """
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store, store.reading() as session:
        events = _events(session, session_id)
        row = load_session(session, session_id)
        if as_json:
            shown = [
                {"at": event.at.isoformat(), "type": type(event).__name__, "told": told(event)} for event in events
            ]
            outcome = row.outcome if row else None
            typer.echo(json.dumps({"session": session_id, "outcome": outcome, "events": shown}, ensure_ascii=False))
            return
        for event in events:
            typer.echo(f"{event.at.astimezone(BEIJING):%H:%M:%S} {told(event)}")


def _events(session: StoreSession, session_id: str) -> Sequence[AnyEvent]:
    events = read_events(session, session_id)
    if not events:
        raise SessionUnknown("没有这个会话，请检查会话编号。")
    return events
