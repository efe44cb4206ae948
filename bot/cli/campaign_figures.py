"""./linyin campaign show, list, compare: how campaigns go and what they came to."""

from typing import Annotated, Any

import msgspec
import typer
from sqlalchemy import select

from bot.cli.reporting import Json, Which, report
from bot.clock import SystemClock
from bot.installation import opened
from bot.settings import read_settings
from campaigns.forecast import Prices
from campaigns.lifecycle import LABELS
from integrations.campaigns import book, comparison
from integrations.campaigns.borne_out import borne_out
from integrations.campaigns.figures import covered, figures
from integrations.storage.models import CampaignRow


def show(campaign: Which, as_json: Json = False) -> None:
    """一个任务现在怎么样。例：./linyin campaign show C-0001

    JSON：campaign、title、status、announced_at（通知贴出的时间，没贴为空）、contacts、contacts_done、dispositions、outcomes、attempts、calls、tickets、
    rates、coverage、foretold（演练过的任务：每一项有 predicted、actual、error，error 是多估的比例，少估为负）。
    """
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store, store.reading() as session:
        found = book.read(session, campaign)
        now, coverage = figures(session, found.id), covered(session, found.id)
        told = borne_out(session, found.id)
    told_now: dict[str, Any] = msgspec.to_builtins(now)
    report(
        {
            "campaign": found.key,
            "title": found.title,
            "status": found.status,
            "announced_at": found.announced_at,
            **told_now,
            "coverage": round(coverage.share, 4),
            "foretold": {
                each.what: {
                    "predicted": each.foretold,
                    "actual": round(each.came, 1),
                    "error": None if each.error is None else round(each.error, 3),
                }
                for each in told
            },
        },
        [
            f"{found.key}“{found.title}”：{LABELS[found.status]}，{now.contacts_done}/{now.contacts} 户办完，"
            f"有着落的 {coverage.share:.0%}。",
            "通知已经贴出，电话一开头会提到它。" if found.announced_at else "通知还没有登记贴出，电话里不提它。",
            *(f"  {kind}：{number}" for kind, number in now.outcomes.items()),
            *(f"  {each.label}：演练预计 {each.foretold:.4g}，到现在 {each.came:.4g}" for each in told),
        ],
        as_json=as_json,
    )


def listed(as_json: Json = False) -> None:
    """所有任务，新的在前。例：./linyin campaign list

    JSON：campaigns（各有 campaign、title、status、created_at）。
    """
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store, store.reading() as session:
        found = [book.campaign_of(row) for row in session.scalars(select(CampaignRow).order_by(CampaignRow.id.desc()))]
    report(
        {
            "campaigns": [
                {"campaign": each.key, "title": each.title, "status": each.status, "created_at": each.created_at}
                for each in found
            ]
        },
        [f"{each.key}  {LABELS[each.status]}  {each.title}" for each in found] or ["还没有任务。"],
        as_json=as_json,
    )


def compared(
    campaigns: Annotated[list[str], typer.Argument(help="任务编号，可以写几个。", metavar="任务…")],
    as_json: Json = False,
) -> None:
    """把几个任务放在一起比。例：./linyin campaign compare C-0001 C-0002

    JSON：campaigns（各有 campaign、title、contacts、completed、calls、hours、tickets、response、cooperation、coverage、
    cost_yuan、staff_minutes_saved、questions_spared）。
    """
    settings, clock = read_settings(), SystemClock()
    prices = Prices(minute=settings.price_per_minute, message=settings.price_per_message)
    with opened(settings, at=clock.now()) as store, store.reading() as session:
        found = comparison.compare(session, campaigns, prices)
    report(
        {
            "campaigns": [
                {
                    "campaign": each.campaign.key,
                    "title": each.campaign.title,
                    "contacts": each.contacts,
                    "completed": each.came_to.completed,
                    "calls": each.came_to.calls,
                    "hours": round(each.came_to.hours, 1),
                    "tickets": each.came_to.tickets,
                    "response": round(each.rates.response, 3),
                    "cooperation": round(each.rates.cooperation, 3),
                    "coverage": round(each.coverage, 3),
                    "cost_yuan": each.cost_yuan,
                    "staff_minutes_saved": each.saved.staff_minutes,
                    "questions_spared": each.saved.questions,
                }
                for each in found
            ]
        },
        [
            f"{each.campaign.key} {each.campaign.title}：{each.contacts} 户，问完 {each.came_to.completed} 户"
            f"（{each.rates.response:.0%}），打 {each.came_to.calls} 次，工单 {each.came_to.tickets} 张，"
            f"话费 {each.cost_yuan:.0f} 元，省下 {each.saved.staff_minutes} 分钟。"
            for each in found
        ],
        as_json=as_json,
    )
