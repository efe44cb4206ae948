"""./linyin campaign announce: the notice of a campaign, and whether it hangs."""

from typing import Annotated

import typer

from bot.cli.reporting import Json, Which, report
from bot.clock import SystemClock
from bot.installation import opened
from bot.settings import read_settings
from dialogs.call_hours import BEIJING
from integrations.campaigns import book
from integrations.campaigns.announcing import announcement, declare


def announce(
    campaign: Which,
    hangs: Annotated[
        bool | None, typer.Option("--hangs/--not-hanging", help="登记：通知贴出或发出了；或者其实没有。")
    ] = None,
    as_json: Json = False,
) -> None:
    """看一个任务的通知；贴好了登记一声，电话一开头就会提到它。例：./linyin campaign announce C-0001 --hangs

    JSON：campaign、announced_at（登记贴出的时间，没有为空）、title、notice（一段一段）、group_text、
    worker_script（各有 question、answer）。
    """
    settings, clock = read_settings(), SystemClock()
    at = clock.now()
    with opened(settings, at=at) as store, store.writing() as session:
        found = book.read(session, campaign)
        if hangs is not None:
            found = declare(session, found.id, hangs=hangs, role="admin", user_id=None, at=at)
        texts = announcement(
            session, found, community=settings.community, callback_number=settings.callback_number, at=at
        )
    since = found.announced_at.astimezone(BEIJING) if found.announced_at else None
    report(
        {
            "campaign": found.key,
            "announced_at": since.isoformat() if since else None,
            "title": texts.title,
            "notice": texts.notice,
            "group_text": texts.group_text,
            "worker_script": [{"question": question, "answer": answer} for question, answer in texts.worker_script],
        },
        [
            texts.title,
            *texts.notice,
            "",
            texts.group_text,
            "",
            f"通知 {since:%m月%d日 %H:%M} 登记贴出，电话一开头会提到它。"
            if since
            else f"还没有登记贴出。贴好以后：./linyin campaign announce {found.key} --hangs",
        ],
        as_json=as_json,
    )
