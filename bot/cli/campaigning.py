"""./linyin campaign: the steps of a campaign without the console."""

from datetime import datetime
from typing import Annotated

import typer

from bot.cli.campaign_announcing import announce
from bot.cli.campaign_draft import create
from bot.cli.campaign_figures import compared, listed, show
from bot.cli.rehearsing import rehearse_named
from bot.cli.reporting import Json, Which, report
from bot.cli.urgency import urgent
from bot.clock import SystemClock
from bot.installation import opened
from bot.settings import read_settings
from campaigns.audience import EXCLUSIONS
from campaigns.lifecycle import LABELS, Role, Step
from dialogs.dictionary import load_dictionary
from integrations.campaigns import book, course, trials
from integrations.campaigns.launch import launch as launch_campaign
from integrations.storage import audit
from integrations.storage.store import StoreSession

ROLE: Role = "admin"  # whoever may type commands on this machine administers it


def commands() -> typer.Typer:
    """The group."""
    group = typer.Typer(help="任务：新建、演练、批准、启动、暂停、继续、停止、查看。", no_args_is_help=True)
    group.command("create")(create)
    group.command("rehearse")(rehearse_named)
    group.command("approve")(approve)
    group.command("announce")(announce)
    group.command("launch")(launch)
    group.command("pause")(pause)
    group.command("resume")(resume)
    group.command("stop")(stop)
    group.command("urgent")(urgent)
    group.command("try")(try_out)
    group.command("show")(show)
    group.command("list")(listed)
    group.command("compare")(compared)
    return group


def approve(campaign: Which, as_json: Json = False) -> None:
    """批准一个演练过的任务。例：./linyin campaign approve C-0001

    JSON：campaign、status。
    """
    _stepped(campaign, "approve", as_json=as_json)


def launch(campaign: Which, as_json: Json = False) -> None:
    """启动：定下名单，开始打电话（要有 ./linyin serve 在运行）。例：./linyin campaign launch C-0001

    JSON：campaign、status、contacts、visits（原因 → 户数）。
    """
    settings, clock = read_settings(), SystemClock()
    at = clock.now()
    with opened(settings, at=at) as store, store.writing() as session:
        found = book.read(session, campaign)
        done = launch_campaign(session, found.id, role=ROLE, dictionary=load_dictionary(), at=at)
        _written_down(session, "campaign.launched", found.id, at=at)
    visits = "，".join(f"{EXCLUSIONS[reason]} {number} 户" for reason, number in done.visits.items())
    report(
        {"campaign": found.key, "status": "running", "contacts": done.contacts, "visits": dict(done.visits)},
        [f"启动了 {found.key}：打电话 {done.contacts} 户" + (f"；直接上门：{visits}。" if visits else "。")],
        as_json=as_json,
    )


def try_out(
    campaign: Which,
    number: Annotated[str, typer.Option(help="打到哪个号码：自己的手机或座机。")],
    as_json: Json = False,
) -> None:
    """打到自己的电话上听一遍，什么都不记。例：./linyin campaign try C-0001 --number 13900000001

    要有 ./linyin serve 在运行。

    JSON：campaign、trial。
    """
    settings, clock = read_settings(), SystemClock()
    at = clock.now()
    with opened(settings, at=at) as store, store.writing() as session:
        found = book.read(session, campaign)
        trial = trials.ask(
            session, questionnaire=found.questionnaire, phone=number, asked_by=None, campaign_id=found.id, at=at
        )
    report({"campaign": found.key, "trial": trial}, ["马上就打过去，请接电话。"], as_json=as_json)


def pause(campaign: Which, as_json: Json = False) -> None:
    """暂停：不再拨新电话，正在打的打完。例：./linyin campaign pause C-0001

    JSON：campaign、status。
    """
    _stepped(campaign, "pause", as_json=as_json)


def resume(campaign: Which, as_json: Json = False) -> None:
    """继续一个暂停的任务。例：./linyin campaign resume C-0001

    JSON：campaign、status。
    """
    _stepped(campaign, "resume", as_json=as_json)


def stop(campaign: Which, as_json: Json = False) -> None:
    """停止：不再打了，没打完的户记为没联系上。例：./linyin campaign stop C-0001

    JSON：campaign、status、left（没打完的户数）。
    """
    settings, clock = read_settings(), SystemClock()
    at = clock.now()
    with opened(settings, at=at) as store, store.writing() as session:
        found = book.read(session, campaign)
        left = course.stop(session, found.id, role=ROLE, at=at)
        _written_down(session, "campaign.stopped", found.id, at=at)
    report(
        {"campaign": found.key, "status": "stopped", "left": left},
        [f"停止了 {found.key}，还有 {left} 户没有打完。"],
        as_json=as_json,
    )


def _stepped(campaign: str, what: Step, *, as_json: bool) -> None:
    settings, clock = read_settings(), SystemClock()
    at = clock.now()
    with opened(settings, at=at) as store, store.writing() as session:
        done = book.step(session, book.read(session, campaign).id, what, role=ROLE)
        _written_down(session, _ACTIONS[what], done.id, at=at)
    report(
        {"campaign": done.key, "status": done.status}, [f"{done.key} 现在是“{LABELS[done.status]}”。"], as_json=as_json
    )


_ACTIONS: dict[Step, str] = {
    "approve": "campaign.approved",
    "pause": "campaign.paused",
    "resume": "campaign.resumed",
}


def _written_down(session: StoreSession, action: str, campaign_id: str, *, at: datetime) -> None:
    audit.record(session, user_id=None, action=action, object_kind="campaign", object_id=campaign_id, at=at)
