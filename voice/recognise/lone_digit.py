"""A digit that comes alone behind a pause: 三十六度, 吧 is 三十六度八.

Behind a number that is not finished nobody pauses and then says 吧; what sounds like a digit there is one.
"""

import re

from nlu.sounds import syllable

ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DIGITS = {syllable(each): each for each in "零一二三四五六七八九"}
_ENGLISH = dict(zip(ENGLISH, "一二三四五六七八九", strict=True))
_ALONE = re.compile(
    rf"(?<=[\d零一二三四五六七八九十][度点])[\s,，]+([\u4e00-\u9fff]|{'|'.join(_ENGLISH)})(?=$|[\s,，。])"
)


def with_lone_digits(text: str) -> str:
    """The text with what sounds like a digit, and stands alone behind a number and 度 or 点, written as that digit."""
    return _ALONE.sub(lambda found: _digit(found[1]) or found[0], text)


def _digit(heard: str) -> str | None:
    return _ENGLISH.get(heard) or _DIGITS.get(syllable(heard))
