"""./linyin serve: the program as it runs every day."""

import asyncio
import contextlib
import signal

import typer

from bot.cli.reporting import progress
from bot.clock import SystemClock
from bot.console import console, refuse_taken_port
from bot.handover import Handovers
from bot.installation import opened
from bot.lines import telephones
from bot.media.ahead import prompts_ahead
from bot.outbound import Caller, Outbound
from bot.running import running
from bot.scheduler import ticking
from bot.settings import Settings, read_settings

DIALLER = "main"  # one platform process dials; its name outlives a restart, so that it finds its interrupted calls


def serve() -> None:
    """启动控制台和电话任务，直到按 Ctrl-C。例：./linyin serve

    收到 SIGTERM 或 Ctrl-C 后不再拨新电话，打完正在通话的再退出；再按一次立即退出。
    """
    settings = read_settings()
    refuse_taken_port(settings)
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    clock = SystemClock()
    with opened(settings, at=clock.now()) as store:
        async with (
            telephones(settings, clock, progress=progress) as lines,
            running(settings, store, clock, progress=progress) as system,
            prompts_ahead(lines, system) as ahead,
            console(system, progress=progress) as address,
        ):
            handovers = Handovers(
                database=system.database, line=lines.line, clock=clock, name=DIALLER, community=settings.community
            )
            outbound = Outbound(
                database=system.database,
                conversation=system.conversation,
                line=lines.line,
                clock=clock,
                caller=Caller(
                    name=DIALLER,
                    community=settings.community,
                    callback_number=settings.callback_number,
                    lines=settings.lines,
                ),
                dictionary=system.dictionary,
                carry=handovers.converse,
                may_ring=ahead.may_ring if ahead else lambda _: True,
            )
            typer.echo(f"控制台：{address}（按 Ctrl-C 停止）")
            dialling = asyncio.create_task(outbound.run(), name="outbound")
            ringing = asyncio.create_task(handovers.run(), name="handovers")
            ticks = ticking(system.database, clock)
            ticks.start()
            loop = asyncio.get_running_loop()
            for name in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(name, _stop, outbound, dialling)
            with contextlib.suppress(asyncio.CancelledError):
                await dialling
            ticks.shutdown()
            ringing.cancel()
            await asyncio.gather(ringing, return_exceptions=True)


def _stop(outbound: Outbound, dialling: "asyncio.Task[None]") -> None:
    if outbound.draining:
        dialling.cancel()
    else:
        progress(f"正在停止：还有 {outbound.calls_up} 路通话，打完就退出…")
        outbound.drain()
