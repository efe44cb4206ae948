"""A file of answers is read to its end, whatever stands in it."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from nlu.answer_lines import CATEGORIES, answer_line, answer_lines

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def answered(category: str, text: str, **more: Any) -> dict[str, Any]:
    line = json.dumps({"id": "1", "category": category, "input": text, **more}, ensure_ascii=False)
    return answer_line(line, at_default=AT, intents=lambda _: (("affirm", 0.9), ("deny", 0.1)))


@pytest.mark.parametrize(
    ("category", "text", "pred"),
    [
        ("boolean", "是的", True),
        ("boolean", "没有", False),
        ("number", "三百五", 350.0),
        ("quantity", "十五斤半", 15.5),
        ("temperature", "三十七度二", {"value": 37.2, "unit": "C"}),
        ("temperature", "体温正常", None),
        ("duration", "两天半", {"months": 0.0, "seconds": 216000.0}),
        ("phone", "一三九，一二三四，五六七八", ["13912345678"]),
        ("id_card", "11010519491231002X", {"id": "11010519491231002X", "valid": True, "birth": "1949-12-31"}),
        ("id_card", "1101051949123100", {"valid": False}),
        ("id_card", "身份证没带", {"valid": False}),
        ("plate", "鄂D一二三四五", "鄂D12345"),
        ("train", "高铁一二三次", "G123"),
        ("name", "我叫李秀英", "李秀英"),
        ("intent", "好的", "affirm"),
    ],
)
def test_each_category_answers_in_its_form(category: str, text: str, pred: Any) -> None:
    out = answered(category, text)
    assert out["id"] == "1"
    assert out["pred"] == pred


def test_the_reference_time_of_the_line_counts() -> None:
    out = answered("datetime", "昨天下午三点", ref="2020-03-01T09:00:00")
    assert out["pred"] == ["2020-02-29T15:00:00"]


def test_without_a_reference_time_the_given_one_counts() -> None:
    assert answered("datetime", "昨天")["pred"] == ["2026-11-20T00:00:00"]


def test_the_direction_of_the_question_decides_between_two_days() -> None:
    assert answered("datetime", "周三", prefer="future")["pred"][0] == "2026-11-25T00:00:00"
    assert answered("datetime", "周三", prefer="past")["pred"][0] == "2026-11-18T00:00:00"


def test_an_address_and_a_room_come_in_parts() -> None:
    assert answered("address", "湖北省荆州市沙市区")["pred"]["city"] == "荆州市"
    assert answered("address_unit", "三号楼二单元五零一")["pred"]["room"] == "501"


@pytest.mark.parametrize(
    "broken",
    [
        b"not json",
        b"\xff\xfe",
        b"[1, 2]",
        b"42",
        b'{"id": "7"}',
        b'{"id": "7", "category": "number"}',
        b'{"id": "7", "category": "number", "input": 5}',
        '{"id": "7", "category": "天气", "input": "晴"}'.encode(),
        '{"id": "7", "category": "datetime", "input": "昨天", "ref": "很久以前"}'.encode(),
    ],
)
def test_a_broken_line_is_answered_and_the_run_goes_on(broken: bytes) -> None:
    good = '{"id": "8", "category": "number", "input": "三个"}'
    first, second = [json.loads(line) for line in answer_lines([broken, good], at_default=AT)]
    assert set(first) == {"id", "error"}
    assert any("\u4e00" <= character <= "\u9fff" for character in first["error"])
    assert second == {"id": "8", "pred": 3.0, "confidence": 0.95}
    if b'"7"' in broken:
        assert first["id"] == "7"


def test_blank_lines_are_passed_over() -> None:
    assert list(answer_lines(["", "  \n"], at_default=AT)) == []


def test_without_a_model_intents_are_refused_in_words() -> None:
    out = answer_line('{"id": 1, "category": "intent", "input": "喂"}', at_default=AT)
    assert "意图" in out["error"]


def test_every_category_of_the_interface_is_known() -> None:
    assert len(CATEGORIES) == 14
