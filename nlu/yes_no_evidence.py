"""What one clause of a reply says about a yes-or-no question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from nlu.denial import DOUBLE_DENIAL, RHETORICAL_DENIAL, affirmed, either, masked
from nlu.lexicon import load
from nlu.no_value import says_unknown
from nlu.relations import relation_mentions
from nlu.symptoms import contrary_words, find_symptoms, single_words
from nlu.topic import Topic, verb_traps

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

# A clause that only reports what was said before: 我说了不是.
REPORTED = re.compile(r"^(?:我)?(?:刚才|刚刚|前面|早就)?(?:都)?(?:我)?(?:说了|说过|说的是|说是|讲了)|^我说")
# 没吃什么药 and 谁都没来 hold a question word and ask nothing.
NOT_ASKING = re.compile(r"(?:没|不|无|未).{0,5}(?:什么|啥|谁|哪|多少|么子)|(?:什么|啥|谁|哪.?|么子).{0,6}(?:都|也)")
TEMPERATURE = re.compile(
    r"(3[4-9]|4[0-2])(?:[.点度]\s*(\d))?|三十([四五六七八九])(?:[度点]?…*([一二三四五六七八九半]))?|四十(?=度|点|$)"
)
FEVER_C = 37.3  # at or above this the community's health forms call it a fever
FEVER = frozenset({"发烧"})
TESTING = re.compile(r"[做查测检验]|采样")
WHAT_IS = re.compile(r"(?:什么|啥|么子)(?:是|叫|时候)?[^都也不没事用大]{1,8}$")
AFTERWARDS = re.compile(r"[^，,]{1,4}了(?:以后|之后|过后)")
NO_LONGER = re.compile(r"不[^不没]{1,4}[了啦喽咯嘞]$|没再|不再")
PARTICIPATION = frozenset({"参加", "报名", "预约"})
KNOWING = frozenset({"知道", "晓得", "记得", "清楚", "认识", "听说"})
# Verbs that say too little to be an echo: 有 in 有鼻塞 does not answer 有没有发烧.
WEAK_VERBS = frozenset("有是在要能会想上下出到给说点走开通转")
LEANS_NO = re.compile(r"没|不|无|未|否|别|冇|拒绝|反对")
LEANS_NO_PLAINLY = re.compile(r"没有|不是|没(?!有)|不")
LEANS_YES = re.compile(
    r"有点|有些|有一点|是的|是(?=[，,啊]|$)|对(?=[的啊呀，,]|$)|同意|可以|愿意|需要|确定|确认|当然|肯定|行(?=[，,啊吧的]|$)|好(?=[的啊呀吧，,]|$)"
)
LEANS_YES_IF_ASKED = re.compile(r"有(?!空|时间再)|在|会|能|要")
DENIES_SOMEWHERE = re.compile(r"没有?|不|未|无(?!锡|线|论)")
WELL_PHRASES = ("正常", "好好的", "好着", "挺好", "很好", "蛮好", "没事", "硬朗", "健康", "结实")
AGREES_SOMEWHERE = re.compile(r"同意|可以|愿意|没问题|可行|答应|赞成|支持")
RESULT = "[了动着到下上起完见清住赢]"
ABLE = re.compile(rf"能|会|可以|得{RESULT}")
UNABLE = re.compile(rf"不{RESULT}|不得")
DONE_IN_REPLY = re.compile(r"([\u4e00-\u9fff])[了过完到成]")
ALONE_WORDS = ("一个人", "独自", "就我", "单过", "独居")
PAST_ASPECT = re.compile(r"有过|[^通经难不超路好错]过(?=$|了|的|一|两|几)")
QUOTES = " \"'“”‘’()（）:："


Past = Literal["", "recent", "long", "aspect"]  # aspect: only 过 says so


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
    past: Past = ""
    contrast: bool = False
    word: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    kind: Kind
    yes: bool | None = None
    word: str = ""
    strong: bool = True


def judge(text: str, start: int, end: int, topic: Topic | None) -> Iterator[Evidence]:
    """What the clause `text[start:end]` says, in order."""
    clause = text[start:end]
    words = _words()
    asked_back = text[end : end + 2].strip()[:1] in ("?", "？")
    marker = _starts_with(clause, words["corrections"])
    if marker or (clause.startswith("哦") and len(clause) > 2):
        yield Evidence(kind="correction", start=start, end=end, word=marker)
    if REPORTED.search(clause) and start > 0:
        return
    found = _asked_back(clause) if asked_back else _found(clause, topic)
    if found is not None:
        yield Evidence(
            kind=found.kind,
            start=start,
            end=end,
            yes=found.yes,
            strong=found.strong,
            hedged=_has(clause, words["hedges"]) is not None,
            over=_is_over(clause, topic),
            past=_past(clause),
            contrast=_starts_with(clause, words["contrasts"]) != "",
            word=found.word,
        )


def _found(clause: str, topic: Topic | None) -> _Found | None:
    ways = (_measured, _whole, _without_answer, _asked_what, _echo, _seldom, _elsewhere, _asking, _leaning)
    return next((found for way in ways if (found := way(clause, topic)) is not None), None)


def _asked_back(clause: str) -> _Found:
    """A clause with a question mark: 怎么没有？ affirms, 哪有？ denies, all else asks."""
    if DOUBLE_DENIAL.search(clause):
        return _Found("plain", True)
    return _Found("plain", False) if RHETORICAL_DENIAL.search(clause) else _Found("question")


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


def _whole(clause: str, topic: Topic | None) -> _Found | None:
    """A clause that is nothing but a yes, a no or a don't-know, particles apart."""
    sets = _sets()
    for core in _cores(clause):
        if topic is not None and topic.habitual and not topic.indefinite and core in sets["over"]:
            return _Found("over", word=core)
        if topic is not None and topic.ailing and core in sets["wellness"] and core not in sets["affirm.plain"]:
            return _Found("plain", False, core)
        if core in sets["agreeing_denials"]:
            agrees = topic is None or topic.consent or bool(topic.qualities)
            return _Found("consent" if agrees else "plain", agrees, core)
        if topic is not None and _is_echo(core, topic):
            continue
        if topic is not None and KNOWING & set(topic.verbs) and core in sets["unknown"]:
            return _Found("echo", False, core)
        for name, kind, yes in _WHOLE:
            if core in sets[name]:
                return _Found(kind, yes, core)
    return None


