"""应急 on the screen: declared with a reason, shown, ended by itself or by hand."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from integrations.storage.models import AuditRow


async def test_an_urgent_mode_is_declared_with_a_reason_shown_and_over_by_itself(town: Any, admin: Any) -> None:
    page = f"/campaigns/{town.campaign}"
    assert "请写一句为什么应急" in admin.post(f"{page}/urgent", 422, why=" ")
    shown = admin.post(f"{page}/urgent", why="台风红色预警", hours="1", closes="22:00", cap="6")
    for words in ("应急中", "台风红色预警", "–22:00", "最多 6 次", "提前结束应急"):
        assert words in shown, words
    with town.store.reading() as session:
        assert session.scalars(select(AuditRow).where(AuditRow.action == "campaign.urgent")).one().user_id
    town.clock.advance(timedelta(minutes=61))
    assert "应急中" not in admin.page(page)
    admin.post(f"{page}/urgent", why="又来了")
    assert "应急中" not in admin.post(f"{page}/urgent/end")


async def test_in_an_urgent_mode_a_draft_is_approved_without_a_rehearsal(town: Any, admin: Any) -> None:
    admin.post("/campaigns", title="台风通知", questionnaire=town.questionnaire)
    draft = admin.client.get("/campaigns").text.split("台风通知")[0].rsplit("/campaigns/", 1)[1].split('"')[0]
    admin.post(f"/campaigns/{draft}/approve", 409)
    assert "批准</button>" in admin.post(f"/campaigns/{draft}/urgent", why="台风红色预警")
    assert "已批准" in admin.post(f"/campaigns/{draft}/approve")


async def test_who_may_not_declare_is_told_who_may(town: Any, visitor: Any, account: Any) -> None:
    visitor.log_in("lin", account("lin", "staff"))
    assert "转入应急" not in visitor.page(f"/campaigns/{town.campaign}")
    assert "请联系" in visitor.post(f"/campaigns/{town.campaign}/urgent", 403, why="x")
