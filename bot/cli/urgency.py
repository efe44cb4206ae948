"""./linyin campaign urgent: 应急 for a while, then 常态 again by itself."""

from datetime import time, timedelta
from typing import Annotated

import typer

from bot.cli.reporting import Json, report
from bot.clock import SystemClock
from bot.errors import InputRefused
from bot.installation import opened
from bot.settings import read_settings
from campaigns.policy import Mode
from campaigns.window import CallingWindow
from dialogs.call_hours import BEIJING
from integrations.campaigns import book
from integrations.campaigns.modes import declare_urgent, end_urgent


def urgent(
    *,
    campaign: Annotated[str, typer.Argument(help="任务编号，比如 C-0001。", metavar="任务")],
    why: Annotated[str, typer.Option(help="为什么应急，写一句；要留下记录。")] = "",
    hours: Annotated[int, typer.Option(help="应急多少小时，到时间自己恢复。", min=1, max=72)] = 12,
    opens: Annotated[str, typer.Option(help="这段时间几点开始打。")] = "08:00",
    closes: Annotated[str, typer.Option(help="这段时间几点以后不打。")] = "21:00",
    cap: Annotated[int, typer.Option(help="这段时间一户最多打几次。", min=1, max=10)] = 5,
    end: Annotated[bool, typer.Option("--end", help="提前恢复常态。")] = False,
    as_json: Json = False,
) -> None:
    """应急：一段时间里换拨打时段和次数，到时间自己恢复常态。例：./linyin campaign urgent C-0001 --why 停水抢修

    JSON：campaign、status、urgent_until（恢复常态的时间，常态时为空）。
    """
    settings, clock = read_settings(), SystemClock()
    at = clock.now()
    window = CallingWindow(opens=clock_time(opens), closes=clock_time(closes))
    mode = Mode(until=at + timedelta(hours=hours), window=window, cap=cap, why=why.strip())
    with opened(settings, at=at) as store, store.writing() as session:
        found = book.read(session, campaign)
        if end:
            done = end_urgent(session, found.id, role="admin", user_id=None, at=at)
        else:
            done = declare_urgent(session, found.id, mode, role="admin", user_id=None, at=at)
    now = done.policy.urgent_at(at)
    until = now.until.astimezone(BEIJING) if now else None
    report(
        {"campaign": done.key, "status": done.status, "urgent_until": until.isoformat() if until else None},
        [f"{done.key} 现在应急，{until:%m月%d日 %H:%M} 自己恢复常态。" if until else f"{done.key} 现在是常态。"],
        as_json=as_json,
    )


def clock_time(text: str) -> time:
    """09:00 as it was typed. Raises InputRefused."""
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise InputRefused(f"时间“{text}”看不懂，请写成 09:00 这样。") from error
