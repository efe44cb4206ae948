"""Whether a danger that was named is meant: denied, imagined, long over, and about whom."""

import re
from functools import lru_cache
from typing import Literal

from nlu.lexicon import load

Whose = Literal["self", "family", "neighbour"]
When = Literal["now", "recent", "past_over"]

_BREAKS = "，。！？；,!?;\n"
_PART = re.compile(f"[{_BREAKS}]")
_SENTENCE_ENDS = re.compile("[。！？!?…\n]")
_DENIALS_BEFORE_A_WORD = ("不", "没", "没有", "冇", "冇得", "唔", "不太", "不怎么")
_IN_GENERAL = ("怎么预防", "的讲座", "险", "知识", "演练", "演习")


class _Patterns:
    """The patterns of lexicon/red_flag_context.yaml, put together."""

    def __init__(self) -> None:
        words = {name: "(?:" + "|".join(listed) + ")" for name, listed in load("red_flag_context.yaml").items()}
        denial, fillers = words["denials"], words["fillers"]
        none = rf"(?:没有?|没得|冇得?|不会|不是|不存在)(?:的|啊|呢|过|了|呀|哈|哦|哟|出现|发生|一个)*(?=$|[{_BREAKS}])"
        self.denied_before = re.compile(f"{denial}{fillers}*$")
        self.no_denial = re.compile(f"{words['no_denials']}{fillers}*$")
        self.denied_inside = re.compile(
            f"^{words['denials_inside']}*(?:没有?|没得|冇得?|不(?!停|断|时|舒服|知|晓|行)|唔)"
        )
        self.denied_after = re.compile(f"^(?:、[^{_BREAKS}、]{{1,10}})*?{words['after_a_list']}*{none}")
        self.denied_later = re.compile(
            "^[，,](?:这些|那些|这个|那个|你说的)?(?:我|他|她|情况|症状|毛病|问题)*(?:全|都|通通|统统|一个|一样)(?:也|都)?"
            "(?:没有|没得|冇得|冇|没)"
        )
        self.denial = re.compile(denial)
        self.denied_list = re.compile(f"{denial}[^{_BREAKS}]{{1,8}}(?:、[^{_BREAKS}]{{1,8}})*、$")
        self.supposed = re.compile(words["supposed"])
        self.feared = re.compile(f"{words['feared']}{words['feared_for']}*$")
        self.told_elsewhere = re.compile(words["told_elsewhere"])
        self.asked_about = re.compile(f"{words['asked_about']}[^{_BREAKS}]{{0,4}}$")
        self.long_ago = re.compile(words["long_ago"])
        self.of_late = re.compile(words["of_late"])
        self.right_now = re.compile(words["right_now"])
        self.over = re.compile(words["over"])
        self.some_time_ago = re.compile(words["some_time_ago"])
        self.neighbour = re.compile(words["neighbours"])
        self.family = re.compile(words["family"])
        self.own_family = re.compile(f"(?:我|俺|咱)(?:的|家|们家)?{words['family']}|老伴")


_LISTED = re.compile("(?:这些|那些|这样|这种|什么的|啥的|之类|等等)")
_ASKED_BOTH_WAYS = re.compile(r"(.)[不没]\1")
# What is dropped and breaks: the word of its class, and who dropped it.
_THING = "(?:[表计碗杯盘瓶镜壶罐盆锅灯蛋机仪钟碟勺缸]|手机|遥控器|玩意儿?|东西|玻璃)(?:子|儿|片)?"
_DROPPED = re.compile(
    f"{_THING}(?:也|都|早|就|又)*(?:叫|让|被|给|着|教|拿|掉)[^，。]{{0,6}}$"
    f"|(?:把|将|拿|给)[^，。]{{0,4}}{_THING}[^，。]{{0,2}}$"
)


_DEAD_SINCE = re.compile(
    "[^，。！？]{0,3}(?:(?:走|没|不在|老)了|(?:去世|过世|死|殁)了?)(?:都|也|快|有|已经|整整|得有)*"
    "(?:好?[几多]|[半一二两三四五六七八九十0-9]+)[多来]?(?:年|个?半?月)"
)


