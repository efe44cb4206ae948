"""Whether words in a clause are said to be so or not: 没怎么咳, 咳倒是不咳, 不是没有."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from nlu.lexicon import load

REMEMBERED_CLAUSES = 2048  # a turn asks some ten readers about the same few clauses
NEARLY = "(?:差一?点儿?|险些)(?:就|要|把|给)*"  # 差点就转了
DENIAL = rf"(?:{NEARLY}|用不着|用不到|没有|没得|没能|没|不是|不|无|未|别|甭|否认|从未|从不|冇|忘记|忘了|忘)"
# 发烧倒是没有, 药还没: the denial comes after what is denied.
POST_DENIAL = re.compile(
    r"^(?:[了过]|其实|这个|那个|什么的|倒是|倒|是|那|嘛|就|也|都|呢|还|真|的话|这些|一点|方面|症状|情况|的|啊|吗|药|饭|上|[,，])*"
    r"(没有|没得|没|未|无|不(?!错|过|但|停|断|了得|得了|止|轻|少|小))"
)
# 不是没有, 不能不, 谁说没有: two denials, or a question that asks for none, affirm.
DOUBLE_DENIAL = re.compile(
    r"(?:不是|不能说|不能|不可能|不会|不敢说|没有|无)(?:完全|就|真的|一点|一点都|一点也)?"
    r"(?:没有|没|不|无)(?!舒|适|好受|得劲|错|同(?!意)|久|方便|是)"
    r"|没有?(?:哪|一)(?:天|次|个|顿|回|日|晚|样|家)(?:是)?不"
    r"|不(?:反对|拒绝|介意|嫌弃|推辞)|不得不|非.{1,6}不可|少不了|免不了|能不.{1,6}吗|不是.{1,8}[吗么嘛]$"
    r"|(?:有|没有?|没得|冇得?)(?:什么|啥|么子|么事)不(?=方便|可以|行|能|好意思|会|愿|敢)|怎么(?:能|会)?没有?|咋(?:能|会)?没得?|谁说(?:没有?|不)|哪能不|怎么(?:能|会)?不|咋(?:能)?不(?!知|晓)"
    r"|(?:为啥|为什么|干[嘛啥])不(?=[去要参做来吃领打])|不(?:花|要|收|用花)钱[^，,不没]{0,3}就(?=[去要参做来吃领打])"
)
# 只够两三天: what is measured falls short.
LIMITED = re.compile("(?:只|才|仅|顶多|最多|勉强)(?:剩|能)?$")
# 一点热乎气都没有, 一顿也没吃: nothing of what stands between is so.
NONE_AT_ALL = re.compile(
    r"(?:一[点丝个次样回顿口声下件]|半[点个句])[^，,]{0,8}?[都也](?:没|冇|不(?!错|停|断))|哪样[都也](?:没|不)"
)
# 大孙子不是回来过嘛: it is so, whatever word of the clause is meant.
ISNT_IT = re.compile("不是[^没不冇未无]{1,8}[吗么嘛]$")
RHETORICAL_DENIAL = re.compile(
    r"哪里?(?:会|有|能|来|敢|还)|(?<![你您们])(?:怎么|咋)(?:会|可能|敢|能)(?!没|不)|什么时候.{1,4}过|才不|才没|何曾|从来就没"
    r"|哪(?![里儿个天位种年月栋些怕边样一号晓知记件桩回次家块份]).{1,3}[啊呀哟哦嘞唦]$"
)
# 哪里够, 发什么烧, 还去什么外地: asked so as to deny it.
HARDLY_BEFORE = re.compile(r"哪[里儿]?$|[^有为没是说叫凭做干看按](?:什么|啥子?|么子)$")
NONE_BEFORE = re.compile("[没不冇无].{0,4}$")  # 没去什么地方 is denied already
HARDLY_AFTER = re.compile(r"(?:个|[得了]?)(?:啥|什么)[啊呀哦哟嘛呢]*$|个(?:屁|鬼|球|锤子)")  # 满意个啥
# 闷啥闷, 烧个什么烧: the word said twice around what asks.
SAID_TWICE = re.compile("(?P<said>[\u4e00-\u9fff]{1,2})(?:个|得)?(?:啥子?|什么|么子|么事|个屁|个鬼)(?P=said)")
HARDLY = re.compile("^.{0,3}[啊呀哟哦嘞唦]$")  # 哪烧啊


def affirmed(clause: str, start: int, end: int) -> bool:
    """Whether the words `clause[start:end]` are said to be so."""
    before = masked(clause[:start])
    if clause.startswith("够", start) and LIMITED.search(before):
        return False
    if DOUBLE_DENIAL.search(clause[:end]) or ISNT_IT.search(clause):
        return True
    if clause[:start].endswith("哪") and HARDLY.search(clause[start:]):
        return False
    if HARDLY_BEFORE.search(before) and not NONE_BEFORE.search(before):
        return False
    if HARDLY_AFTER.match(clause, end) and not NONE_BEFORE.search(before):
        return False
    twice = SAID_TWICE.search(clause)
    if twice is not None and twice.start() < end and start < twice.end():
        return False
    none = NONE_AT_ALL.search(clause)
    if none is not None and none.start() <= start and end <= none.end():
        return False
    if _denied_before().search(before) or RHETORICAL_DENIAL.search(before):
        return False
    return not POST_DENIAL.search(masked(clause)[end:])


@lru_cache(maxsize=REMEMBERED_CLAUSES)
def masked(text: str) -> str:
    """The text with the words that only look like denials blanked out, position for position: 不过, 差不多."""
    return _not_denials().sub(lambda word: "〇" * len(word.group()), text)


def either(words: Sequence[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _denied_before() -> re.Pattern[str]:
    return re.compile(rf"{DENIAL}(?:{either(_words()['between'])})*$")


@cache
def _not_denials() -> re.Pattern[str]:
    return re.compile(either(_words()["not_denials"]))


@cache
def _words() -> Any:
    return load("yes_no.yaml")
