"""Campaigns side by side."""

from datetime import timedelta
from typing import Any

from integrations.storage.models import CampaignRow


async def test_rounds_stand_side_by_side_with_what_was_foretold(town: Any, admin: Any) -> None:
    admin.post(f"/campaigns/{town.campaign}/stop")
    admin.post("/campaigns", title="第二轮", questionnaire=town.questionnaire)
    second = admin.client.get("/campaigns").text.split("第二轮")[0].rsplit("/campaigns/", 1)[1].split('"')[0]
    admin.post(f"/campaigns/{second}/rehearse")
    while "hx-refresh" not in admin.client.get(f"/campaigns/{second}/rehearsal").headers:
        pass
    for step in ("approve", "launch"):
        admin.post(f"/campaigns/{second}/{step}")
    town.clock.advance(timedelta(minutes=1))
    assert "比较勾选的任务" in admin.page("/campaigns")
    page = admin.page("/campaigns/compare")
    for words in ("十一月健康随访", "第二轮", "演练预计", "RR1", "有着落的户", "替工作人员省下"):
        assert words in page, words
    assert "第二轮" not in admin.page(f"/campaigns/compare?of={town.campaign}")
    admin.post(f"/campaigns/{second}/stop")
    stopped = admin.page(f"/campaigns/{second}")
    assert "演练预计得准不准" not in stopped  # nobody foretold that it would be stopped
    assert "6 户没有着落" in stopped
    with town.store.writing() as session:
        session.get_one(CampaignRow, second).status = "finished"
    assert "演练预计得准不准" in admin.page(f"/campaigns/{second}")


def test_before_the_first_launch_there_is_nothing_to_compare(empty_town: Any, admin: Any) -> None:
    assert "还没有启动过的任务" in admin.page("/campaigns/compare")


async def test_who_sees_one_grid_only_compares_nothing(town: Any, visitor: Any, account: Any) -> None:
    visitor.log_in("lead", account("lead", "grid_lead", town.workers[0]))
    visitor.page("/campaigns/compare", 403)


async def test_the_registry_proposes_what_it_lacks_and_the_form_takes_it_over(town: Any, admin: Any) -> None:
    page = admin.page("/campaigns/proposals")
    assert "登记册里还缺的" in page
    assert "一户一表信息核对" in page
    link = page.split('href="')[1].split('"')[0].replace("&amp;", "&")
    form = admin.page(link)
    assert form.count('name="missing"') > form.count("checked") > 1
    assert "6</span> 户缺少或过期" in page


def test_an_empty_registry_proposes_nothing(empty_town: Any, admin: Any) -> None:
    assert "登记册里还缺的" not in admin.page("/campaigns/proposals")
