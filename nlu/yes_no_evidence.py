"""What one clause of a reply says about a yes-or-no question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from nlu.lexicon import load
from nlu.topic import Topic, contrary_words, single_words, symptom_mentions

Kind = Literal[
    "echo",  # says the question's own predicate: 没发烧
    "plain",  # a bare yes or no
    "consent",  # agrees: 好, 行
    "listening",  # 嗯
    "guess",  # a statement that leans to one side
    "sometimes",
    "over",  # says that something is no longer so: 好了
    "unknown",
    "refused",
    "not_measured",
    "question",  # asks back
    "correction",  # sets aside what was said before
]

DENIAL = r"(?:没有|没得|没能|没|不是|不|无|未|别|甭|否认|从未|从不|冇)"
POST_DENIAL = re.compile(
    r"^(?:[了过]?[,，]?(?:这个|那个|什么的|倒是|倒|是|那|嘛|就|也|都|呢|还|真|的话|这些|一点|方面|症状|情况|的|啊|吗|药|饭|上))*"
    r"(没有|没得|没|未|无|不(?!错|过|但|停|断|了得|得了|止|轻|少))"
)
# 不是没有, 不能不, 谁说没有: two denials, or a question that asks for none, affirm.
DOUBLE_DENIAL = re.compile(
    r"(?:不是|不能说|不可能|不会|并不是|也不是|不敢说|没有|无)(?:完全|就|真的|一点|一点都|一点也)?(?:没有|没|不|无)(?!舒|适|好受|得劲|错|同|久|方便)|不得不|非.{1,6}不可|怎么能?没有?|咋(?:能)?没得?|谁说没有?|谁说不|哪能不|"
    r"怎么(?:能|会)?不|咋(?:能)?不|能不.{1,6}吗|不是.{1,8}[吗么]$|少不了|免不了"
)
RHETORICAL_DENIAL = re.compile(
    r"哪里?(?:会|有|能|来|敢|还)|怎么(?:会|可能|敢)(?!没|不)|咋(?:会|可能)(?!没|不)|什么时候.{1,4}过|才不|才没|何曾|从来就没"
)
REPORTED = re.compile(r"^(?:我)?(?:刚才|刚刚|前面|早就)?(?:都)?(?:我)?(?:说了|说过|说的是|说是|讲了)|^我说")
NOT_ASKING = re.compile(r"(?:没|不|无|未).{0,5}(?:什么|啥|谁|哪|多少|么子)|(?:什么|啥|谁|哪.?|么子).{0,6}(?:都|也)")
TEMPERATURE = re.compile(
    r"(3[4-9]|4[0-2])(?:[.点度]\s*(\d))?|三十([四五六七八九])(?:[度点]?…*([一二三四五六七八九半]))?|四十(?=度|点|$)"
)
FEVER_C = 37.3  # at or above this the community's health forms call it a fever
FEVER = frozenset({"发烧"})
TESTING = re.compile(r"[做查测检验]|采样")
VERB_RESULT = re.compile(r"^(?:得|不)?(?:着|好|下|到|动|了|完|起|成|过)")
LONG_AGO = frozenset(
    {
        "以前",
        "过去",
        "原来",
        "早先",
        "原先",
        "从前",
        "当年",
        "年轻时",
        "年轻的时候",
        "小时候",
        "早些年",
        "头几年",
        "前几年",
        "去年",
        "前年",
        "曾经",
        "早年",
        "老早",
        "先前",
        "那时候",
        "那会儿",
        "之前",
    }
)
_DIGITS = {word: digit for digit, word in enumerate("零一二三四五六七八九")} | {"半": 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that a clause says; `yes` is None where it takes no side. Positions are of the standard text."""

    kind: Kind
    start: int
    end: int
    yes: bool | None = None
    strong: bool = True  # an echo of the whole topic, not of one word of it
    hedged: bool = False
    over: bool = False
    past: Literal["", "recent", "long"] = ""
    contrast: bool = False
    word: str = ""


def judge(text: str, start: int, end: int, topic: Topic | None) -> Iterator[Evidence]:
    """What the clause `text[start:end]` says, in order."""
    clause = text[start:end]
    asked_back = text[end : end + 2].strip()[:1] in ("?", "？")
    words = _words()
    marker = _starts_with(clause, words["corrections"])
    if marker or (clause.startswith("哦") and len(clause) > 2):
        yield Evidence(kind="correction", start=start, end=end, word=marker)
    double = DOUBLE_DENIAL.search(clause)
    if asked_back and not double and not RHETORICAL_DENIAL.search(clause):
        yield Evidence(kind="question", start=start, end=end)
        return
    if REPORTED.search(clause) and start > 0:
        return
    found = _whole(clause, topic) or _contained(clause, topic) or _said(clause, topic, asked_back=asked_back)
    if found is None:
        return
    kind, yes, strong, word = found
    yield Evidence(
        kind=kind,
        start=start,
        end=end,
        yes=yes,
        strong=strong,
        hedged=_has(clause, words["hedges"]) is not None,
        over=_is_over(clause, topic),
        past=_past(clause),
        contrast=_starts_with(clause, words["contrasts"]) != "",
        word=word,
    )


