"""Which option was picked: by word, synonym, position, key or sound, or by excluding the others."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from nlu.clauses import blanked, clauses
from nlu.dialect import standard
from nlu.options.counting import counted
from nlu.options.mention import DEGREE, VERY, Mention, choice_words, forms_of, is_judgement
from nlu.options.naming import another, any_of_them, in_part, in_words, none_of_them, of_its_kind, scaled, sounding
from nlu.options.picking import excluded, judged, opposite, picked
from nlu.options.placing import keyed, placed
from nlu.readers.yes_no import read_yes_no
from nlu.reading import Choice, Expectation, NotRead, Reading
from nlu.subject import OTHER, relation, subject_of

LISTENING = re.compile(r"^[嗯唔哦噢啊呃额哎诶好对是行的呀吧,，。.！!？?…、\s]*$")
_YES = frozenset(
    {"是", "有", "需要", "要", "愿意", "同意", "会", "能", "去", "参加", "对", "好", "可以", "是的", "在", "方便"}
)
# 免费的怎么不去: goes. 看情况，能走就去: says no more than 看情况.
DENIES_THE_DENIAL = re.compile("(?:怎么|咋|哪能|干嘛|为啥|凭啥)(?:会|能|可能)?不(?=[\u4e00-\u9fff])")
# 我妈说她睡得好不好？ 去不去再说, 不好意思，呛着了
SAYS_NOTHING = re.compile(
    r"([\u4e00-\u9fff])不\1(?=[^，。]{0,2}[？?]|再|到时|还没|没定|的(?:$|[，。]))|不好(?:意思|弄)"
)
AFFIRMED = "一定"
CONDITION = re.compile("看情况|到时候?看|那天再看|再说吧|说不准|不一定")
ON_CONDITION = re.compile("能[^，。]{0,4}就[^，。]{1,4}|(?:天|身体)[^，。]{0,4}就[^，。]{1,4}")
_NO = frozenset({f"不{word}" for word in _YES} | {"没有", "没", "无", "否", "不", "未", "没参加"})


def read_choice(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The key of the option that was picked; 上午 is enough where only one morning was offered."""
    reading = _read_among(text, expectation, at=at)
    if isinstance(reading, Reading) or not expectation.offered:
        return reading
    offered = replace(expectation, choices=expectation.choices[: expectation.offered], offered=0)
    among = _read_among(text, offered, at=at)
    return among if isinstance(among, Reading) else reading


def _read_among(text: str, expectation: Expectation, *, at: datetime) -> Reading | NotRead:
    heard = standard(text)
    heard = heard.replaced((each.start(), each.end(), "") for each in DEGREE.finditer(heard.text))
    heard = heard.replaced((each.start(), each.end(), "很") for each in VERY.finditer(heard.text))
    heard = heard.replaced((each.start(), each.end(), "") for each in SAYS_NOTHING.finditer(heard.text))
    heard = heard.replaced((each.start(), each.end(), AFFIRMED) for each in DENIES_THE_DENIAL.finditer(heard.text))
    if CONDITION.search(heard.text):
        heard = heard.replaced((each.start(), each.end(), "") for each in ON_CONDITION.finditer(heard.text))
    mentions: list[list[Mention]] = []
    found: Mention | None = None
    for way in (
        counted,
        in_words,
        placed,
        keyed,
        in_part,
        scaled,
        none_of_them,
        of_its_kind,
        any_of_them,
        another,
        sounding,
    ):
        found_so = judged(heard.text, way(heard.text, _with_other_words(expectation)), asked=expectation.asked)
        found_so = [each for each in found_so if not _judges_something_else(heard.text, each, expectation.asked)]
        if way is in_part:  # 回来 of 飞回来 picks nothing after 坐什么车回来的
            found_so = [each for each in found_so if heard.text[each.start : each.end] not in expectation.asked]
        mentions.append(found_so)
        found = picked(heard.text, mentions[-1])
        if found is not None:
            break
    found = found or opposite(mentions, expectation.choices) or excluded(mentions, expectation.choices)
    if found is not None:
        return Reading(value=found.key, span=heard.span(found.start, found.end), confidence=found.confidence)
    return _by_yes_or_no(text, expectation, at=at) or _reason(text, heard.text, mentions, expectation, at=at)


def _judges_something_else(text: str, mention: Mention, asked: str) -> bool:
    """天气好, 胃口好, after 睡得好不好."""
    if not is_judgement(text[mention.start : mention.end]):
        return False
    around = blanked(text, mention.start, mention.end)
    clause = next((around[start:end] for start, end in clauses(text) if start <= mention.start < end), "")
    return relation(subject_of(asked), clause) == OTHER


def _with_other_words(expectation: Expectation) -> tuple[Choice, ...]:
    """The options with what people say for them after such a question: 一觉到天亮 for 好 after 睡得好吗."""
    words = [each for each in choice_words()["told_otherwise"] if re.search(each["asked"], expectation.asked)]
    return tuple(
        replace(
            each,
            synonyms=(*each.synonyms, *(word for told in words for word in told["means"].get(each.label, ()))),
        )
        if words
        else each
        for each in expectation.choices
    )


def _by_yes_or_no(text: str, expectation: Expectation, *, at: datetime) -> Reading | None:
    """有 and 没有, 需要 and 不需要: options that are a yes and a no are picked by saying yes or no."""
    sides: dict[str, str] = {}
    for choice in expectation.choices:
        words = set(forms_of(choice))
        side = "yes" if words & _YES else "no" if words & _NO else None
        if side is None or side in sides:
            return None
        sides[side] = choice.key
    if len(sides) != 2:
        return None
    reading = read_yes_no(text, expectation=expectation, at=at)
    if isinstance(reading, NotRead) or reading.value not in sides:
        return None
    return Reading(value=sides[reading.value], span=reading.span, confidence=reading.confidence)


def _reason(
    text: str, plain: str, groups: Sequence[Sequence[Mention]], expectation: Expectation, *, at: datetime
) -> NotRead:
    if LISTENING.match(plain):
        return NotRead(reason="not_an_answer")
    words = choice_words()
    if re.search(r"还是.{1,8}$", plain) and not re.search(r"[，,。.；;…]", plain):
        return NotRead(reason="not_an_answer")
    if any(word in plain for word in words["any"]) or any(
        len({m.key for m in group if not m.denied}) > 1 for group in groups
    ):
        return NotRead(reason="vague")
    said = read_yes_no(text, expectation=expectation, at=at)
    return said if isinstance(said, NotRead) else NotRead(reason="not_an_answer")