def _without_answer(clause: str, topic: Topic | None) -> _Found | None:
    """A clause that says somewhere that the speaker does not know, did not measure or does not want to say."""
    words = _words()
    refusal = _has(clause, words["refused"])
    if refusal:
        return _Found("refused", word=refusal)
    unmeasured = _has(clause, words["not_measured"])
    asks_to_measure = topic is not None and bool({"量", "测"} & set(topic.verbs)) and not topic.qualities
    if unmeasured and not asks_to_measure:
        return _Found("not_measured", word=unmeasured)
    unsure = _has(masked(clause), words["unknown"])
    if unsure is None and says_unknown(clause):
        unsure = clause
    if unsure is None or (unsure.startswith("忘") and _echo(clause, topic) is not None):
        return None
    known = topic is not None and bool(KNOWING & set(topic.verbs))
    return _Found("echo", False, unsure) if known else _Found("unknown", word=unsure)


def _measured(clause: str, topic: Topic | None) -> _Found | None:
    """A temperature or a test that speaks for the topic."""
    if topic is None:
        return None
    if re.search(r"阴性|阳性|转阴", clause):
        tested = TESTING.search(topic.asked) is not None and "阳" not in topic.asked
        return _Found("echo", tested or "阳性" in clause)
    normal = "体温" in topic.asked and "正常" in topic.qualities
    reading = TEMPERATURE.search(clause) if normal or topic.symptoms & FEVER else None
    return (
        _Found("echo", (_degrees(reading) >= FEVER_C) is not normal, reading.group()) if reading is not None else None
    )


def _degrees(reading: re.Match[str]) -> float:
    whole, tenth, spoken, spoken_tenth = reading.groups()
    if whole:
        return int(whole) + int(tenth or 0) / 10
    digits = "零一二三四五六七八九"
    if spoken:
        tenths = 5 if spoken_tenth == "半" else digits.index(spoken_tenth) if spoken_tenth else 0
        return 30 + digits.index(spoken) + tenths / 10
    return 40.0


def _asked_what(clause: str, topic: Topic | None) -> _Found | None:  # noqa: ARG001
    """什么咳嗽, 啥是灭火器: the question's words with a question word before them."""
    return _Found("question") if WHAT_IS.match(clause) else None


def _echo(clause: str, topic: Topic | None) -> _Found | None:
    """The clause's side when it repeats what was asked about, or says its contrary."""
    if topic is None:
        return None
    found = _echoed_symptom(clause, topic) or _echoed_word(clause, topic)
    seldom = _has(clause, _words()["sometimes"])
    return _Found("sometimes", True, seldom) if found is not None and seldom else found