Found = tuple[Kind, bool | None, bool, str]


def _whole(clause: str, topic: Topic | None) -> Found | None:
    """A clause that is nothing but a yes, a no or a don't-know."""
    for core in _cores(clause):
        if topic is not None and topic.symptoms and core in _sets()["wellness"] and core not in _sets()["affirm.plain"]:
            return "plain", False, True, core
        if core in _sets()["agreeing_denials"]:
            agrees = topic is None or topic.consent or bool(topic.qualities)
            return "consent" if agrees else "plain", agrees, True, core
        for name, kind, yes in _WHOLE:
            if core in _sets()[name] and not (topic is not None and _is_echo(core, topic)):
                return kind, yes, True, core
    return None


# Order matters: a word counts for the first list that holds it.
_WHOLE: tuple[tuple[str, Kind, bool | None], ...] = (
    ("unknown", "unknown", None),
    ("not_measured", "not_measured", None),
    ("refused", "refused", None),
    ("sometimes", "sometimes", True),
    ("deny.plain", "plain", False),
    ("affirm.plain", "plain", True),
    ("deny.consent", "plain", False),
    ("affirm.consent", "consent", True),
    ("affirm.acquiescent", "listening", True),
)


def _contained(clause: str, topic: Topic | None) -> Found | None:
    """A clause that says somewhere that the speaker does not know or does not want to say."""
    words = _words()
    refusal = _has(clause, words["refused"])
    if refusal:
        return "refused", None, True, refusal
    unmeasured = _has(clause, words["not_measured"])
    if unmeasured and not (topic is not None and {"量", "测"} & set(topic.verbs)):
        return "not_measured", None, True, unmeasured
    unsure = _has(clause, words["unknown"])
    if unsure:
        known = topic is not None and any(verb in unsure for verb in topic.verbs if verb in _KNOWING)
        return ("echo", False, True, unsure) if known else ("unknown", None, True, unsure)
    return None


_KNOWING = frozenset({"知道", "晓得", "记得", "清楚", "认识", "听说"})


def _said(clause: str, topic: Topic | None, *, asked_back: bool) -> Found | None:
    """What a longer clause says: an echo of the question, a measurement, a denial somewhere."""
    if topic is not None:
        measured = _measured(clause, topic)
        if measured is not None:
            return "echo", measured, True, ""
        echo = _echo(clause, topic)
        if echo is not None:
            yes, strong, word = echo
            seldom = _has(clause, _words()["sometimes"])
            return ("sometimes", True, True, seldom) if seldom and yes is not None else ("echo", yes, strong, word)
        if _about_something_else(clause, topic):
            return None
    seldom = _has(clause, _words()["sometimes"])
    if seldom:
        return "sometimes", True, True, seldom
    if asked_back or (_has(clause, _words()["asking_back"]) and not NOT_ASKING.search(clause)):
        return "question", None, True, ""
    return _leaning(clause, topic)


def _leaning(clause: str, topic: Topic | None) -> Found | None:
    """The side of a clause by its first words, or by a denial anywhere in it."""
    core = next(iter(reversed(_cores(clause))))
    if DOUBLE_DENIAL.search(clause):
        return "plain", True, True, ""
    if RHETORICAL_DENIAL.search(clause):
        return "plain", False, True, ""
    masked = _masked(core)
    if re.match(r"没|不|无|未|否|别|冇|拒绝|反对", masked):
        return "plain" if re.match(r"没有|不是|没(?!有)|不", masked) else "guess", False, False, core[:1]
    if _is_over(clause, topic) and topic is not None and (topic.symptoms or topic.still):
        return "over", None, True, ""
    if re.match(
        r"有|是的|是(?=[，,啊]|$)|对(?=[的啊呀，,]|$)|在|会|能|同意|可以|愿意|需要|要|确定|确认|当然|肯定|行(?=[，,啊吧的]|$)|好(?=[的啊呀吧，,]|$)",
        core,
    ):
        return "plain", True, False, core[:1]
    if re.search(r"没有?|不|未|无(?!锡|线|论)", masked):
        return "guess", False, False, ""
    if re.search(r"同意|可以|愿意|没问题|可行|答应|赞成|支持", masked):
        return "consent", True, False, ""
    if topic is not None and topic.indefinite and len(core) >= 2:
        return "guess", True, False, ""
    return None


def _measured(clause: str, topic: Topic) -> bool | None:
    """Whether a temperature or a test in the clause speaks for the topic."""
    if "阴性" in clause or "阳性" in clause or "转阴" in clause:
        return True if TESTING.search(topic.asked) and "阳" not in topic.asked else "阳性" in clause
    if not topic.symptoms & FEVER:
        return None
    reading = TEMPERATURE.search(clause)
    if reading is None:
        return None
    return _degrees(reading) >= FEVER_C


def _degrees(reading: re.Match[str]) -> float:
    whole, tenth, spoken, spoken_tenth = reading.groups()
    if whole:
        return int(whole) + int(tenth or 0) / 10
    if spoken:
        return 30 + _DIGITS[spoken] + (_DIGITS[spoken_tenth] / 10 if spoken_tenth else 0)
    return 40.0


