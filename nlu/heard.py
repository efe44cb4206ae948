"""Numbers as they were said, where a recogniser wrote other characters of the same sound: 三十七堵二, 九约十九号."""

import re
from functools import lru_cache

from nlu import lexicon
from nlu.numerals import DIGIT_VALUES, NUMERAL_CLASS

# What must stand on both sides before a character is taken for a part of a number.
BEFORE = frozenset(NUMERAL_CLASS + "月年点度")
AFTER = frozenset(NUMERAL_CLASS + "月号日年度点")
# A month needs no number before it: 企月十四号 is in July.
_MONTH = re.compile(rf"(.)(月[{NUMERAL_CLASS}]{{1,3}}[号日])")
# Nothing was said but a number: 乌十四 is 54, 八十毅 is 81.
_WHOLE = re.compile(
    rf"^[\u4e00-\u9fff](?=[十百][{NUMERAL_CLASS}]{{0,4}}$)|(?<=^[{NUMERAL_CLASS}][十百])[\u4e00-\u9fff]$"
)


# 两疙人, 就一扣人: what people are counted by. 有物个人, 就彝口人: how many, before it.
_COUNTED = re.compile(rf"(?<=[{NUMERAL_CLASS}两])(?:[疙各搁鸽割革葛格阁隔铬]|(?<=两)哥|[抠扣寇叩])(?=人|[，,。]|$)")
_MANY = re.compile(
    r"[\u4e00-\u9fff](?=[个口]人(?:[，,。]|$))|(?<=[有是共来回家了])[\u4e00-\u9fff](?=[个口](?:[，,。]|$))"
)
_FOR_TWO = frozenset("量亮辆粮良凉俩")
_WORDS_BEFORE_A_PERSON = frozenset("务无旧救气扒死戚")  # 义务个人, 无个人: words of their own
# 肆 and 捌 are written on banknotes, and by a recogniser.
_FORMAL = dict(zip("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十", strict=True))
# 上粥一: the last week. 十六好到的: the sixteenth.
_WEEK = re.compile("(?<=[上下这])[粥洲州舟轴咒骤皱肘](?=[一二三四五六日天])")
_DAY = re.compile(rf"(?<=[{NUMERAL_CLASS}])[好貉郝耗毫豪浩](?=[到回])")


def _unit(said: re.Match[str]) -> str:
    return "口" if said[0] in "抠扣寇叩" else "个"


def _count(said: re.Match[str]) -> str:
    if said[0] in _WORDS_BEFORE_A_PERSON:
        return said[0]
    return "两" if said[0] in _FOR_TWO else heard_digit(said[0]) or said[0]


def heard_numbers(text: str) -> str:
    """A normalised text with the misheard characters inside its numbers put right, of the same length."""
    meant = _meant()
    characters = list(text)
    for place in range(1, len(characters) - 1):
        character = characters[place]
        if character in meant and characters[place - 1] in BEFORE and characters[place + 1] in AFTER:
            characters[place] = meant[character]
    heard = _WEEK.sub("周", _DAY.sub("号", _COUNTED.sub(_unit, _MANY.sub(_count, "".join(characters)))))
    heard = _MONTH.sub(lambda found: meant.get(found[1], found[1]) + found[2], heard)
    return _WHOLE.sub(lambda found: heard_digit(found[0]) or found[0], heard)


def heard_digit(character: str) -> str | None:
    """The Chinese digit that a misheard character stands for, or None."""
    digit = _meant().get(character)
    return digit if digit in DIGIT_VALUES else None


@lru_cache(maxsize=1)
def _meant() -> dict[str, str]:
    data = lexicon.load("spoken_digits.yaml")
    digits = {
        each: "零一二三四五六七八九"[digit] for digit, characters in data["misheard"].items() for each in characters
    }
    units = {each: unit for unit, characters in data["misheard_units"].items() for each in characters}
    written = NUMERAL_CLASS + "月号日年度点"
    return {each: character for each, character in (units | digits).items() if each not in written} | _FORMAL