def _echoed_symptom(clause: str, topic: Topic) -> _Found | None:
    generic = topic.indefinite or "不舒服" in topic.symptoms
    for mention in find_symptoms(clause, 0, len(clause)):
        if mention.symptom in topic.symptoms or (generic and topic.symptoms):
            return _Found("echo", mention.present, clause[mention.start : mention.end])
    place = _first_word(clause, single_words(topic.symptoms))
    if place is not None:
        return _Found("echo", affirmed(clause, *place), clause[place[0] : place[1]])
    for word in contrary_words(topic.symptoms):
        if word in clause:
            at = clause.index(word)
            return _Found("echo", not affirmed(clause, at, at + len(word)), word)
    return None


def _echoed_word(clause: str, topic: Topic) -> _Found | None:
    if _about_something_else(clause, topic):
        return None
    if topic.alone and (place := _first_word(clause, ALONE_WORDS)):
        return _Found("echo", affirmed(clause, *place), clause[place[0] : place[1]])
    if topic.offer and topic.consent and (own := _has(clause, ("我自己", "自己会", "自己能", "自己来", "自己去"))):
        return _Found("echo", False, own)
    if topic.somebody and (people := relation_mentions(clause)) and not LEANS_NO.match(masked(clause)):
        return _Found("echo", affirmed(clause, people[0][1], people[0][2]), clause[people[0][1] : people[0][2]])
    others = (
        [each for each in relation_mentions(clause) if each[0] != "本人"] if topic.about_self or topic.alone else []
    )
    if others and affirmed(clause, others[0][1], others[0][2]):
        return _Found("echo", False, clause[others[0][1] : others[0][2]])
    if topic.done and (planned := _has(clause, _words()["planned"])):
        return _Found("echo", False, planned, strong=False)
    if topic.travel:
        if stayed := _has(clause, _words()["stayed"]) or _has("在家", [_cores(clause)[-1]]):
            return _Found("echo", False, stayed)
        if place := _first_word(clause, _words()["went"]):
            return _Found("echo", affirmed(clause, *place), clause[place[0] : place[1]])
    verbs = tuple(verb for verb in topic.verbs if verb not in WEAK_VERBS)
    if KNOWING & set(verbs):
        verbs += tuple(KNOWING)
    whole = tuple(noun for noun in topic.nouns if noun in topic.pieces or "有" + noun in topic.pieces)
    if PARTICIPATION & set(verbs):
        verbs += ("去", "来")
    for words, strong, same in (
        (topic.opposites(), True, False),
        ((*topic.qualities, *topic.alike()), True, True),
        (whole if not topic.symptoms else (), True, True),
        (verbs if not topic.qualities else (), False, True),
        (topic.nouns if not topic.symptoms else (), False, True),
        (_done_words(clause, topic), False, True),
    ):
        place = _first_word(clause, words)
        if place is not None:
            said = affirmed(clause, *place) and not _opens_with_denial(clause[: place[0]])
            return _Found("echo", said is same, clause[place[0] : place[1]], strong)
    return _able(clause) if topic.ability else None


def _opens_with_denial(clause: str) -> bool:
    """没接到过这种电话: what follows the verb is denied with it."""
    return (
        LEANS_NO.match(masked(_cores(clause)[-1] if clause else "")) is not None
        and DOUBLE_DENIAL.search(clause) is None
    )


def _done_words(clause: str, topic: Topic) -> tuple[str, ...]:
    """Characters of the question that the clause says are done: 备了一个 after 有没有备灭火器."""
    asked = set("".join(topic.pieces)) - set(WEAK_VERBS)
    return tuple(match.group(1) for match in DONE_IN_REPLY.finditer(clause) if match.group(1) in asked)


def _able(clause: str) -> _Found | None:
    """走得动, 能走 and 走不动, 不能走 after a question about what somebody can do."""
    unable, able = UNABLE.search(clause), ABLE.search(clause)
    if unable is not None:
        return _Found("echo", False, unable.group(), strong=False)
    return _Found("echo", affirmed(clause, *able.span()), able.group(), strong=False) if able is not None else None


def _seldom(clause: str, topic: Topic | None) -> _Found | None:
    seldom = _has(clause, _words()["sometimes"])
    if seldom is None or (topic is not None and _about_something_else(clause, topic)):
        return None
    return _Found("sometimes", True, seldom)


def _elsewhere(clause: str, topic: Topic | None) -> _Found | None:
    """A clause about other symptoms than were asked for takes no side: 有鼻塞 after 胸闷吗."""
    return _Found("question") if topic is not None and _about_something_else(clause, topic) else None


def _asking(clause: str, topic: Topic | None) -> _Found | None:  # noqa: ARG001
    asking = _has(clause, _words()["asking_back"])
    return _Found("question", word=asking) if asking and not NOT_ASKING.search(clause) and not _turned(clause) else None


def _turned(clause: str) -> bool:
    return bool(DOUBLE_DENIAL.search(clause) or RHETORICAL_DENIAL.search(clause))


