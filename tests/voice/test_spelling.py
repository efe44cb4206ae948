"""What is written otherwise than it was meant is put right only where the recogniser's own texts leave it open."""

import pytest

from voice.recognise.lone_digit import with_lone_digits
from voice.recognise.spelling import spelled


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        # Measured: zf_xiaoyi and zf_xiaoni at 15 dB.
        (["住两天,昨儿刻了", "住两天,昨儿课了"], "住两天,昨儿克了"),
        (["住两天,昨儿刻了"], "住两天,昨儿克了"),
        (["不是二号回第四处二", "不是二号回底四处二", "不是二号回第四储二"], "不是二号回第是初二"),
        (["吃完商务犯再大", "吃完商务饭再大", "吃完商务犯在大"], "吃完晌午饭再打"),
    ],
)
def test_a_word_of_residents_stands_where_the_spelling_is_open(heard: list[str], meant: str) -> None:
    assert spelled(heard[0], heard) == meant


@pytest.mark.parametrize(
    "heard", [["孙子上课了", "孙子上课啦"], ["今天的商务饭", "今天商务饭"], ["好", "好好"], ["咳了", "克了"]]
)
def test_what_every_text_writes_alike_stays(heard: list[str]) -> None:
    assert spelled(heard[0], heard) == heard[0]


@pytest.mark.parametrize(
    ("heard", "meant"),
    [("三十六度,吧", "三十六度八"), ("三十六度 eight", "三十六度八"), ("三十七点,起", "三十七点七")],
)
def test_what_sounds_like_a_digit_and_comes_alone_behind_a_number_is_one(heard: str, meant: str) -> None:
    assert with_lone_digits(heard) == meant


@pytest.mark.parametrize("said", ["三十六度吧", "快点,七", "三十六度,没事", "三十六度,对", "早上八点,起床"])
def test_other_words_behind_a_number_stay(said: str) -> None:
    assert with_lone_digits(said) == said
