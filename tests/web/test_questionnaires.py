"""Questionnaires on the screen: read, heard, reworded, brought."""

from typing import Any

import pytest
from sqlalchemy import select

from dialogs.jobs import TALKS
from integrations.storage.models import AuditRow, BookingRow, CampaignRow, QuestionnaireRow, SessionRow
from nlu.utterance import Utterance


def keys(town: Any, key: str = "health-follow-up") -> list[str]:
    """Hashes of all versions, oldest first."""
    with town.store.reading() as session:
        rows = session.scalars(
            select(QuestionnaireRow).where(QuestionnaireRow.key == key).order_by(QuestionnaireRow.version)
        )
        return [row.hash for row in rows]


def reworded(admin: Any, town: Any, **words: str) -> Any:
    return admin.client.post(
        f"/questionnaires/{keys(town)[-1]}/edit",
        data={"csrf": admin.csrf, **words},
        headers={"hx-request": "true"},
    )


def test_staff_read_every_sentence_and_what_becomes_of_the_answer(admin: Any, empty_town: Any) -> None:
    assert "健康随访" in admin.page("/questionnaires")
    page = admin.page(f"/questionnaires/{empty_town.questionnaire}")
    assert "您好，我是育林社区的智能" in page
    assert "您有没有发烧？说有，或者没有。" in page
    assert "“是否发烧”答“没有 / 不是”时不问这一题。" in page
    assert "就转给网格员：胸痛胸闷（尽快）" in page
    assert "{community}" not in page


def test_every_questionnaire_of_the_library_can_be_read_and_reworded(admin: Any, empty_town: Any) -> None:
    with empty_town.store.reading() as session:
        every = session.scalars(select(QuestionnaireRow.hash).where(QuestionnaireRow.key.not_in(TALKS))).all()
    assert len(every) > 10
    for each in every:
        admin.page(f"/questionnaires/{each}")
        admin.page(f"/questionnaires/{each}/edit")


def test_who_has_a_place_is_shown_to_who_may_see_them(
    admin: Any, town: Any, visitor: Any, account: Any, empty_town: Any
) -> None:
    with town.store.writing() as session:
        key = session.scalars(select(QuestionnaireRow.hash).where(QuestionnaireRow.key == "appointment")).one()
        talk = session.scalars(select(SessionRow.id)).first()
        for number, name in enumerate(("王秀英", "陈德福")):
            taken = {"session_id": talk, "resident_id": town.residents[name], "at": town.clock.now()}
            seat = f"appointment:time:dec8_morning:{number}"
            row = {"questionnaire": "appointment", "question": "time", "choice": "dec8_morning", "seat": seat}
            session.add(BookingRow(id=seat, **row, **taken))
    page = admin.page(f"/questionnaires/{key}")
    assert "2 / 20" in page
    assert "王秀英" in page
    assert "陈德福" in page
    visitor.log_in("reviewer", account("reviewer", "reviewer", None))
    page = visitor.page(f"/questionnaires/{key}")
    assert "2 / 20" in page
    assert "王秀英" not in page


def test_each_sentence_can_be_heard_and_no_other(admin: Any, empty_town: Any) -> None:
    answer = admin.client.get(f"/questionnaires/{empty_town.questionnaire}/lines/1")
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.content[:4] == b"RIFF"
    admin.page(f"/questionnaires/{empty_town.questionnaire}/lines/999", 404)
    admin.page("/questionnaires/none", 404)


def test_other_words_are_a_new_version_and_a_running_campaign_keeps_its_own(admin: Any, town: Any) -> None:
    before = keys(town)
    answer = reworded(admin, town, **{"questions.0.ask.spoken": "您身上烧不烧？"})
    assert answer.status_code == 200, answer.text
    old, new = keys(town)
    assert [old] == before
    assert "您身上烧不烧？" in admin.page(f"/questionnaires/{new}")
    assert "第 2 版" in admin.page("/questionnaires")
    assert "您这两天发烧没有？" in admin.page(f"/questionnaires/{old}")
    assert "已经不是最新的" in admin.page(f"/questionnaires/{old}")
    with town.store.reading() as session:
        assert session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first().action == "questionnaire.kept"


async def test_a_call_under_way_is_asked_the_words_with_which_it_began(admin: Any, town: Any) -> None:
    with town.store.reading() as session:
        call = session.scalars(select(SessionRow).where(SessionRow.resident_id == town.residents["刘玉珍"])).one()
        version = call.questionnaire
    answer = reworded(admin, town, **{"questions.2.ask.spoken": "您这两天咳不咳？"})
    assert answer.status_code == 200, answer.text
    said = []
    for words in ("三十八度", "对"):
        answered = await town.conversation.handle(call.id, Utterance(text=words), at=town.clock.now())
        said += [prompt.spoken for prompt in answered.replies]
    assert "您咳嗽吗？" in said
    with town.store.reading() as session:
        assert session.get_one(SessionRow, call.id).questionnaire == version
        assert session.get_one(CampaignRow, town.campaign).questionnaire == version  # and so do calls to come


@pytest.mark.parametrize(
    ("field", "words", "told"),
    [
        ("questions.0.ask.spoken", " ", "第 1 题"),
        ("questions.2.again.0.spoken", "您咳嗽吗？", "一模一样"),
        ("opening.spoken", "您好，{name}", "{community}"),
        ("title", "", "都要写"),
    ],
)
def test_words_that_cannot_be_said_are_refused_by_question(
    admin: Any, empty_town: Any, field: str, words: str, told: str
) -> None:
    answer = reworded(admin, empty_town, **{field: words})
    assert answer.status_code == 422
    assert told in answer.json()["message"]
    assert len(keys(empty_town)) == 1


def test_of_two_who_reword_at_once_the_second_is_told_and_overwrites_nothing(admin: Any, empty_town: Any) -> None:
    first = keys(empty_town)[0]
    for expected, words in ((200, "您身上烧不烧？"), (409, "发烧吗您？")):
        answer = admin.client.post(
            f"/questionnaires/{first}/edit",
            data={"csrf": admin.csrf, "questions.0.ask.spoken": words},
            headers={"hx-request": "true"},
        )
        assert answer.status_code == expected
    assert "您写的还在" in answer.json()["message"]
    assert len(keys(empty_town)) == 2


def test_a_file_is_downloaded_changed_and_brought_again_as_a_new_version(admin: Any, empty_town: Any) -> None:
    text = admin.client.get(f"/questionnaires/{empty_town.questionnaire}/file").text
    for content, status in (
        (text.replace("您咳嗽吗？", "您咳不咳？"), 200),
        (text.replace("kind: yes_no", "kind: maybe", 1), 422),
        ("key: [", 422),
        ("- 1", 422),
        ("", 422),
    ):
        answer = admin.client.post(
            "/questionnaires",
            files={"file": ("问卷.yaml", content.encode(), "application/yaml")},
            data={"csrf": admin.csrf},
            headers={"hx-request": "true"},
        )
        assert answer.status_code == status, answer.text
        if status == 422:
            assert "行" in answer.json()["message"]
    assert len(keys(empty_town)) == 2


def test_who_only_reads_cannot_reword(visitor: Any, empty_town: Any, account: Any) -> None:
    visitor.log_in("reviewer", account("reviewer", "reviewer"))
    visitor.page(f"/questionnaires/{empty_town.questionnaire}")
    visitor.page(f"/questionnaires/{empty_town.questionnaire}/edit", 403)
    visitor.post(f"/questionnaires/{empty_town.questionnaire}/edit", 403, title="x")