# 爸，你胸口闷吗？: asked of somebody, and told of nobody.
_ASKED_OF_SOMEBODY = re.compile("(?:得慌|得很|了|着|过|得|的)*(?:吗|么|没有?|没得|啵)[啊呀]?[?？]")


def is_denied(text: str, start: int, end: int, gap: str) -> bool:
    """Whether the words at start..end are denied or asked about; `gap` is what lies between two words of a pair."""
    before, after = _part_before(text, start), text[end:]
    has = _patterns()
    denied = has.denied_before.search(before) is not None and has.no_denial.search(before) is None
    return (
        denied
        or has.denied_inside.search(gap) is not None
        or gap.endswith(_DENIALS_BEFORE_A_WORD)
        or has.denied_after.search(after) is not None
        or has.denied_later.search(after) is not None
        or _ASKED_BOTH_WAYS.match(text, end - 1) is not None
        or _in_a_denied_list(_sentence_before(text, start), after)
    )


def _in_a_denied_list(sentence: str, after: str) -> bool:
    """没有胸闷，喘不上气这些: what follows shows that the denial before the comma holds here too."""
    has = _patterns()
    listed = _LISTED.match(after) is not None and has.denial.search(sentence) is not None
    return listed or has.denied_list.search(sentence) is not None


def is_imagined(text: str, start: int, end: int) -> bool:
    """Whether the words at start..end are supposed, feared, asked about in general, or told of television."""
    part = _part_before(text, start)
    has = _patterns()
    return (
        has.supposed.search(part) is not None
        or has.feared.search(part) is not None
        or has.asked_about.search(part) is not None
        or has.told_elsewhere.search(_sentence_before(text, start)) is not None
        or _ASKED_OF_SOMEBODY.match(text, end) is not None
        or text[end:].startswith(_IN_GENERAL)
    )


def is_of_the_dead(text: str, end: int) -> bool:
    """Whether somebody died of it months or years ago: 出车祸走了半年了."""
    return _DEAD_SINCE.match(text, end) is not None


def when_of(text: str, start: int, end: int, *, lasting: bool) -> When:
    """When it happened. `lasting` is for what does not pass by itself: only a past named in the same part counts."""
    part = _part_before(text, start) + text[start:end] + _part_after(text, end)
    sentence = part if lasting else _sentence_before(text, start) + text[start:end] + _sentence_after(text, end)
    has = _patterns()
    over = has.over.search(sentence) is not None
    if has.right_now.search(part):
        return "now"
    if over and has.some_time_ago.search(sentence):
        return "past_over"
    if has.of_late.search(sentence):
        return "recent"
    if has.long_ago.search(sentence) or text[end : end + 1] == "过":
        return "past_over"
    return "recent" if over else "now"


def is_of_a_thing(text: str, start: int) -> bool:
    """Whether what fell was dropped by somebody: 体温计叫孙子摔了, 把碗摔了."""
    return _DROPPED.search(_part_before(text, start)) is not None


def whose_of(text: str, start: int) -> Whose:
    """About whom: the person named before it in the sentence, else the speaker."""
    before = _sentence_before(text, start)
    has = _patterns()
    if has.neighbour.search(before):
        neighbour = _last_end(has.neighbour, before)
        if _last_end(has.own_family, before) < neighbour and not before[neighbour:].startswith("我"):
            return "neighbour"
    own = max(before.rfind("我") + 1, before.rfind("俺") + 1, before.rfind("自己") + 2)
    return "family" if _last_end(has.family, before) > own else "self"


def _last_end(pattern: re.Pattern[str], text: str) -> int:
    return max((match.end() for match in pattern.finditer(text)), default=0)


def _part_before(text: str, start: int) -> str:
    return _PART.split(text[:start])[-1]


def _part_after(text: str, end: int) -> str:
    return _PART.split(text[end:], maxsplit=1)[0]


def _sentence_before(text: str, start: int) -> str:
    return _SENTENCE_ENDS.split(text[:start])[-1]


def _sentence_after(text: str, end: int) -> str:
    return _SENTENCE_ENDS.split(text[end:], maxsplit=1)[0]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    return _Patterns()
