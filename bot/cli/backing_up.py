"""./linyin backup and restore: the database as one file, while the program runs."""

import time
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.reporting import Json, progress, report
from bot.clock import SystemClock
from bot.installation import opened
from bot.settings import read_settings
from integrations.storage import backup as copies
from integrations.storage.errors import KeyFileMissing


def backup(
    to: Annotated[Path, typer.Argument(help="备份到哪个文件", metavar="文件")],
    as_json: Json = False,
) -> None:
    """备份数据库，不用停机；密钥要另外备份。例：./linyin backup /media/u盘/linyin-0301.db

    JSON：backup、bytes、seconds。
    """
    settings, clock, began = read_settings(), SystemClock(), time.monotonic()
    with opened(settings, at=clock.now()) as store:
        size = copies.back_up(store, to)
    report(
        {"backup": str(to), "bytes": size, "seconds": round(time.monotonic() - began, 1)},
        [
            f"已备份到 {to}（{size / 1e6:.1f} MB）。",
            "密钥不在备份里：请用 ./linyin keys backup 另外备份，和数据库分开保管；没有密钥，备份谁也读不出来。",
        ],
        as_json=as_json,
    )


def put_back(
    backup: Annotated[Path, typer.Argument(help="备份文件", metavar="文件")],
    replace: Annotated[bool, typer.Option("--replace", help="数据库里已经有住户，全部换掉。")] = False,
    as_json: Json = False,
) -> None:
    """从备份恢复数据库，不用停机；进行中的任务恢复后是暂停的。例：./linyin restore /media/u盘/linyin-0301.db

    JSON：households、campaigns_paused、seconds。
    """
    settings, clock, began = read_settings(), SystemClock(), time.monotonic()
    if not settings.keys.exists():  # a new key would open nothing
        raise KeyFileMissing(f"找不到密钥文件 {settings.keys}：请先把备份的密钥文件放到这里，再恢复。")
    progress("正在核对备份和密钥…")
    with opened(settings, at=clock.now()) as store:
        done = copies.restore(store, backup, at=clock.now(), replace=replace)
    report(
        {
            "households": done.households,
            "campaigns_paused": done.campaigns_paused,
            "seconds": round(time.monotonic() - began, 1),
        },
        [
            f"恢复好了：{done.households} 户。",
            f"备份时正在进行的 {done.campaigns_paused} 个任务现在是“已暂停”：备份以后可能已经打过电话，看过了再继续。",
        ],
        as_json=as_json,
    )
