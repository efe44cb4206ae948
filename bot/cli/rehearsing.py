"""./linyin rehearse: a campaign played through with simulated residents, and what it foretells."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.reporting import Json, progress, report
from bot.clock import SystemClock
from bot.installation import opened
from bot.rehearsal import RehearsalReport, Rehearsals
from bot.running import running
from bot.settings import read_settings
from integrations.campaigns.rehearsal.cast import load_cast


def rehearse(
    campaign: Annotated[str, typer.Option(help="任务编号，比如 C-0001。")],
    transcripts: Annotated[Path | None, typer.Option(help="把演练的对话写到这个文件。")] = None,
    as_json: Json = False,
) -> None:
    """和模拟的居民演练一遍，说出预计打几天、问完多少户、出多少工单。例：./linyin rehearse --campaign C-0001

    JSON：campaign、predicted_hours、predicted_hours_between、predicted_completed、predicted_tickets_per_worker、
    warnings、contacts、visits、predicted_calls、predicted_line_hours、predicted_outcomes、predicted_cost_yuan、
    predicted_messages、predicted_tickets、tickets_by_worker、questions_spared、questions_asked、experience_calls、
    calls、seconds_a_call、misheard、stuck、seconds。
    """
    found, seconds = asyncio.run(_rehearse(campaign))
    if transcripts is not None:
        transcripts.write_text("\n".join(_transcript(found)), encoding="utf-8")
    report(
        {"campaign": campaign, **found.predicted, "seconds": round(seconds, 1)},
        told(found, seconds),
        as_json=as_json,
    )


def rehearse_named(
    campaign: Annotated[str, typer.Argument(help="任务编号，比如 C-0001。", metavar="任务")], as_json: Json = False
) -> None:
    """和模拟的居民演练一遍；和 ./linyin rehearse 一样。例：./linyin campaign rehearse C-0001"""
    rehearse(campaign, None, as_json)


async def _rehearse(campaign: str) -> tuple[RehearsalReport, float]:
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store:
        async with running(settings, store, clock, progress=progress) as system:
            began = clock.now()
            found = await Rehearsals.of(system).run(campaign, role="admin")
            return found, (clock.now() - began) / timedelta(seconds=1)


def told(found: RehearsalReport, seconds: float) -> list[str]:
    """A rehearsal in a few lines."""
    said = found.predicted
    return [
        f"演练了 {said['calls']} 通，用了 {seconds:.0f} 秒。要打 {said['contacts']} 户，直接上门 {said['visits']} 户。",
        f"预计：{said['predicted_hours']:.1f} 小时打完（多半 {said['predicted_hours_between'][0]:.0f} 到 "
        f"{said['predicted_hours_between'][1]:.0f} 小时），打 {said['predicted_calls']} 次，"
        f"问完 {said['predicted_completed']} 户，话费 {said['predicted_cost_yuan']:.0f} 元。",
        f"预计工单 {said['predicted_tickets']} 张，每位网格员 {said['predicted_tickets_per_worker']} 张。",
        *(f"注意：{warning}" for warning in said["warnings"]),
    ]


def _transcript(found: RehearsalReport) -> list[str]:
    names = {"assistant": "邻音", "resident": "居民", "fact": "—— "}
    lines, cast = [], load_cast()
    for call in found.calls:
        lines.append(
            f"【{cast.persona(call.persona).label}】{call.disposition} {call.outcome or ''} {call.seconds:.0f} 秒"
        )
        lines += [f"{names[line['who']]}：{line['text']}" for line in call.lines]
        lines.append("")
    return lines
