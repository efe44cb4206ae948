"""A recogniser writes other characters of the same sound; inside a number they are taken for what was said."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nlu.heard import heard_numbers
from nlu.noise import misheard
from nlu.readers import READERS
from nlu.reading import Expectation, Reading
from nlu.spoken import spoken_day, spoken_phone, spoken_temperature

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
# Of values told at 5 % wrong characters, as measured with this generator; the rest is mostly asked again.
MOST_WRONG = 0.08
LEAST_RIGHT = 0.80


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("三十七堵二", "三十七度二"),
        ("九约十九号", "九月十九号"),
        ("五月识六号", "五月十六号"),
        ("企月十四号", "七月十四号"),
        ("一百令四", "一百零四"),
        ("乌十四", "五十四"),
        ("十一月十肆号", "十一月十四号"),
        ("反正单身裔个人", "反正单身一个人"),
        ("回了两哥", "回了两个"),
    ],
)
def test_a_number_is_put_right(heard: str, said: str) -> None:
    assert heard_numbers(heard) == said


@pytest.mark.parametrize(
    "words",
    [
        "两年前三月",
        "两点晚上再打",
        "我十五岁",
        "三是五的一半",
        "十五号就到",
        "本月三号",
        "好，八点",
        "一百块钱",
        "两期",
        "上月五号",
        "三十七度吧",
        "我二哥",
        "姓陆",
        "热死个人",
    ],
)
def test_ordinary_words_stay(words: str) -> None:
    assert heard_numbers(words) == words


@pytest.mark.parametrize("kind", ["temperature", "phone", "date"])
def test_noise_makes_us_ask_again_rather_than_note_something_wrong(kind: str) -> None:
    rng = random.Random(20261121)
    right = wrong = 0
    told = 300
    for _ in range(told):
        if kind == "temperature":
            value: object = {"value": rng.randint(355, 400) / 10, "unit": "C"}
            said = spoken_temperature(value["value"])  # type: ignore[index]
        elif kind == "phone":
            number = f"1{rng.randint(3, 9)}{rng.randrange(10**9):09d}"
            value, said = [number], spoken_phone(number)
        else:
            day = AT.date() - timedelta(days=rng.randint(1, 200))
            value, said = day.isoformat(), spoken_day(day)
        text = misheard(said, error_rate=0.05, rng=rng)
        answer = READERS[kind](text, expectation=Expectation(key="q", kind=kind, asked="您今天体温多少度？"), at=AT)
        if isinstance(answer, Reading):
            read = answer.value["candidates"][0] if kind == "date" else answer.value
            right += read == value
            wrong += read != value
    assert right >= LEAST_RIGHT * told
    assert wrong <= MOST_WRONG * told
