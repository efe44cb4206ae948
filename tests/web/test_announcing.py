"""The notice on the screen: seen, printed, said to hang."""

from typing import Any

from sqlalchemy import select

from integrations.storage.models import AuditRow, CampaignRow


async def test_who_has_put_the_notice_up_says_so_and_may_take_it_back(town: Any, visitor: Any, account: Any) -> None:
    visitor.log_in("zhou", account("zhou", "grid_worker", town.workers[0]))
    page = f"/campaigns/{town.campaign}/announcement"
    assert "已经贴出或发出</button>" in visitor.page(page)
    assert "通知还没登记贴出" in visitor.page(f"/campaigns/{town.campaign}")
    shown = visitor.post(page, hangs="yes")
    assert "电话一开头就会提到它" in shown
    assert "已经贴出或发出</button>" not in shown
    with town.store.reading() as session:
        assert session.get_one(CampaignRow, town.campaign).announced_at is not None
        assert session.scalars(select(AuditRow).where(AuditRow.action == "campaign.announced")).one().user_id
    assert "通知还没登记贴出" not in visitor.page(f"/campaigns/{town.campaign}")
    assert "已经贴出或发出</button>" in visitor.post(page, hangs="no")


async def test_who_only_looks_is_not_offered_the_button(town: Any, visitor: Any, account: Any) -> None:
    visitor.log_in("shen", account("shen", "reviewer"))
    page = f"/campaigns/{town.campaign}/announcement"
    assert "已经贴出或发出</button>" not in visitor.page(page)
    assert "请联系" in visitor.post(page, 403, hangs="yes")
