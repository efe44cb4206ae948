"""A number plate of the mainland (GA 36): 京A12345, 鄂D·F2233, 粤BD12345, 粤Z1234港, told digit by digit or written."""

import re
from datetime import datetime

from nlu.digits import find_runs
from nlu.found import CERTAIN, LIKELY, Found, latest
from nlu.no_value import why_not
from nlu.normalise import normalise
from nlu.numerals import DIGIT_CLASS
from nlu.reading import Expectation, NotRead, Reading

PROVINCES = {
    "京": "北京", "津": "天津", "沪": "上海", "渝": "重庆", "冀": "河北", "豫": "河南", "云": "云南", "辽": "辽宁", "黑": "黑龙江",
    "湘": "湖南", "皖": "安徽", "鲁": "山东", "新": "新疆", "苏": "江苏", "浙": "浙江", "赣": "江西", "鄂": "湖北", "桂": "广西",
    "甘": "甘肃", "晋": "山西", "蒙": "内蒙古", "陕": "陕西", "吉": "吉林", "闽": "福建", "贵": "贵州", "粤": "广东", "青": "青海",
    "藏": "西藏", "川": "四川", "宁": "宁夏", "琼": "海南", "使": "使馆",
}  # fmt: skip
ENDINGS = "挂学警港澳领使"
# Five characters follow the letter, six on new energy plates; the last may be one of ENDINGS.
USUAL, NEW_ENERGY = 5, 6
# What a recogniser writes for spoken letters; the names people use in telling them apart.
LETTERS = {
    "诶": "A", "哎": "A", "必": "B", "比": "B", "逼": "B", "笔": "B", "西": "C", "希": "C", "弟": "D", "地": "D", "滴": "D", "迪": "D",
    "衣": "E", "艾弗": "F", "爱抚": "F", "埃夫": "F", "寄": "G", "鸡": "G", "爱曲": "H", "艾曲": "H", "开": "K", "克": "K",
    "艾勒": "L", "艾尔": "L", "艾姆": "M", "恩": "N", "匹": "P", "屁": "P", "丘": "Q", "啊": "R", "阿尔": "R", "艾斯": "S", "爱思": "S",
    "踢": "T", "提": "T", "优": "U", "维": "V", "达不溜": "W", "达不流": "W", "艾克斯": "X", "叉": "X", "外": "Y", "歪": "Y", "贼": "Z",
}  # fmt: skip

_SHORT_NAMES = {name: short for short, name in PROVINCES.items()}
_LETTER_WORDS = "|".join(sorted(LETTERS, key=len, reverse=True))
_GAP = r"[\s·.,，、\-—•]*"
_DIGIT = f"[{DIGIT_CLASS}幺腰洞拐勾]"
_PLATE = re.compile(
    rf"(?P<province>{'|'.join(PROVINCES)}|(?:{'|'.join(_SHORT_NAMES)})的?){_GAP}(?P<letter>[A-Za-z]|{_LETTER_WORDS}){_GAP}"
    rf"(?P<rest>(?:(?:[A-Za-z]|[两二三俩仨四五]个{_DIGIT}|{_DIGIT}|{_LETTER_WORDS}){_GAP}){{2,6}})(?P<ending>[{ENDINGS}])?"
)
_PIECE = re.compile(rf"[A-Za-z]|[两二三俩仨四五]个{_DIGIT}|{_DIGIT}|{_LETTER_WORDS}")


def read_plate(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The plate in its written form without a dot, "鄂DF2233"; one with too few characters is incomplete."""
    del expectation, at
    plain = normalise(text)
    found = latest(plain.text, find_plate)
    if found is not None:
        return found.reading(plain)
    begun = re.search(rf"(?:{'|'.join(PROVINCES)}){_GAP}[A-Za-z]{_GAP}(?:{_DIGIT}|[A-Za-z])", plain.text)
    if begun:
        return NotRead(reason="incomplete", span=plain.span(begun.start(), begun.end()))
    return why_not(plain)


def find_plate(text: str) -> Found | None:
    """The first number plate of a normalised text."""
    for match in _PLATE.finditer(text):
        rest, heard = "", False
        for piece in _PIECE.findall(match["rest"]):
            heard = heard or piece in LETTERS
            rest += LETTERS.get(piece) or (piece.upper() if piece.isascii() else find_runs(piece)[0][0].digits)
        ending = match["ending"] or ""
        if len(rest + ending) not in (USUAL, NEW_ENERGY):
            continue
        province = match["province"].removesuffix("的")
        letter = match["letter"]
        plate = _SHORT_NAMES.get(province, province) + (LETTERS.get(letter) or letter.upper()) + rest + ending
        return Found(plate, match.start(), match.end(), LIKELY if heard or letter in LETTERS else CERTAIN)
    return None
