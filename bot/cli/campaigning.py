"""./linyin campaign: the whole life of a campaign without the console."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
import typer
from sqlalchemy import select

from bot.cli.parties import chosen_questionnaire
from bot.cli.rehearsing import rehearse_named
from bot.cli.reporting import Json, report
from bot.cli.urgency import clock_time, urgent
from bot.clock import SystemClock
from bot.errors import InputRefused
from bot.installation import opened
from bot.settings import read_settings
from campaigns.audience import EXCLUSIONS, AudienceQuery
from campaigns.forecast import Prices
from campaigns.lifecycle import LABELS, Role, Step
from campaigns.pacing import Pacing
from campaigns.policy import CHANNELS, Channel, Policy
from campaigns.retry import RetryPolicy
from campaigns.window import CallingWindow
from dialogs.dictionary import load_dictionary
from integrations.campaigns import book, comparison, course, trials
from integrations.campaigns.audience import count
from integrations.campaigns.borne_out import borne_out
from integrations.campaigns.figures import covered, figures
from integrations.campaigns.launch import launch as launch_campaign
from integrations.storage import audit
from integrations.storage.models import CampaignRow, PlaceRow
from integrations.storage.store import StoreSession

ROLE: Role = "admin"  # whoever may type commands on this machine administers it
Which = Annotated[str, typer.Argument(help="任务编号，比如 C-0001。", metavar="任务")]


def commands() -> typer.Typer:
    """The group."""
    group = typer.Typer(help="任务：新建、演练、批准、启动、暂停、继续、停止、查看。", no_args_is_help=True)
    group.command("create")(create)
    group.command("rehearse")(rehearse_named)
    group.command("approve")(approve)
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


def create(
    *,
    questionnaire: Annotated[str, typer.Option(help="问哪份问卷，比如 health-follow-up。")],
    title: Annotated[str, typer.Option(help="任务名称，不写就用问卷的名称。")] = "",
    place: Annotated[list[str] | None, typer.Option(help="只要这个网格、小区或楼栋的住户，可以写几次。")] = None,
    age_from: Annotated[int | None, typer.Option(help="家里有这么大年纪以上的人。", min=0)] = None,
    missing: Annotated[list[str] | None, typer.Option(help="这一项还不知道或过期了的住户，可以写几次。")] = None,
    limit: Annotated[int | None, typer.Option(help="只取前这么多户。", min=1)] = None,
    opens: Annotated[str, typer.Option(help="几点开始打。")] = "08:00",
    closes: Annotated[str, typer.Option(help="几点以后不打。")] = "21:00",
    lines: Annotated[int, typer.Option(help="最多同时打几路。", min=1, max=5000)] = Pacing().lines,
    cap: Annotated[int, typer.Option(help="一户最多打几次。", min=1, max=10)] = RetryPolicy().cap,
    ladder: Annotated[
        str, typer.Option(help="先后用哪些方式：voice 电话，family 家属，sms 短信，visit 上门。")
    ] = "voice,visit",
    sms_link: Annotated[
        bool, typer.Option("--sms-link", help="短信里带一次性链接；要先设好 LINYIN_PUBLIC_URL。")
    ] = False,
    priority: Annotated[int, typer.Option(help="几个任务争线路时，数大的先打。", min=0, max=9)] = 0,
    as_json: Json = False,
) -> None:
    """新建任务，还不打电话。例：./linyin campaign create --questionnaire health-follow-up --place 第一网格

    JSON：campaign、id、title、status、households、to_call、to_visit（原因 → 户数）。
    """
    settings, clock = read_settings(), SystemClock()
    at = clock.now()
    policy = Policy(
        window=CallingWindow(opens=clock_time(opens), closes=clock_time(closes)),
        pacing=Pacing(lines=lines),
        retry=RetryPolicy(cap=cap),
        ladder=_ladder(ladder),
        sms_link=sms_link,
    )
    with opened(settings, at=at) as store, store.writing() as session:
        asked = chosen_questionnaire(session, questionnaire)
        query = AudienceQuery(
            places=tuple(_place(session, name) for name in place or ()),
            age_from=age_from,
            missing=tuple(missing or ()),
            limit=limit,
        )
        counted = count(session, query, policy.window_at(at), load_dictionary(), at=at)
        made = book.create(
            session,
            title=title or asked.title,
            questionnaire=asked.hash,
            audience=query,
            policy=policy,
            priority=priority,
            at=at,
        )
        _written_down(session, "campaign.created", made.id, at=at)
    report(
        {
            "campaign": made.key,
            "id": made.id,
            "title": made.title,
            "status": made.status,
            "households": counted.households,
            "to_call": counted.to_call,
            "to_visit": dict(counted.to_visit),
        },
        [
            f"新建了任务 {made.key}“{made.title}”：{counted.households} 户，打电话 {counted.to_call} 户，"
            f"上门 {counted.households - counted.to_call} 户。",
            f"下一步：./linyin rehearse --campaign {made.key}",
        ],
        as_json=as_json,
    )


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


def show(campaign: Which, as_json: Json = False) -> None:
    """一个任务现在怎么样。例：./linyin campaign show C-0001

    JSON：campaign、title、status、contacts、contacts_done、dispositions、outcomes、attempts、calls、tickets、
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


def _place(session: StoreSession, name: str) -> str:
    found = session.scalars(select(PlaceRow.id).where(PlaceRow.name == name)).all()
    if len(found) != 1:
        raise InputRefused(
            f"没有叫“{name}”的网格、小区或楼栋，请核对名称。"
            if not found
            else f"叫“{name}”的地方有 {len(found)} 个，请用网格或小区的名称。"
        )
    return found[0]


def _ladder(text: str) -> tuple[Channel, ...]:
    channels = text.replace("，", ",").replace(" ", "").split(",")
    try:
        return msgspec.convert(channels, tuple[Channel, ...])
    except msgspec.ValidationError as error:
        raise InputRefused(f"联系方式“{text}”看不懂，请用 {'、'.join(CHANNELS)}，用逗号分开。") from error