def _leaning(clause: str, topic: Topic | None) -> _Found | None:
    """The side of a clause by a turned denial, by its first words, or by a denial anywhere in it."""
    if DOUBLE_DENIAL.search(clause):
        return _Found("plain", True)
    if RHETORICAL_DENIAL.search(clause):
        return _Found("plain", False)
    core = _cores(clause)[-1]
    if re.search(r"有(?:一)?[点些](?:儿|子)?$", core):
        return _Found("plain", True, "有", strong=False)
    plain = masked(core)
    if LEANS_NO.match(plain):
        return _Found("plain" if LEANS_NO_PLAINLY.match(plain) else "guess", False, core[:1], strong=False)
    if topic is not None and topic.lasting and _is_over(clause, topic):
        return _Found("over")
    asked_for = LEANS_YES_IF_ASKED.match(core)
    if LEANS_YES.match(core) or (asked_for and (topic is None or asked_for.group() in topic.verbs)):
        return _Found("plain", True, core[:1], strong=False)
    return _guessed(core, plain, topic)


def _guessed(core: str, plain: str, topic: Topic | None) -> _Found | None:
    well = _has(core, WELL_PHRASES) if topic is not None and topic.ailing else None
    if well is not None:
        return _Found("plain", False, well, strong=False)
    if DENIES_SOMEWHERE.search(plain):
        return _Found("guess", False, strong=False)
    if AGREES_SOMEWHERE.search(plain):
        return _Found("consent", True, strong=False)
    if topic is not None and topic.indefinite and len(core) >= 2 and not topic.still:
        return _Found("guess", True, strong=False)
    return None


def _about_something_else(clause: str, topic: Topic) -> bool:
    """Whether the clause names only symptoms that the question does not ask about."""
    if topic.qualities or topic.indefinite or "不舒服" in topic.symptoms:
        return False
    mentions = find_symptoms(clause, 0, len(clause))
    mentioned = {each.symptom for each in mentions if clause[each.start : each.end] not in topic.asked}
    echoed = topic.verbs if topic.symptoms else (*topic.verbs, *topic.nouns)
    return bool(mentioned) and not mentioned & topic.symptoms and _first_word(clause, echoed) is None


def _first_word(clause: str, words: Sequence[str]) -> tuple[int, int] | None:
    """Where the first of the words stands, the longest at a place, outside of words in which they mean another thing."""

    def blanked(trap: re.Match[str]) -> str:
        return trap.group() if trap.group() in words else "〇" * len(trap.group())

    hidden = verb_traps().sub(blanked, masked(clause))
    places = [(hidden.find(word), -len(word)) for word in words if word in hidden]
    if not places:
        return None
    start, length = min(places)
    return start, start - length


def _is_echo(core: str, topic: Topic) -> bool:
    """Whether a listed word is what was asked about: 不清楚 after 听得清楚吗."""
    if core in _sets()["always_plain"]:
        return False
    words = (*topic.verbs, *topic.qualities, *topic.opposites())
    return any(word in core for word in words if word not in WEAK_VERBS and word != "好")


def _is_over(clause: str, topic: Topic | None) -> bool:
    if NO_LONGER.search(clause):
        return True
    plain = AFTERWARDS.sub("", clause)
    words = [word for word in _words()["over"] if word in plain]
    return any(topic is None or not any(verb in word for verb in topic.verbs) for word in words)


def _past(clause: str) -> Past:
    if _has(clause, _words()["long_ago"]):
        return "long"
    if PAST_ASPECT.search(clause):
        return "aspect"
    return "recent" if _has(clause, _words()["past"]) else ""


def _cores(clause: str) -> list[str]:
    """The clause, and what is left of it as openers and particles are taken off, whole first."""
    core = clause.strip(QUOTES).lower()
    cores = [core, _said_once(core)]
    for _ in range(6):
        shorter = _openers().sub("", _closers().sub("", core))
        if shorter == core:
            break
        core = shorter
        cores += [core, _said_once(core)]
    return [each for each in cores if each] or [clause]


def _said_once(text: str) -> str:
    return re.sub(r"^(.{1,4}?)\1+$", r"\1", text)


def _has(text: str, words: Sequence[str]) -> str | None:
    return next((word for word in words if word in text), None)


def _starts_with(text: str, words: Sequence[str]) -> str:
    return next((word for word in words if text.startswith(word)), "")


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
def _openers() -> re.Pattern[str]:
    return re.compile(rf"^(?:{either(_words()['openers'])})(?=.)")


@cache
def _closers() -> re.Pattern[str]:
    return re.compile(rf"(?<=.)(?:{either(_words()['closers'])})$")
