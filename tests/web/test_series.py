"""Follow-ups on the screen: made from a questionnaire and dates, approved, called by themselves, one person stopped."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.clock import BEIJING
from campaigns.disposition import Disposition
from campaigns.policy import Policy
from integrations.campaigns.following import create, enrol, follow
from integrations.storage.models import AttemptRow, CampaignRow, EnrolmentRow, SeriesRow


def made(town: Any, admin: Any, days: str = "1、3、7") -> str:
    """The path of a new series."""
    admin.post("/series", title="出院随访", questionnaire=town.questionnaire, days=days)
    with town.store.reading() as session:
        series: str = session.scalars(select(SeriesRow.id)).one()
    return f"/series/{series}"


def yesterday(town: Any) -> str:
    return str((town.clock.now().astimezone(BEIJING) - timedelta(days=1)).date())


def look(town: Any) -> None:
    with town.store.writing() as session:
        follow(session, town.dictionary, at=town.clock.now())


async def test_an_empty_page_says_what_to_do(town: Any, admin: Any) -> None:
    assert "还没有随访" in admin.page("/series")
    assert 'href="/series"' in admin.page("/campaigns")


async def test_from_a_questionnaire_and_dates_to_calls_that_come_by_themselves(town: Any, admin: Any) -> None:
    path = made(town, admin)
    assert "第 1 天、第 3 天、第 7 天" in admin.page(path)
    admin.post(f"{path}/people", lines=f"13812340001 {yesterday(town)}\n13812340006，{yesterday(town)}\n")
    admin.post(f"{path}/approve")
    look(town)
    page = admin.page(path)
    for words in ("王秀英", "这一次正在打", "打过的每一天", "不再随访"):
        assert words in page, words
    assert "出院随访（" in admin.page("/campaigns")


async def test_a_line_that_is_wrong_is_named_and_nobody_is_put_in(town: Any, admin: Any) -> None:
    path = made(town, admin)
    for lines, told in (
        (f"13812340001 {yesterday(town)}\n13812340006 十一月", "第 2 行的日期"),
        ("13812340001", "第 1 行要写电话和日期"),
        (f"\n13999999999 {yesterday(town)}", "第 2 行的电话登记册里没有"),
        ("  \n", "一行一个"),
    ):
        assert told in admin.post(f"{path}/people", 422, lines=lines), lines
    with town.store.reading() as session:
        assert session.scalars(select(EnrolmentRow)).all() == []
    assert "看不懂" in admin.post("/series", 422, title="随访", questionnaire=town.questionnaire, days="一三七")


async def test_one_person_is_stopped_and_is_not_rung_any_more(town: Any, admin: Any) -> None:
    path = made(town, admin)
    admin.post(f"{path}/people", lines=f"13812340001 {yesterday(town)}\n13812340006 {yesterday(town)}")
    admin.post(f"{path}/approve")
    look(town)
    with town.store.reading() as session:
        enrolment = session.scalars(
            select(EnrolmentRow).where(EnrolmentRow.resident_id == town.residents["赵志强"])
        ).one()
    admin.post(f"{path}/people/{enrolment.id}/stop")
    with town.store.reading() as session:
        kept = session.get_one(EnrolmentRow, enrolment.id)
        attempts = session.scalars(select(AttemptRow.status).where(AttemptRow.contact_id == enrolment.contact_id)).all()
    assert (kept.state, kept.due_on, list(attempts)) == ("withdrawn", None, ["cancelled"])
    town.clock.advance(timedelta(minutes=10))
    town.dial()
    assert set(town.ready) == {"王秀英"}
    await town.call("王秀英", disposition=Disposition.EMPTY_NUMBER)
    look(town)
    assert "上一次没联系上" in admin.page(path)
    admin.post(f"{path}/end")
    assert "已结束" in admin.page(path)


async def test_who_only_looks_changes_nothing(town: Any, visitor: Any, account: Any, admin: Any) -> None:
    path = made(town, admin)
    admin.client.cookies.clear()
    visitor.log_in("reviewer", account("reviewer", "reviewer"))
    visitor.page(path)
    visitor.post("/series", 403, title="x", questionnaire=town.questionnaire, days="1")
    visitor.post(f"{path}/people", 403, lines="")
    visitor.post(f"{path}/approve")
    with town.store.reading() as session:
        assert session.scalars(select(SeriesRow.status)).one() == "running"
        assert session.scalars(select(CampaignRow).where(CampaignRow.series_id.is_not(None))).all() == []


async def test_the_pages_in_a_browser(town: Any, desk: Any, telephone: Any, administrator: Any) -> None:
    at = town.clock.now()
    with town.store.writing() as session:
        days = {"title": "出院随访", "questionnaire": town.questionnaire, "days": (1, 3, 7)}
        series = create(session, **days, policy=Policy(), at=at)
        enrol(session, series.id, [town.residents["王秀英"]], event_on=at.astimezone(BEIJING).date(), at=at)
        path = f"/series/{series.id}"
    for shown in (desk, telephone):
        await administrator(shown)
        for name, where in (("list", "/series"), ("one", path)):
            await shown.go(where)
            await shown.check(f"series-{name}-{shown.page.viewport_size['width']}")
