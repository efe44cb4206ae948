"""./linyin import, sample-community and export."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from bot.cli.reporting import Json, progress, report
from bot.clock import SystemClock
from bot.installation import opened
from bot.settings import read_settings
from integrations.export.results import export_campaign
from integrations.registry.importing import NOBODY_AT_DESK, ImportReport, import_household_book
from integrations.registry.sample.workbook import sample_community
from integrations.registry.undoing import imports, undo_import
from integrations.storage.models import ImportRow

SHOWN_PROBLEMS = 20  # more than a screen of them is read in --json, or in the console


def import_book(
    file: Annotated[Path, typer.Argument(help="住户名册（xlsx、xls 或 csv）", metavar="文件")],
    preview: Annotated[bool, typer.Option("--preview", help="只检查，不入库。")] = False,
    as_json: Json = False,
) -> None:
    """把住户名册导入登记册；错的行逐条指出，对的行照常入库。例：./linyin import 住户名册.xlsx

    JSON：file、import_id、kept、rows、households 和 residents（created、updated、unchanged）、bad_rows（sheet、row、
    column、reason）、households_without_worker、households_without_deputy、nobody_at_desk、used_sheets、skipped_sheets、
    unread_columns（sheet、row、letter、heading、reason）。
    """
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store:
        progress("正在读名册…")
        done = import_household_book(file, store, at=clock.now(), community=settings.community, preview=preview)
    report(msgspec.to_builtins(done), told(done), as_json=as_json)


def told(done: ImportReport) -> list[str]:
    """An import in a few lines."""
    households, residents = done.households, done.residents
    lines = [
        f"{'导入' if done.kept else '检查（没有入库）'} {done.file}：{done.rows} 行，"
        f"新增 {households.created} 户、{residents.created} 人，更新 {households.updated} 户、{residents.updated} 人。"
    ]
    if done.import_id is not None:
        lines.append(f"导错了可以撤销：./linyin undo-import {done.import_id}")
    lines += [f"注意：{each}" for each in done.unread_columns]
    if done.bad_rows:
        lines.append(f"有 {len(done.bad_rows)} 行没有导入：")
        lines += [f"  {row}" for row in done.bad_rows[:SHOWN_PROBLEMS]]
        if len(done.bad_rows) > SHOWN_PROBLEMS:
            lines.append(f"  …还有 {len(done.bad_rows) - SHOWN_PROBLEMS} 行，用 --json 看全部。")
    for what, addresses in (
        ("网格员", done.households_without_worker),
        ("替补网格员", done.households_without_deputy),
    ):
        if addresses:
            lines.append(f"{len(addresses)} 户没有{what}，例如 {addresses[0]}；请在名册里补上。")
    if done.nobody_at_desk:
        lines.append(NOBODY_AT_DESK)
    return lines


def undo(
    import_id: Annotated[str, typer.Argument(help="导入时显示的编号；不写就是最近一次。", metavar="导入")] = "",
    as_json: Json = False,
) -> None:
    """撤销一次导入，登记册回到导入以前的样子。例：./linyin undo-import

    已经打过电话、开过工单的住户不能撤销。JSON：import_id、file、households_removed、residents_removed、rows_restored。
    """
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store, store.writing() as session:
        which = import_id or next((row.id for row in imports(session) if row.undone_at is None), "")
        done = undo_import(session, which, user_id=None, at=clock.now())
        file = session.get_one(ImportRow, which).file
    removed = f"{done.households_removed} 户、{done.residents_removed} 人"
    report(
        {"import_id": which, "file": file, **msgspec.to_builtins(done)},
        [f"撤销了“{file}”：去掉 {removed}，改回 {done.rows_restored} 处。"],
        as_json=as_json,
    )


def sample(
    to: Annotated[Path, typer.Argument(help="写到哪个文件", metavar="文件")] = Path("样例住户名册.xlsx"),
    shape: Annotated[str, typer.Option(help="多大的社区：yuling（4992 户）或 small（120 户）。")] = "yuling",
    households: Annotated[int | None, typer.Option(help="只要这么多户。", min=1)] = None,
    seed: Annotated[int, typer.Option(help="换一个数，就换一个社区。")] = 1,
    as_json: Json = False,
) -> None:
    """写一份虚构的住户名册，大小和毛病都像真的。例：./linyin sample-community --shape yuling 名册.xlsx

    JSON：file、households、residents、bad_rows。
    """
    book = sample_community(to, shape=shape, seed=seed, households=households)
    report(
        {"file": str(to), "households": book.households, "residents": book.residents, "bad_rows": len(book.planted)},
        [f"写好了 {to}：{book.households} 户，{book.residents} 人，其中故意写错 {len(book.planted)} 行。"],
        as_json=as_json,
    )


def export(
    campaign: Annotated[str, typer.Option(help="任务编号，比如 C-0001。")],
    to: Annotated[Path, typer.Option(help="写到哪个文件。")] = Path("结果.xlsx"),
    as_json: Json = False,
) -> None:
    """把一个任务的结果写成表格。例：./linyin export --campaign C-0001 --to 结果.xlsx

    JSON：file、sheets（工作表 → 行数）。
    """
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store:
        done = export_campaign(store, campaign, to, at=clock.now())
    report(
        {"file": str(to), "sheets": dict(done.sheets)},
        [f"写好了 {to}：" + "，".join(f"{name} {rows} 行" for name, rows in done.sheets.items()) + "。"],
        as_json=as_json,
    )
