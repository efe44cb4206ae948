"""Questions about notices: answered with the right passage, or left to people."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from nlu.knowledge import KnowledgeIndex, Passage, passages_of

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "cases" / "knowledge.yaml").read_text(encoding="utf-8"))
RIGHT_FROM = 0.85
WRONGLY_ANSWERED_TO = 0.15


@pytest.fixture(scope="module")
def index() -> KnowledgeIndex:
    return KnowledgeIndex(
        passage
        for notice in CASES["notices"]
        for passage in passages_of(notice["text"], source=notice["source"], published=notice["published"])
    )


def test_questions_that_a_notice_answers_get_the_passage_that_answers_them(index: KnowledgeIndex) -> None:
    answers = [(index.ask(case["ask"]), case["holds"]) for case in CASES["answered"]]
    right = [passage is not None and holds in passage.text for passage, holds in answers]
    assert sum(right) / len(right) >= RIGHT_FROM


def test_questions_that_no_notice_answers_are_left_to_people(index: KnowledgeIndex) -> None:
    answered = [question for question in CASES["unanswered"] if index.ask(question) is not None]
    assert len(answered) / len(CASES["unanswered"]) <= WRONGLY_ANSWERED_TO


def test_an_answer_names_its_source_and_its_day(index: KnowledgeIndex) -> None:
    passage = index.ask("停水停到几点")
    assert isinstance(passage, Passage)
    assert (passage.source, passage.published) == ("计划停水通知", date(2026, 11, 18))


def test_nothing_is_answered_where_nothing_was_added() -> None:
    assert KnowledgeIndex([]).ask("医保怎么交") is None


def test_a_heading_belongs_to_the_passages_under_it_and_long_paragraphs_are_cut_between_sentences() -> None:
    text = "一、办理方式\n" + "请带身份证到窗口办理。" * 30
    passages = passages_of(text, source="通知")
    assert {passage.heading for passage in passages} == {"办理方式"}
    assert all(passage.text.endswith("。") and len(passage.text) <= 160 for passage in passages)
    assert "".join(passage.text for passage in passages) == "请带身份证到窗口办理。" * 30
