"""./linyin demo: the main job from the household book to the results workbook, on this machine alone."""

import asyncio
import dataclasses
import json
from typing import Annotated

import typer

from bot.cli.reporting import Json, progress
from bot.console import refuse_taken_port
from bot.demo import DemoPlan, DemoReport, run_demo
from bot.settings import Settings, read_settings
from campaigns.disposition import LABELS, Disposition

HOUSEHOLDS = 60
AUDIO_CALLS = 3  # each costs half a minute of one core


def demo(
    households: Annotated[int, typer.Option(help="多少户。", min=1, max=5000)] = HOUSEHOLDS,
    seed: Annotated[int, typer.Option(help="换一个数，就换一个社区。")] = 1,
    audio_calls: Annotated[
        int, typer.Option(help="其中多少个电话用合成的居民声音真说真听。", min=0, max=100)
    ] = AUDIO_CALLS,
    headless: Annotated[bool, typer.Option("--headless", help="不开控制台，跑完就退出。")] = False,
    as_json: Json = False,
) -> None:
    """演示：导入名册、打电话、记答案、出工单、导出结果。例：./linyin demo --households 100

    不开控制台：./linyin demo --headless --json --households 300

    JSON：contacts、dispositions 和 dispositions_expected（结果 → 户数）、turns、answers、answers_scripted、
    answers_right、red_flags_raised、red_flags_ticketed、handovers、handovers_accepted、tickets、workbook、telephony、
    recogniser、audio_calls、predicted 和 actual（hours、calls、completed、tickets、tickets_per_worker）、seconds。
    """
    settings = read_settings()
    if not headless:
        refuse_taken_port(settings)
    plan = DemoPlan(households=households, seed=seed, watched=not headless, audio_calls=audio_calls)
    asyncio.run(_demo(settings, plan, as_json=as_json))


async def _demo(settings: Settings, plan: DemoPlan, *, as_json: bool) -> None:
    def opened_console(address: str) -> None:
        progress(f"控制台已打开：{address}")

    report, stack = await run_demo(settings, plan, progress=progress, opened_console=opened_console)
    async with stack:
        if as_json:
            typer.echo(json.dumps(dataclasses.asdict(report), ensure_ascii=False))
        else:
            for line in told(report):
                typer.echo(line)
        if plan.watched:
            progress("可以继续在控制台里看；按 Ctrl-C 结束。")
            await asyncio.Event().wait()


def told(report: DemoReport) -> list[str]:
    """The summary for people."""
    dispositions = "，".join(
        f"{LABELS[Disposition(name)]} {count}" for name, count in sorted(report.dispositions.items())
    )
    return [
        f"打完了：{report.contacts} 户，{report.turns} 轮对话，用时 {report.seconds:.0f} 秒。",
        f"结果：{dispositions}。",
        f"记下 {report.answers} 个回答；照剧本该有 {report.answers_scripted} 个，记对 {report.answers_right} 个。",
        f"紧急情况 {report.red_flags_raised} 起，转成工单 {report.red_flags_ticketed} 起。",
        f"电话转给人 {report.handovers} 起，接单 {report.handovers_accepted} 起。",
        f"工单一共 {report.tickets} 张。",
        f"演练预计问完 {report.predicted['completed']} 户、工单 {report.predicted['tickets']} 张，"
        f"实际 {report.actual['completed']} 户、{report.actual['tickets']} 张。",
        f"结果表格：{report.workbook}",
    ]
