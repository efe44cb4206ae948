"""A questionnaire file is either usable or answered with file, line and what to change."""

from pathlib import Path

import pytest

from dialogs.definitions import LIBRARY, library, load, parse
from dialogs.dictionary import load_dictionary
from dialogs.errors import QuestionnaireInvalid
from dialogs.questionnaire import canonical, content_hash

DICTIONARY = load_dictionary()
GOOD = (LIBRARY / "health-follow-up.yaml").read_text(encoding="utf-8")


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(QuestionnaireInvalid) as raised:
        parse(text, file="问卷.yaml", dictionary=DICTIONARY)
    return [(fault.line, fault.message) for fault in raised.value.faults]


def test_every_questionnaire_of_the_library_is_usable() -> None:
    assert {each.key for each in library(dictionary=DICTIONARY)} >= {
        "health-follow-up",
        "return-registration",
        "policy-notice",
    }


@pytest.mark.parametrize(
    ("good", "bad", "at", "message"),
    [
        ("field: health.cough", "field: health.coughs", "field: health.coughs", "数据字典里没有“health.coughs”"),
        ("kind: temperature", "kind: number", "kind: number", "请改成 temperature"),
        ("kind: temperature", "kind: warmth", "kind: warmth", "“warmth”不在可选的值里"),
        ("    read_back: true", "    prefer: past", "field: health.temperature", "请加上 read_back: true"),
        ("keep_days: 365", "keep_days: 365\nred_flags: [flood]", "red_flags: [flood]", "不认识险情“flood”"),
        ("keep_days: 365", "keep_days: 0", "keep_days: 0", "不能小于 1"),
        ("keep_days: 365", "keep_days: 一年", "keep_days: 一年", "这里要写 int"),
        ("    read_back: true", "    read_bakc: true", "read_bakc", "不认识“read_bakc”"),
        ("{question: fever, values", "{question: fieber, values", "fieber", "前面没有问题“fieber”"),
        ("- key: cough", "- key: fever", "- key: fever", "“fever”出现了两次"),
        ("{spoken: 您咳嗽吗？}", '{spoken: ""}', '{spoken: ""}', "说的话是空的"),
        ("我是{community}的", "我是{comunity}的", "{comunity}", "不认识 {comunity}"),
        ("{spoken: 这两天咳不咳？}", "{spoken: 您咳嗽吗？}", "- {spoken: 您咳嗽吗？}", "一模一样"),
        ('synonyms: [挺好, 蛮好, 不错, 睡得香, 可以], digit: "1"', 'digit: "2"', "choices:", "digit 都是“2”"),
        ("title: 健康随访", "title: 健康随访\ntitle: 另一个", "title: 另一个", "写了两次"),
        ("questions:\n", "questions: [\n", "- key: fever", "YAML 写法不对"),
    ],
)
def test_a_mistake_is_named_with_its_line(good: str, bad: str, at: str, message: str) -> None:
    assert good in GOOD
    text = GOOD.replace(good, bad, 1)
    found = faults(text)
    assert any(message in said for _, said in found), found
    # The second "- key: fever" is the wrong one; elsewhere the mark stands once.
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if at in line]
    assert {line for line, _ in found} & set(lines), (found, lines)


def test_every_mistake_of_a_file_is_told_at_once() -> None:
    text = GOOD.replace("health.cough", "health.coff").replace("health.sleep", "health.slep")
    assert len(faults(text)) == 2


def test_a_missing_part_is_named() -> None:
    assert any("缺少“purpose”" in said for _, said in faults(GOOD.replace("purpose:", "# purpose:", 1)))


def test_a_file_that_is_not_there_or_not_text_is_answered_in_chinese(tmp_path: Path) -> None:
    binary = tmp_path / "问卷.yaml"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    for path in (tmp_path / "没有.yaml", binary, tmp_path):
        with pytest.raises(QuestionnaireInvalid):
            load(path, dictionary=DICTIONARY)


def test_the_hash_changes_with_the_wording_and_only_with_it() -> None:
    one = parse(GOOD, file="a.yaml", dictionary=DICTIONARY)
    same = parse(GOOD.replace("# 健康随访", "# 一句注释"), file="b.yaml", dictionary=DICTIONARY)
    other = parse(GOOD.replace("您咳嗽吗？", "您咳不咳嗽？", 1), file="a.yaml", dictionary=DICTIONARY)
    assert content_hash(one) == content_hash(same)
    assert canonical(one) != canonical(other)
    assert content_hash(one) != content_hash(other)
