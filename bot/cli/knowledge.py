"""./linyin knowledge: notices that answer residents' questions, and the questions that nobody could answer."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.reporting import Json, report
from bot.clock import SystemClock
from bot.installation import opened
from bot.settings import read_settings
from integrations.knowledge.notices import add_notice, unmet_questions


def commands() -> typer.Typer:
    """The group."""
    group = typer.Typer(help="政策通知：添加，看居民问了什么。", no_args_is_help=True, rich_markup_mode=None)
    group.command("add")(add)
    group.command("unmet")(unmet)
    return group


def add(
    file: Annotated[Path, typer.Argument(help="通知（docx、pdf、md 或 txt）", metavar="文件")],
    as_json: Json = False,
) -> None:
    """添加一份通知；居民问到时，照原文回答并说明出处。例：./linyin knowledge add 高龄津贴.docx

    JSON：source、passages、published。
    """
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store, store.writing() as session:
        passages = add_notice(session, file, at=clock.now())
    first = passages[0]
    report(
        {"source": first.source, "passages": len(passages), "published": first.published},
        [f"添加好了：《{first.source}》，{len(passages)} 段。"],
        as_json=as_json,
    )


def unmet(as_json: Json = False) -> None:
    """列出居民问了、没有通知能回答的问题，问得多的在前。例：./linyin knowledge unmet

    JSON：questions（question、count、at）。
    """
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store, store.reading() as session:
        rows = [{"question": row.question, "count": row.count, "at": row.at} for row in unmet_questions(session)]
    lines = [f"{row['count']} 次  {row['question']}" for row in rows] or ["目前没有。"]
    report({"questions": rows}, lines, as_json=as_json)
