"""./linyin keys: back up and change the key that seals personal data."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.reporting import Json, progress, report
from bot.clock import SystemClock
from bot.installation import opened
from bot.settings import read_settings
from integrations.storage.key_file import back_up_key_file
from integrations.storage.rotation import rotate_keys


def commands() -> typer.Typer:
    """The group."""
    group = typer.Typer(help="密钥：备份、更换。", no_args_is_help=True, rich_markup_mode=None)
    group.command("backup")(backup)
    group.command("rotate")(change)
    return group


def backup(
    to: Annotated[Path, typer.Argument(help="备份到哪个文件，放在别的机器或保险柜里", metavar="文件")],
    as_json: Json = False,
) -> None:
    """备份密钥；没有密钥，数据谁也读不出来。例：./linyin keys backup /media/u盘/linyin.key

    JSON：backup。
    """
    settings = read_settings()
    back_up_key_file(settings.keys, to)
    report({"backup": str(to)}, [f"已备份到 {to}，请和数据库分开保管。"], as_json=as_json)


def change(as_json: Json = False) -> None:
    """更换密钥，并把已有的数据重新加密；中断了再运行一次就接着做。例：./linyin keys rotate

    JSON：key（第几把密钥）、resumed（是否接着上次做）、rows（表 → 行数）。
    """
    settings, clock = read_settings(), SystemClock()
    progress("正在更换密钥，数据多时要几分钟…")
    with opened(settings, at=clock.now()) as store:
        done = rotate_keys(store, settings.keys, at=clock.now())
    report(
        {"key": done.key_number, "resumed": done.resumed, "rows": dict(done.rows)},
        [f"换好了，重新加密了 {sum(done.rows.values())} 行。请重新备份密钥。"],
        as_json=as_json,
    )
