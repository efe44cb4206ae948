"""The way from an empty system to a campaign that calls, and how far it was gone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.web.reads.plan import questionnaires
from integrations.storage.models import CampaignRow, HouseholdRow


@dataclass(frozen=True, kw_only=True)
class GuideStep:
    """One step. Exactly one is `now`, until all are done."""

    title: str
    words: str
    href: str
    action: str  # what the button says
    done: bool
    now: bool = False


def guide(session: Session) -> Sequence[GuideStep]:
    """The steps; none once a campaign was launched here, for then staff know the way."""
    if session.scalar(select(func.count()).where(CampaignRow.launched_at.is_not(None))):
        return ()
    households = session.scalar(select(func.count()).select_from(HouseholdRow)) or 0
    newest = session.execute(
        select(CampaignRow.id, CampaignRow.title, CampaignRow.status).order_by(CampaignRow.created_at.desc()).limit(1)
    ).first()
    campaign, title, status = newest or ("", "", "")
    here = f"/campaigns/{campaign}"
    asked = len(questionnaires(session))
    found = [
        GuideStep(
            title="导入住户名册",
            words=f"登记册里有 {households} 户。" if households else "直接用社区现有的表格，先看看会怎样，再导入。",
            href="/registry/import",
            action="导入名册",
            done=households > 0,
        ),
        GuideStep(
            title="选问卷，建任务",
            words=f"“{title}”的草稿建好了。" if campaign else f"有 {asked} 份现成的问卷，能看能听；选好问哪些住户。",
            href="/campaigns/new",
            action="新建任务",
            done=bool(campaign),
        ),
        GuideStep(
            title="演练",
            words="和模拟的居民谈过了。"
            if status in {"rehearsed", "approved"}
            else "先和几十位模拟的居民谈一遍，不打真电话，大约一分钟。",
            href=here,
            action="去演练",
            done=status in {"rehearsed", "approved"},
        ),
        GuideStep(
            title="批准",
            words="已经批准。" if status == "approved" else "看过对话和预计，由网格长、隐私审查员或管理员批准。",
            href=here,
            action="去看演练、批准",
            done=status == "approved",
        ),
        GuideStep(
            title="启动，看实况",
            words="到了拨打时段就开始打电话，随时可以暂停。",
            href=here,
            action="去启动",
            done=False,
        ),
    ]
    first = next(number for number, each in enumerate(found) if not each.done)
    return [replace(each, now=number == first) for number, each in enumerate(found)]
