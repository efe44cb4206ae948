"""Roles, grids, forms of other sites, and the trail that every look leaves."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.auth.scope import scope_of
from integrations.storage.models import AuditRow, ContactRow, HouseholdRow, PlaceRow, RecordRow, TicketRow, WorkerRow


def household_of(town: Any, name: str) -> str:
    with town.store.reading() as session:
        found = session.scalar(select(ContactRow.household_id).where(ContactRow.resident_id == town.residents[name]))
    assert found is not None
    return str(found)


def log_in_as(browser: Any, account: Any, role: str, worker: str | None = None) -> Any:
    browser.log_in(role.replace("_", "-"), account(role.replace("_", "-"), role, worker))
    return browser


def last_audit(town: Any) -> AuditRow:
    with town.store.reading() as session:
        return session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()


async def alone(town: Any) -> None:
    """Nobody stands in for a colleague, so that only the grid decides."""
    with town.store.writing() as session:
        for household in session.scalars(select(HouseholdRow)):
            household.deputy_id = None


async def test_a_grid_worker_sees_only_their_own_grid(town: Any, visitor: Any, account: Any) -> None:
    await alone(town)
    worker = log_in_as(visitor, account, "grid_worker", town.workers[0])
    names = worker.page(f"/campaigns/{town.campaign}/contacts")
    assert "王秀英" in names
    assert "陈德福" not in names
    worker.page(f"/contacts/{town.contact('王秀英')}")
    worker.page(f"/contacts/{town.contact('陈德福')}", 404)
    worker.page(f"/households/{household_of(town, '陈德福')}", 404)
    assert (
        worker.client.post(
            f"/residents/{town.residents['陈德福']}/phone", headers={"x-csrf-token": worker.csrf}
        ).status_code
        == 404
    )
    assert "没有找到" in worker.post("/registry/search", wanted="陈德福")
    wall = worker.page(f"/campaigns/{town.campaign}")
    assert "陈德福" not in wall
    assert "刘玉珍" not in wall


async def test_a_deputy_sees_the_household_they_stand_in_for(town: Any, visitor: Any, account: Any) -> None:
    worker = log_in_as(visitor, account, "grid_worker", town.workers[0])
    worker.page(f"/households/{household_of(town, '陈德福')}")


async def test_a_lead_of_the_community_sees_every_grid_below(town: Any, store: Any) -> None:
    with store.writing() as session:
        community = session.scalars(select(PlaceRow.id).where(PlaceRow.kind == "community")).one()
        lead = WorkerRow(id=session.new_id(at=town.clock.now()), name="冯网格长", role="grid_lead", grid_id=community)
        session.add(lead)
    with store.reading() as session:
        scope = scope_of(session, "grid_lead", lead.id)
        assert set(town.grids) <= scope.grids
        assert len(session.scalars(select(HouseholdRow).where(scope.households())).all()) == 6


async def test_the_reviewer_sees_figures_and_the_trail_but_no_names(town: Any, visitor: Any, account: Any) -> None:
    reviewer = log_in_as(visitor, account, "reviewer")
    wall = reviewer.page(f"/campaigns/{town.campaign}")
    for private in ("王秀英", "有点发烧", "胸口疼"):
        assert private not in wall
    reviewer.page("/audit")
    for closed in (f"/campaigns/{town.campaign}/contacts", "/registry", "/tickets", "/exports", "/users"):
        reviewer.page(closed, 403)


@pytest.mark.parametrize(
    ("role", "closed"),
    [
        ("staff", ("/audit", "/users")),
        ("grid_worker", ("/audit", "/users", "/exports", "/registry/import", "/campaigns/new")),
        ("grid_lead", ("/audit", "/users", "/exports", "/registry/import", "/campaigns/new")),
    ],
)
async def test_each_role_is_kept_out_of_what_is_not_its_own(
    town: Any, visitor: Any, account: Any, role: str, closed: tuple[str, ...]
) -> None:
    browser = log_in_as(visitor, account, role, town.workers[0])
    for path in closed:
        browser.page(path, 403)


async def test_a_form_without_this_sessions_token_changes_nothing(town: Any, admin: Any) -> None:
    with town.store.reading() as session:
        ticket = session.scalars(select(TicketRow).where(TicketRow.kind == "chest_pain")).one()
    for sent in ({}, {"csrf": "wrong"}):
        assert admin.client.post(f"/tickets/{ticket.id}/accept", data=sent).status_code == 403
    admin.post(f"/tickets/{ticket.id}/accept")
    with town.store.reading() as session:
        assert session.get_one(TicketRow, ticket.id).state == "accepted"


def test_a_form_sent_by_another_site_is_refused_even_before_the_login(visitor: Any, account: Any) -> None:
    password = account("lin", "staff")
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        answer = visitor.client.post("/login", data={"login": "lin", "password": password}, headers=headers)
        assert answer.status_code == 403


async def test_every_look_at_personal_data_is_written_down_before_it_is_shown(town: Any, admin: Any) -> None:
    contact, household = town.contact("王秀英"), household_of(town, "王秀英")
    looks = (
        (f"/campaigns/{town.campaign}", "campaign.watched", town.campaign),
        (f"/campaigns/{town.campaign}/contacts", "contacts.seen", town.campaign),
        (f"/contacts/{contact}", "contact.seen", contact),
        (f"/households/{household}", "household.seen", household),
        ("/tickets", "tickets.seen", ""),
    )
    for path, action, object_id in looks:
        admin.page(path)
        row = last_audit(town)
        assert (row.action, row.object_id) == (action, object_id)
        assert row.user_id is not None


async def test_a_page_that_refreshes_itself_is_written_down_once(town: Any, admin: Any) -> None:
    admin.page(f"/campaigns/{town.campaign}")
    with town.store.reading() as session:
        before = len(session.scalars(select(AuditRow)).all())
    for _ in range(3):
        admin.page(f"/campaigns/{town.campaign}/live")
        admin.page(f"/campaigns/{town.campaign}/figures")
    with town.store.reading() as session:
        assert len(session.scalars(select(AuditRow)).all()) == before


async def test_a_whole_telephone_number_is_shown_on_purpose_only(town: Any, admin: Any) -> None:
    resident = town.residents["王秀英"]
    answer = admin.client.post(f"/residents/{resident}/phone", headers={"x-csrf-token": admin.csrf})
    assert "13812340001" in answer.text
    row = last_audit(town)
    assert (row.action, row.object_kind, row.object_id) == ("phone.shown", "resident", resident)


async def test_people_are_found_by_whole_name_or_telephone_however_it_is_written(town: Any, admin: Any) -> None:
    for wanted in ("王秀英", "１３８ 1234-0001", "+86 13812340001", " 王 秀英"):
        page = admin.post("/registry/search", wanted=wanted)
        assert "康乐小区 3号楼 501" in page, wanted
    assert last_audit(town).detail == {"hits": 1}


async def test_a_person_who_checked_an_answer_says_so(town: Any, visitor: Any, account: Any) -> None:
    await alone(town)
    worker = log_in_as(visitor, account, "grid_worker", town.workers[0])
    with town.store.reading() as session:
        records = {
            name: session.scalars(select(RecordRow.id).where(RecordRow.resident_id == town.residents[name])).first()
            for name in ("王秀英", "刘玉珍")
        }
    assert "已核实" in worker.page(f"/contacts/{town.contact('王秀英')}")
    headers = {"x-csrf-token": worker.csrf}
    answer = worker.client.post(f"/records/{records['王秀英']}/verify", headers=headers)
    assert "人工核实" in answer.text
    assert "原话" in answer.text
    assert last_audit(town).action == "verify"
    assert worker.client.post(f"/records/{records['刘玉珍']}/verify", headers=headers).status_code == 404


async def test_an_export_is_downloaded_and_written_down(town: Any, admin: Any) -> None:
    answer = admin.client.post(f"/campaigns/{town.campaign}/export", data={"csrf": admin.csrf})
    assert answer.headers["content-type"].startswith("application/vnd.openxml")
    assert answer.content[:2] == b"PK"
    assert last_audit(town).action == "export"
    assert "最近的导出" in admin.page("/exports")
    for form, kind in (("csv", "text/csv"), ("json", "application/json")):
        answer = admin.client.post(f"/campaigns/{town.campaign}/export", data={"csrf": admin.csrf, "form": form})
        assert answer.headers["content-type"].startswith(kind)
        assert f".{form}" in answer.headers["content-disposition"]
    assert "Excel、CSV 或 JSON" in admin.post(f"/campaigns/{town.campaign}/export", 422, form="exe")


async def test_the_trail_shows_who_did_what_and_that_its_chain_is_whole(town: Any, admin: Any) -> None:
    admin.page(f"/contacts/{town.contact('王秀英')}")
    trail = admin.page("/audit?action=contact.seen")
    assert "查看通话" in trail
    assert "王秀英" not in trail
    assert "全部完整" in admin.post("/audit/verify")


async def test_a_ticket_is_accepted_and_finished_with_a_result(town: Any, admin: Any) -> None:
    with town.store.reading() as session:
        ticket = session.scalars(select(TicketRow).where(TicketRow.kind == "chest_pain")).one().id
    assert "我来处理" in admin.page(f"/tickets/{ticket}")
    assert "处理中" in admin.post(f"/tickets/{ticket}/accept")
    assert "请写一句办理结果" in admin.post(f"/tickets/{ticket}/done", 409, result=" ")
    assert "已送医院" in admin.post(f"/tickets/{ticket}/done", result="已送医院")
    assert "已经办结" in admin.post(f"/tickets/{ticket}/done", 409, result="again")


async def test_what_a_resident_said_is_shown_as_text_whatever_it_contains(town: Any, admin: Any) -> None:
    await town.call("赵志强", said=("方便", "<script>alert(1)</script>没有发烧"))
    page = admin.page(f"/contacts/{town.contact('赵志强')}")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_a_new_account_gets_a_password_shown_once(admin: Any) -> None:
    page = admin.post("/users", login="zhang", display="张三", role="staff", worker_id="")
    assert "只显示这一次" in page
    assert "张三" in page
    assert "已经有人用了" in admin.post("/users", 409, login="zhang", display="李四", role="staff")
    assert "只显示这一次" not in admin.page("/users")


def test_a_grid_worker_without_a_grid_is_not_made(admin: Any) -> None:
    assert "要选择对应的网格员" in admin.post("/users", 422, login="zhang", display="张三", role="grid_worker")
