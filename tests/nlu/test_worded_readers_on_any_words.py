"""Words of the lexicons in any order: a reader answers all of it and points into the text."""

import os
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlu.dialect import shipped, standard
from nlu.lexicon import load
from nlu.readers import READERS
from nlu.reading import Choice, Expectation, Reading

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
# LINYIN_FUZZ_INPUTS=100000 for the long run; this file takes a fifth of them.
INPUTS = int(os.environ.get("LINYIN_FUZZ_INPUTS", "20000")) // 5
KINDS = ("yes_no", "choice", "region", "room", "name", "relation", "head_count", "medicine", "symptoms", "text")
LEXICONS = ("yes_no", "symptoms", "choices", "relations", "rooms", "medicines")
OPTIONS = (
    (Choice(key="y", label="有"), Choice(key="n", label="没有")),
    (Choice(key="g", label="好", digit="1"), Choice(key="m", label="一般", digit="2"), Choice(key="b", label="不好")),
    (Choice(key="train", label="火车", synonyms=("高铁", "")), Choice(key="none", label="都不是")),
    (),
)


def leaves(content: Any) -> list[str]:
    if isinstance(content, dict):
        return [word for key, value in content.items() for word in (str(key), *leaves(value))]
    if isinstance(content, list):
        return [word for value in content for word in leaves(value)]
    return [str(content)] if len(str(content)) < 12 else []


WORDS = sorted(
    {
        *(word for name in LEXICONS for word in leaves(load(f"{name}.yaml"))),
        *(word.form for word in shipped().words),
        *"，。？！…,.?! \n0123456789-一二三十百栋单元号楼没不是有过了吗幺拐洞嗎冇𠀀\u200b",
    }
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=9).map("".join)


@pytest.mark.parametrize("kind", KINDS)
def test_no_order_of_known_words_breaks_a_reader(kind: str) -> None:
    @settings(
        max_examples=max(1, INPUTS // len(KINDS)),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        database=None,
    )
    @given(TEXTS, TEXTS, st.sampled_from(OPTIONS))
    def every_text(said: str, asked: str, choices: tuple[Choice, ...]) -> None:
        answer = READERS[kind](said, expectation=Expectation(key="q", kind=kind, asked=asked, choices=choices), at=AT)
        if answer.span is not None:
            assert 0 <= answer.span[0] <= answer.span[1] <= len(said)
        if isinstance(answer, Reading):
            assert 0 < answer.confidence <= 1
            if kind == "choice":
                assert answer.value in {choice.key for choice in choices}

    every_text()


@given(TEXTS)
def test_standard_words_know_where_they_came_from(said: str) -> None:
    heard = standard(said)
    assert len(heard.starts) == len(heard.ends) == len(heard.text)
    assert all(0 <= start < end <= len(said) for start, end in zip(heard.starts, heard.ends, strict=True))
