"""./linyin campaign create: a draft, with its audience counted."""

from typing import Annotated

import msgspec
import typer
from sqlalchemy import select

from bot.cli.parties import chosen_questionnaire
from bot.cli.reporting import Json, report
from bot.cli.urgency import clock_time
from bot.clock import SystemClock
from bot.errors import InputRefused
from bot.installation import opened
from bot.settings import read_settings
from campaigns.audience import AudienceQuery
from campaigns.pacing import Pacing
from campaigns.policy import CHANNELS, Channel, Policy
from campaigns.retry import RetryPolicy
from campaigns.window import CallingWindow
from dialogs.dictionary import load_dictionary
from integrations.campaigns import book
from integrations.campaigns.audience import count
from integrations.storage import audit
from integrations.storage.models import PlaceRow
from integrations.storage.store import StoreSession


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
        audit.record(session, user_id=None, action="campaign.created", object_kind="campaign", object_id=made.id, at=at)
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
