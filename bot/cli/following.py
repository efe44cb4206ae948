"""./linyin series: follow-ups on set days after an event, and reminders before one."""

from datetime import date
from typing import Annotated

import typer

from bot.cli.parties import chosen_questionnaire
from bot.cli.reporting import Json, report
from bot.clock import SystemClock
from bot.errors import InputRefused
from bot.installation import opened
from bot.settings import read_settings
from campaigns.policy import Policy
from campaigns.series import LABELS
from integrations.campaigns import following
from integrations.registry.lookup import residents_by_phone
from integrations.storage.models import SeriesRow
from integrations.storage.store import StoreSession

Which = Annotated[str, typer.Argument(help="随访编号，比如 S-0001。", metavar="随访")]
STATUSES = {"draft": "草稿", "running": "进行中", "ended": "已结束"}


def commands() -> typer.Typer:
    """The group."""
    group = typer.Typer(help="随访：出院后第 1、3、7 天各问一次，或者提前一天提醒。", no_args_is_help=True)
    group.command("create")(create)
    group.command("approve")(approve)
    group.command("enrol")(enrol)
    group.command("show")(show)
    group.command("end")(end)
    return group


def create(
    questionnaire: Annotated[str, typer.Option(help="问哪份问卷，比如 health-follow-up。")],
    days: Annotated[str, typer.Option(help="事情以后第几天，用逗号分开；提前一天写 -1。")] = "1,3,7",
    title: Annotated[str, typer.Option(help="随访名称，不写就用问卷的名称。")] = "",
    as_json: Json = False,
) -> None:
    """新建随访。例：./linyin series create --questionnaire health-follow-up --days 1,3,7 --title 出院随访

    JSON：series、title、status、days。
    """
    settings, clock = read_settings(), SystemClock()
    at = clock.now()
    with opened(settings, at=at) as store, store.writing() as session:
        asked = chosen_questionnaire(session, questionnaire)
        row = following.create(
            session,
            title=title or asked.title,
            questionnaire=asked.hash,
            days=_days(days),
            policy=Policy(),
            at=at,
        )
    _told(row, as_json=as_json)


def approve(series: Which, as_json: Json = False) -> None:
    """批准，从此到日子自己打。例：./linyin series approve S-0001

    JSON：series、title、status、days。
    """
    settings, clock = read_settings(), SystemClock()
    at = clock.now()
    with opened(settings, at=at) as store, store.writing() as session:
        row = following.approve(session, series, role="admin", user_id=None, at=at)
    _told(row, as_json=as_json)


def enrol(
    series: Which,
    phone: Annotated[list[str], typer.Option(help="这个人登记的电话，可以写几次。")],
    event: Annotated[str, typer.Option(help="哪天出的院、哪天的预约，比如 2026-11-20。")],
    as_json: Json = False,
) -> None:
    """把人加进随访。例：./linyin series enrol S-0001 --phone 13900000001 --event 2026-11-20

    JSON：series、enrolled。
    """
    settings, clock = read_settings(), SystemClock()
    at = clock.now()
    try:
        event_on = date.fromisoformat(event)
    except ValueError as error:
        raise InputRefused(f"日期“{event}”看不懂，请写成 2026-11-20 这样。") from error
    with opened(settings, at=at) as store, store.writing() as session:
        residents = [_resident(session, each) for each in phone]
        new = following.enrol(session, series, residents, event_on=event_on, at=at)
    report({"series": series, "enrolled": new}, [f"加进了 {new} 个人。"], as_json=as_json)


def show(series: Which, as_json: Json = False) -> None:
    """一个随访里的人都到哪一步了。例：./linyin series show S-0001

    JSON：series、title、status、days、people（到哪一步 → 人数）。
    """
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store, store.reading() as session:
        row = following.find(session, series)
        people = following.counts(session, row.id)
    lines = [f"{row.key}“{row.title}”：{STATUSES[row.status]}，第 {'、'.join(map(str, row.days))} 天。"]
    lines += [f"  {LABELS[state]}：{number} 人" for state, number in people.items()]
    report(_row(row) | {"people": people}, lines, as_json=as_json)


def end(series: Which, as_json: Json = False) -> None:
    """结束，不再打。例：./linyin series end S-0001

    JSON：series、title、status、days。
    """
    settings, clock = read_settings(), SystemClock()
    at = clock.now()
    with opened(settings, at=at) as store, store.writing() as session:
        row = following.end(session, series, user_id=None, at=at)
    _told(row, as_json=as_json)


def _told(row: SeriesRow, *, as_json: bool) -> None:
    report(_row(row), [f"{row.key}“{row.title}”现在是“{STATUSES[row.status]}”。"], as_json=as_json)


def _row(row: SeriesRow) -> dict[str, object]:
    return {"series": row.key, "title": row.title, "status": row.status, "days": row.days}


def _days(text: str) -> list[int]:
    try:
        return [int(each) for each in text.replace("，", ",").replace("、", ",").split(",")]
    except ValueError as error:
        raise InputRefused(f"天数“{text}”看不懂，请写成 1,3,7 这样。") from error


def _resident(session: StoreSession, phone: str) -> str:
    found = residents_by_phone(session, phone)
    if not found:
        raise InputRefused("登记册里没有人用这个电话，请核对号码。")
    return found[0].id
