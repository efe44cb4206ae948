"""A numeral over a pause, and over what is said while the rest is remembered: 三十六度……我想想啊……四."""

import re

_DIGIT = "[一二三四五六七八九]"
_ENDS = f"(?=[，,。.；;！!…]|度(?!{_DIGIT}|半)|$)"  # 六度二 is a figure by itself
# 我想想啊, 零头是多少来着, 等我再瞅瞅: neither a figure nor a sentence of its own.
_ANY = "(?:零头|一(?=[下会点看哈眼阵])|[^0-9一二两三四五六七八九十百半，,。！!？?…])"
_ASIDE = f"(?:{_ANY}{{1,12}}[，,…]+)*"
_REMEMBERED = "(?:[哦噢喔嗯啊哎是对][，,…]*)?"
_PAUSE = f"(?:[，,…]+{_ASIDE}…+[，,]?|点?(?:几|多少|好多)(?:来着|呢|嘛|啊)*[，,…]+{_ASIDE}){_REMEMBERED}"
# 三十六度，后头一个九: the tenth is named by where it stands.
_WHERE = "(?:点?后[头面边]|尾[巴数]?[上子]?|末尾|零头|小数(?:点后?[头面边]?)?|点)(?:[是还有跟带就加]|一?个)*"
_BEHIND_ITS_PLACE = re.compile(rf"(?<=度)([，,…]+{_WHERE})({_DIGIT}){_ENDS}")
# 三十六度……这死猫，下去！……六: what is called out in between stands between two pauses.
_AFTER_A_CALL = re.compile(rf"(?<=度)(…+(?:{_ANY}|[，,。！!？?]){{1,24}}…+)(半|{_DIGIT}){_ENDS}")
_AFTER_A_PAUSE = re.compile(rf"(?<=[十百点度])(…+)(半|{_DIGIT}){_ENDS}")
_AFTER_AN_ASIDE = re.compile(rf"(?<=度)({_PAUSE})(半|{_DIGIT}){_ENDS}")
_POINT_AFTER_A_PAUSE = re.compile(rf"(?<=[一二三四五六七八九十])(?<!度.)(度?[…，,]+)(点{_DIGIT})")
_POINT_AFTER_AN_ASIDE = re.compile(rf"(?<=[一二三四五六七八九十])(?<!度.)(度?{_PAUSE})(点{_DIGIT}){_ENDS}")


def joined(text: str) -> str:
    """The text with each paused numeral in one piece, in as many characters."""
    behind = (_BEHIND_ITS_PLACE, _AFTER_AN_ASIDE, _AFTER_A_CALL)
    for pattern in (*behind, _POINT_AFTER_AN_ASIDE, _POINT_AFTER_A_PAUSE, _AFTER_A_PAUSE):
        text = pattern.sub(r"\2\1", text)
    return text
