"""A numeral over a pause, and over what is said while the rest is remembered: 三十六度……我想想啊……四."""

import re

_DIGIT = "[一二三四五六七八九]"
_ENDS = "(?=[，,。.；;！!度…]|$)"
# 我想想啊, 零头是多少来着, 等我再瞅瞅: neither a figure nor a sentence of its own.
_ASIDE = "(?:(?:零头|[^0-9一二两三四五六七八九十百半，,。！!？?…]){1,12}[，,…]+)*"
_REMEMBERED = "(?:[哦噢喔嗯啊哎是对][，,…]*)?"
_PAUSE = f"(?:[，,…]+{_ASIDE}…+[，,]?|点?(?:几|多少|好多)(?:来着|呢|嘛|啊)*[，,…]+{_ASIDE}){_REMEMBERED}"
_AFTER_A_PAUSE = re.compile(rf"(?<=[十百点度])(…+)(半|{_DIGIT}){_ENDS}")
_AFTER_AN_ASIDE = re.compile(rf"(?<=度)({_PAUSE})(半|{_DIGIT}){_ENDS}")
_POINT_AFTER_A_PAUSE = re.compile(rf"(?<=[一二三四五六七八九十])(?<!度.)(度?[…，,]+)(点{_DIGIT})")
_POINT_AFTER_AN_ASIDE = re.compile(rf"(?<=[一二三四五六七八九十])(?<!度.)(度?{_PAUSE})(点{_DIGIT}){_ENDS}")


def joined(text: str) -> str:
    """The text with each paused numeral in one piece, in as many characters."""
    for pattern in (_AFTER_AN_ASIDE, _POINT_AFTER_AN_ASIDE, _POINT_AFTER_A_PAUSE, _AFTER_A_PAUSE):
        text = pattern.sub(r"\2\1", text)
    return text
