"""Numbers of houses and rooms as they are said: 五零一, 五百零一 and 十二零三 are 501, 501 and 1203."""

import re

from nlu.numerals import as_digits, read_numeral

NUMBER = r"[0-9零〇一二三四五六七八九十百千两幺洞拐廿]{1,8}"
_RADIO = str.maketrans({"洞": "零", "拐": "七", "幺": "一"})
_FLOOR_AND_DOOR = re.compile(
    r"([二三四五六七八九]?十[一二三四五六七八九]?)(零[一二三四五六七八九十]|[一二三四五六七八九]{2}|[0-9]{2})"
)


def house_number(words: str) -> str | None:
    """The digits of a spoken or written house number, without leading blanks; None where it is no number."""
    words = words.translate(_RADIO).replace(" ", "")
    split = _FLOOR_AND_DOOR.fullmatch(words)
    if split is not None:
        floor, door = read_numeral(split.group(1)), as_digits(split.group(2))
        return f"{int(floor.value)}{door}" if floor is not None else None
    if not re.search(r"[十百千廿]", words):
        return as_digits(words) or None
    numeral = read_numeral(words)
    return str(int(numeral.value)) if numeral is not None else None
