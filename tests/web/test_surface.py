"""Health, metrics, headers, limits, the REST channel and the resident's page without a screen."""

from dataclasses import replace
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import func, select

from bot.web.app import create_app
from bot.web.collaborators import Collaborators
from integrations.storage.models import TicketRow


def test_health_is_good_while_the_database_and_a_worker_answer(visitor: Any) -> None:
    answer = visitor.client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": True, "workers": {"http://127.0.0.1:5105": True}}


def test_health_is_bad_when_no_worker_answers(given: Collaborators) -> None:
    app = create_app(replace(given, workers=lambda: {"http://127.0.0.1:5105": False}))
    with TestClient(app) as client:
        assert client.get("/healthz").status_code == 503


async def test_metrics_count_and_name_nobody(town: Any, admin: Any) -> None:
    admin.page(f"/contacts/{town.contact('王秀英')}")
    text = admin.client.get("/metrics").text
    assert 'linyin_campaigns{state="running"} 1.0' in text
    with town.store.reading() as session:
        tickets = session.scalar(select(func.count()).select_from(TicketRow).where(TicketRow.state == "open"))
    assert f'linyin_tickets{{state="open"}} {float(tickets)}' in text
    assert 'route="/contacts/{contact_id}"' in text
    assert town.contact("王秀英") not in text
    assert "王秀英" not in text


def test_every_answer_carries_the_security_headers(visitor: Any) -> None:
    for path in ("/login", "/nowhere", "/static/console.css", "/healthz"):
        headers = visitor.client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
    assert visitor.client.get("/login").headers["cache-control"] == "no-store"


def test_a_body_larger_than_any_form_is_refused(visitor: Any) -> None:
    answer = visitor.client.post("/login", data={"login": "x" * 200_000, "password": "x"})
    assert answer.status_code == 413
    assert "太大" in answer.json()["message"]


def test_a_body_that_hides_its_length_is_refused_all_the_same(visitor: Any) -> None:
    def endless() -> Any:
        for _ in range(100):
            yield b"x" * 10_000

    answer = visitor.client.post(
        "/login", content=endless(), headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413


def test_a_fault_of_the_program_is_answered_in_chinese_and_tells_nothing(given: Collaborators) -> None:
    def broken() -> dict[str, bool]:
        raise RuntimeError("13812340001")

    app = create_app(replace(given, workers=broken))
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/healthz")
    assert answer.status_code == 500
    assert answer.json()["code"] == "broken"
    assert "13812340001" not in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_a_person_gets_a_page_and_a_program_gets_json(admin: Any) -> None:
    assert "没有找到" in admin.page("/contacts/none", 404)
    assert admin.client.get("/contacts/none").json()["code"] == "not_found"


def test_the_rest_channel_answers_like_rasas(visitor: Any) -> None:
    assert visitor.client.get("/webhooks/rest/").json() == {"status": "ok"}
    first = visitor.client.post("/webhooks/rest/webhook", json={"sender": "u1", "message": "你好"}).json()
    assert {each["recipient_id"] for each in first} == {"u1"}
    assert "您有什么事" in first[0]["text"]
    second = visitor.client.post("/webhooks/rest/webhook", json={"sender": "u1", "message": "我要报修"}).json()
    assert "电话号码" in "".join(each["text"] for each in second)


def test_what_the_first_message_wants_is_answered_with_the_introduction(visitor: Any) -> None:
    replies = visitor.client.post("/webhooks/rest/webhook", json={"sender": "u2", "message": "我要报修"}).json()
    assert "邻音" in replies[0]["text"]
    assert "电话号码" in replies[-1]["text"]


def test_a_conversation_over_rest_survives_a_restart(visitor: Any, given: Collaborators) -> None:
    for words in ("你好", "我要报修"):
        visitor.client.post("/webhooks/rest/webhook", json={"sender": "u1", "message": words})
    with TestClient(create_app(given)) as again:
        replies = again.post("/webhooks/rest/webhook", json={"sender": "u1", "message": "13812340001"}).json()
    assert "姓名" in replies[-1]["text"]


def test_after_the_end_the_same_sender_begins_anew(visitor: Any) -> None:
    def say(words: str) -> str:
        replies = visitor.client.post("/webhooks/rest/webhook", json={"sender": "u1", "message": words}).json()
        return "".join(each["text"] for each in replies)

    say("你好")
    assert "027-12345678" in say("转人工")  # and asks where to call back
    say("转人工")
    assert "您有什么事" in say("你好")


def test_a_sender_that_floods_is_asked_to_wait(visitor: Any) -> None:
    statuses = {
        visitor.client.post("/webhooks/rest/webhook", json={"sender": "bot", "message": "你好"}).status_code
        for _ in range(60)
    }
    assert 429 in statuses


def test_malformed_messages_are_refused_in_chinese(visitor: Any) -> None:
    for body in ({"sender": "", "message": "x"}, {"sender": "u", "message": "x" * 2000}, {"message": 5}):
        answer = visitor.client.post("/webhooks/rest/webhook", json=body)
        assert answer.status_code == 422
        assert "检查" in answer.json()["message"]
    broken = visitor.client.post("/webhooks/rest/webhook", content=b"{", headers={"content-type": "application/json"})
    assert broken.status_code == 422


def test_the_residents_page_works_without_script_and_keeps_the_talk(visitor: Any, app: Any) -> None:
    assert "不会问您密码" in visitor.client.get("/chat").text
    assert "您有什么事" in visitor.client.post("/chat/begin").text
    page = visitor.client.post("/chat/say", data={"text": "我要报修"}).text
    assert "您说：</span>我要报修" in page
    assert "您在社区登记的电话号码" in page
    with TestClient(app) as stranger:
        assert "您说：</span>我要报修" not in stranger.get("/chat").text
    assert "转给社区值班的人了" in visitor.client.post("/chat/say", data={"text": "转人工"}).text
    assert "重新开始" in visitor.client.post("/chat/say", data={"text": "转人工"}).text


def test_the_residents_page_takes_no_form_from_another_site(visitor: Any) -> None:
    answer = visitor.client.post("/chat/begin", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