def _echo(clause: str, topic: Topic) -> tuple[bool | None, bool, str] | None:
    """The clause's side when it repeats what was asked about: (yes, whole topic, word)."""
    for symptom, start, end in symptom_mentions(clause):
        if symptom in topic.symptoms or (topic.indefinite or "不舒服" in topic.symptoms):
            return affirmed(clause, start, end), True, clause[start:end]
    for word in contrary_words(topic.symptoms):
        if word in clause:
            at = clause.index(word)
            return not affirmed(clause, at, at + len(word)), True, word
    if _about_something_else(clause, topic):
        return None
    for words, strong, same in (
        (single_words(topic.symptoms), True, True),
        (topic.qualities, True, True),
        (topic.opposites(), True, False),
        (tuple(noun for noun in topic.nouns if len(noun) >= 3), True, True),
        (topic.verbs, True, True),
        (topic.nouns, False, True),
    ):
        found = _first_word(clause, words)
        if found is not None:
            return affirmed(clause, found[0], found[1]) is same, strong, clause[found[0] : found[1]]
    return None


def affirmed(clause: str, start: int, end: int) -> bool:
    """Whether the words `clause[start:end]` are said to be so."""
    before = _masked(clause[:start])
    if DOUBLE_DENIAL.search(clause[:end]):
        return True
    if _before_denied().search(before) or RHETORICAL_DENIAL.search(before):
        return False
    return not POST_DENIAL.search(_masked(clause)[end:])


def _about_something_else(clause: str, topic: Topic) -> bool:
    """Whether the clause names only symptoms that the question does not ask about."""
    mentioned = {symptom for symptom, _, _ in symptom_mentions(clause)}
    generic = topic.indefinite or "不舒服" in topic.symptoms
    return bool(mentioned) and not mentioned & topic.symptoms and not generic and not topic.qualities


def _first_word(clause: str, words: Sequence[str]) -> tuple[int, int] | None:
    masked = _masked(clause)
    places = [(masked.find(word), len(word)) for word in words if word in masked]
    if not places:
        return None
    start, length = min(places, key=lambda each: (each[0], -each[1]))
    return start, start + length


def _is_echo(core: str, topic: Topic) -> bool:
    """Whether a listed word is what was asked about: 不清楚 after 听得清楚吗."""
    return core not in _sets()["always_plain"] and any(
        word in core
        for word in (*topic.verbs, *topic.qualities, *topic.opposites())
        if len(word) > 1 or word not in "有是在要能会想好"
    )


def _is_over(clause: str, topic: Topic | None) -> bool:
    words = [word for word in _words()["over"] if word in clause]
    if topic is None:
        return bool(words)
    return any(not any(verb in word for verb in topic.verbs) for word in words)


def _past(clause: str) -> Literal["", "recent", "long"]:
    word = _has(clause, _words()["past"])
    if word is None:
        return "long" if re.search(r"有过|[^通经难不超路]过(?=$|了|的|一|两|几)", clause) else ""
    return "long" if word in LONG_AGO else "recent"


def _cores(clause: str) -> list[str]:
    """The clause, and what is left of it as openers and particles are taken off, whole first."""
    core = clause.strip(" \"'“”‘’()（）:：")
    cores = [core, _said_once(core)]
    for _ in range(6):
        shorter = _closers().sub("", core) or core
        shorter = _openers().sub("", shorter) or shorter
        if shorter == core:
            break
        core = shorter
        cores += [core, _said_once(core)]
    return [each.lower() for each in cores if each] or [clause]


def _said_once(text: str) -> str:
    return re.sub(r"^(.{1,4}?)\1+$", r"\1", text)


def _masked(text: str) -> str:
    """The text with the words that only look like denials blanked out, position for position."""
    return _not_denials().sub(lambda match: "〇" * len(match.group()), text)


def _has(text: str, words: Sequence[str]) -> str | None:
    return next((word for word in words if word in text), None)


def _starts_with(text: str, words: Sequence[str]) -> str:
    return next((word for word in words if text.startswith(word)), "")


def _either(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _words() -> Any:
    return load("yes_no.yaml")


@cache
def _sets() -> dict[str, frozenset[str]]:
    sets: dict[str, frozenset[str]] = {"always_plain": frozenset({"没有", "没", "不是", "是", "对", "有", "不对"})}
    for name, content in _words().items():
        if isinstance(content, dict):
            sets.update({f"{name}.{part}": frozenset(words) for part, words in content.items()})
        else:
            sets[name] = frozenset(content)
    return sets


@cache
def _before_denied() -> re.Pattern[str]:
    return re.compile(rf"{DENIAL}(?:{_either(_words()['between'])})*$")


@cache
def _openers() -> re.Pattern[str]:
    return re.compile(rf"^(?:{_either(_words()['openers'])})(?=.)")


@cache
def _closers() -> re.Pattern[str]:
    return re.compile(rf"(?<=.)(?:{_either(_words()['closers'])})$")


@cache
def _not_denials() -> re.Pattern[str]:
    return re.compile(_either(_words()["not_denials"]))
