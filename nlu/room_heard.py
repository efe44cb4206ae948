"""Addresses as a recogniser writes them: 三号喽二单元, 八洞二单元, 二单元无零一."""

import re

from nlu.heard import heard_digit
from nlu.rewriting import Rewritten
from nlu.room_numbers import NUMBER
from nlu.room_parts import GAP, UNIT_WORD

# What a recogniser writes for 楼, 栋 and 单元 between two numbers of an address.
MISHEARD = (
    (re.compile(rf"(?<=号)([喽漏娄搂])(?={GAP}第?{NUMBER}\s*{UNIT_WORD})"), "楼"),
    (
        re.compile(rf"(?<=[0-9零一二三四五六七八九十])([洞冻动懂董])(?={GAP}第?[0-9一二三四五六七八九]\s*{UNIT_WORD})"),
        "栋",
    ),
    (re.compile(r"(?<=[0-9一二三四五六七八九])(丹元|单圆|单员|弹元|担元)"), "单元"),
)
# 二单元无零一, 三栋儿单元: a digit written as another character beside a part of an address.
MISHEARD_DIGIT = re.compile(
    r"(?<=[元栋幢楼层])[\u4e00-\u9fff](?=[零一二三四五六七八九幺]{2}(?![\u4e00-\u9fff]))"
    r"|(?<=[元栋幢楼层][零一二三四五六七八九幺])[\u4e00-\u9fff](?=[零一二三四五六七八九幺](?![\u4e00-\u9fff]))"
    r"|(?:(?<=[栋幢楼,，])|^)[\u4e00-\u9fff](?=号楼|[栋幢]|单元)"
)


def room_heard(heard: Rewritten) -> Rewritten:
    """The text with the words and digits of an address put right."""
    words = [
        (each.start(1), each.end(1), right) for pattern, right in MISHEARD for each in pattern.finditer(heard.text)
    ]
    heard = heard.replaced(sorted(words))
    digits = [
        (each.start(), each.end(), digit)
        for each in MISHEARD_DIGIT.finditer(heard.text)
        if (digit := heard_digit(each.group()))
    ]
    return heard.replaced(digits)
