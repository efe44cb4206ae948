"""What a recogniser writes wrongly is put right by its sound, and words that mean what they say stay."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from nlu.dialect import standard
from nlu.readers.symptoms import read_symptoms
from nlu.readers.yes_no import read_yes_no
from nlu.reading import Expectation, Reading

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("每有", "没有"), ("美有", "没有"), ("梅有发烧", "没有发烧"), ("由", "有"), ("由的", "有的"),
        ("凶闷", "胸闷"), ("投晕", "头晕"),
        ("布知道", "不知道"), ("有时后", "有时候"), ("法烧了", "发烧了"), ("可一", "可以"),
        ("布用", "不用"), ("暂时捕用", "暂时不用"), ("倒是煤咳", "倒是没咳"), ("步够", "不够"),
        ("不需药", "不需要"), ("高雪压", "高血压"),
        ("糖鸟病", "糖尿病"), ("敢冒了", "感冒了"), ("拉杜子", "拉肚子"), ("记布清", "记不清"), ("睡布着", "睡不着"),
    ],
)  # fmt: skip
def test_a_mishearing_is_put_right(heard: str, said: str) -> None:
    assert standard(heard).text == said


@pytest.mark.parametrize(
    "said",
    [
        "步行", "统一", "煤油", "加煤油", "我妹有三个孩子", "优点", "部队", "不适", "比赛",
        "美食", "姓尤", "一号楼", "十", "石头", "四", "室", "药", "妹妹",
        "部长", "闭塞", "补课", "园艺", "可疑", "邮电局", "美的空调", "每天", "每次都有", "霉", "油", "幸亏",
    ],
)  # fmt: skip
def test_words_that_mean_what_they_say_stay(said: str) -> None:
    assert standard(said).text == said


def test_a_misheard_denial_denies() -> None:
    answer = read_yes_no("每有发烧", expectation=Expectation(key="q", kind="yes_no", asked="您发烧吗？"), at=AT)
    assert isinstance(answer, Reading)
    assert (answer.value, answer.span) == ("no", (0, 4))


def test_a_misheard_symptom_is_found_where_it_was_said() -> None:
    answer = read_symptoms("有点咳索，梅有发烧", expectation=Expectation(key="q", kind="symptoms"), at=AT)
    assert isinstance(answer, Reading)
    assert [(each["symptom"], each["present"], each["span"]) for each in answer.value] == [
        ("咳嗽", True, [2, 4]),
        ("发烧", False, [7, 9]),
    ]
