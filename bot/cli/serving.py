"""./linyin serve: the program as it runs every day, whole or in parts on several machines."""

import asyncio
import contextlib
import secrets
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Annotated

import typer
import uvloop

from bot.cli.reporting import progress
from bot.clock import SystemClock
from bot.console import console, refuse_taken_port
from bot.errors import InputRefused
from bot.evidence.files import recordings_folder
from bot.handover import Handovers
from bot.inbound import Inbound
from bot.installation import opened
from bot.lines import telephones
from bot.media.ahead import PromptsAhead, prompts_ahead
from bot.media.line import MediaLine
from bot.messaging import outgoing
from bot.outbound import Caller, Carry, Outbound
from bot.running import Running, own_dialogue, running
from bot.scheduler import ticking
from bot.settings import Settings, read_settings
from bot.trial_calls import TrialCalls
from bot.visits import Phone, Visits
from integrations.storage.presence import only_one
from voice.line import Line

TICKET_BYTES = 24  # of a page's call; nobody guesses it
SHORTEST_TOKEN = 16  # characters; whoever shows it may ask the dialogue workers


class Role(StrEnum):
    """Which part of the program this process is."""

    ALL = "all"
    CONSOLE = "console"
    OUTBOUND = "outbound"
    DIALOGUE = "dialogue"


def serve(
    role: Annotated[
        Role,
        typer.Option(help="只运行一部分：console 控制台，outbound 打电话，dialogue 对话进程；all 全部。"),
    ] = Role.ALL,
) -> None:
    """启动控制台和电话任务，直到按 Ctrl-C。例：./linyin serve

    收到 SIGTERM 或 Ctrl-C 后不再拨新电话，打完正在通话的再退出；再按一次立即退出。
    用 PostgreSQL 时，可以在几台机器上各运行一部分，见 docs/scale.md。
    """
    settings = read_settings()
    if role is Role.DIALOGUE:
        asyncio.run(_serve_dialogue(settings))
        return
    if role is not Role.OUTBOUND:
        refuse_taken_port(settings)
    uvloop.run(_serve(settings, role))


async def _serve(settings: Settings, role: Role) -> None:
    clock = SystemClock()
    with opened(settings, at=clock.now()) as store:
        if role is Role.CONSOLE:
            async with running(settings, store, clock, progress=progress) as system:
                await _serve_console(system)
            return
        with only_one(store, settings.name):
            visits = Visits(lambda: secrets.token_urlsafe(TICKET_BYTES))
            async with (
                telephones(settings, clock, progress=progress) as lines,
                running(settings, store, clock, progress=progress) as system,
                prompts_ahead(lines, system) as ahead,
                _console_of(system, role, Phone(lines.media, visits) if lines.media else None, ahead),
            ):
                handovers = Handovers(
                    database=system.database,
                    line=lines.line,
                    clock=clock,
                    name=settings.name,
                    community=settings.community,
                    render=lines.render_for_workers,
                )
                outbound = Outbound(
                    database=system.database,
                    conversation=system.conversation,
                    line=lines.line,
                    clock=clock,
                    caller=Caller(
                        name=settings.name,
                        community=settings.community,
                        callback_number=settings.callback_number,
                        lines=settings.lines,
                        recorded=settings.record_calls,
                    ),
                    dictionary=system.dictionary,
                    carry=handovers.converse,
                    may_ring=ahead.may_ring if ahead else lambda _: True,
                )
                dialling = asyncio.create_task(outbound.run(), name="outbound")
                ringing = asyncio.create_task(handovers.run(), name="handovers")
                answering = asyncio.create_task(
                    _answer(system, lines.media, visits, carry=handovers.converse), name="inbound"
                )
                trying = asyncio.create_task(_trial_calls(system, lines.line).run(), name="trial calls")
                sending = asyncio.create_task(outgoing(system).run(), name="outgoing")
                ticks = ticking(system.database, clock, outbound, recordings_folder(settings.data))
                ticks.start()
                _on_signals(lambda: _stop(outbound, dialling))
                with contextlib.suppress(asyncio.CancelledError):
                    await dialling
                ticks.shutdown()
                ringing.cancel()
                answering.cancel()
                sending.cancel()
                trying.cancel()
                await asyncio.gather(ringing, answering, sending, trying, return_exceptions=True)


def _trial_calls(system: Running, line: Line) -> TrialCalls:
    settings = system.settings
    return TrialCalls(
        database=system.database,
        conversation=system.conversation,
        dialogue=system.workers.client,
        line=line,
        clock=system.clock,
        name=settings.name,
        community=settings.community,
        callback_number=settings.callback_number,
    )


def _stop(outbound: Outbound, dialling: "asyncio.Task[None]") -> None:
    if outbound.draining:
        dialling.cancel()
    else:
        progress(f"正在停止：还有 {outbound.calls_up} 路通话，打完就退出…")
        outbound.drain()


async def _answer(system: Running, line: MediaLine | None, visits: Visits, *, carry: Carry) -> None:
    """Takes the calls that come in, where any can."""
    if line is None:
        return
    settings = system.settings
    await Inbound(
        database=system.database,
        conversation=system.conversation,
        dialogue=system.workers.client,
        line=line,
        clock=system.clock,
        visits=visits,
        community=settings.community,
        callback_number=settings.callback_number,
        carry=carry,
    ).run()


@asynccontextmanager
async def _console_of(
    system: Running, role: Role, phone: Phone | None = None, ahead: PromptsAhead | None = None
) -> AsyncIterator[None]:
    """The console, where this process has one."""
    if role is Role.OUTBOUND:
        typer.echo("开始打电话（按 Ctrl-C 停止）")
        yield
        return
    prompts = ahead.progress if ahead else lambda _: None
    async with console(system, progress=progress, phone=phone, prompts=prompts) as address:
        typer.echo(f"控制台：{address}（按 Ctrl-C 停止）")
        yield


async def _serve_console(system: Running) -> None:
    async with _console_of(system, Role.CONSOLE):
        await _until_asked()


async def _serve_dialogue(settings: Settings) -> None:
    """Dialogue workers for programs elsewhere, until somebody asks them to stop."""
    if len(settings.dialogue_token) < SHORTEST_TOKEN:
        raise InputRefused(f"请先设置 LINYIN_DIALOGUE_TOKEN（至少 {SHORTEST_TOKEN} 个字符），两边写一样的。")
    workers = own_dialogue(settings, _no_bodies)
    await workers.start(progress=progress)
    typer.echo("对话进程：" + "，".join(f"http://{settings.dialogue_host}:{port}" for port in workers.status()))
    await _until_asked()
    await workers.stop()


def _no_bodies(key: str) -> bytes:
    """Questionnaires are sent by whoever asks for turns."""
    raise LookupError(key)


async def _until_asked() -> None:
    asked = asyncio.Event()
    _on_signals(asked.set)
    await asked.wait()


def _on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop)
