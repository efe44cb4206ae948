"""Residents and recognisers say anything: a reader answers every text, and what it points at is in the text."""

import os
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlu.normalise import normalise
from nlu.readers import READERS
from nlu.reading import Choice, Expectation, Reading

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
# LINYIN_FUZZ_INPUTS=100000 for the long run.
INPUTS = int(os.environ.get("LINYIN_FUZZ_INPUTS", "20000"))
WORDS = (
    "零一二三四五六七八九十百千万亿两幺洞拐廿卅半多几点度°℃-/.,:，。！？…负年月日号周星期礼拜上下前后今明昨天晚早午腊正闰初"
    "个斤块元岁里米小时分秒钟刻差过到至不对是错没有记清知道量高低压空腹鄂京ADGKXx男女儿子伴楼栋单元室座省市区县镇村李王"
    "0123456789 ０５％abc\u3000\u200b"
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=WORDS, max_size=40),
    st.text(alphabet="0123456789一二三四五六七八九零十点.-", max_size=200),
)
CHOICES = (Choice(key="bus", label="大巴", synonyms=("客车",), digit="1"), Choice(key="train", label="火车", digit="2"))


@pytest.mark.parametrize("kind", sorted(READERS))
def test_a_reader_never_raises_and_points_into_the_text(kind: str) -> None:
    expectations = [
        Expectation(key="q", kind=kind, asked=asked, prefer=prefer, choices=CHOICES)
        for asked, prefer in (("", "past"), ("您今天体温多少？", "future"), ("您多大年纪？", "past"))
    ]

    @settings(
        max_examples=max(1, INPUTS // len(READERS)),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        database=None,
    )
    @given(TEXTS, st.sampled_from(expectations))
    def every_text(text: str, expectation: Expectation) -> None:
        answer = READERS[kind](text, expectation=expectation, at=AT)
        if answer.span is not None:
            start, end = answer.span
            assert 0 <= start <= end <= len(text)
        if isinstance(answer, Reading):
            assert 0 < answer.confidence <= 1
            assert answer == READERS[kind](text, expectation=expectation, at=AT)

    every_text()


@pytest.mark.parametrize("kind", sorted(READERS))
def test_the_way_of_writing_changes_no_value(kind: str) -> None:
    for heard in ("三十八點五度", "１３８１２３４５６７８", "上個禮拜六下午三點", "兩天半", "一百二十斤"):
        plain = normalise(heard).text
        expectation = Expectation(key="q", kind=kind, choices=CHOICES)
        one, other = (READERS[kind](text, expectation=expectation, at=AT) for text in (heard, plain))
        assert type(one) is type(other)
        if isinstance(one, Reading) and isinstance(other, Reading) and kind not in ("text", "callback"):
            assert one.value == other.value


# What residents say when they do not answer: nothing must be made of it.
TALK = (
    "你好你是哪个",
    "我一直在家",
    "一般般吧",
    "有点头晕",
    "十分感谢",
    "万一摔倒了怎么办",
    "你们社区的吧",
    "等我去关个火",
    "再说一遍",
    "老毛病了",
    "就是睡不好",
    "上下楼不方便",
    "楼道灯坏了",
    "两口子都在",
    "三轮车被偷了",
    "第一次听说",
    "百货大楼那边",
    "我姓万",
    "七大姑八大姨",
    "都挺好的谢谢",
    "号称能治百病",
    "度日如年",
    "时间长了就疼",
    "分不清",
    "高一点就行",
    "快点来吧",
    "东西太贵了",
)
NUMERIC = (
    "number",
    "quantity",
    "temperature",
    "duration",
    "phone",
    "id_number",
    "plate",
    "train",
    "blood_pressure",
    "glucose",
    "date",
)


@pytest.mark.parametrize("kind", NUMERIC)
def test_nothing_is_made_of_ordinary_talk(kind: str) -> None:
    expectation = Expectation(key="q", kind=kind)
    invented = {said: READERS[kind](said, expectation=expectation, at=AT) for said in TALK}
    assert {said: answer for said, answer in invented.items() if isinstance(answer, Reading)} == {}
