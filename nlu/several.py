"""One utterance, many answers: every value that was said, for whichever question it answers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from nlu.dialect import standard
from nlu.found import CERTAIN
from nlu.journeys import comes_from
from nlu.leaving import asks_arrival, tells_of_leaving, went_back_after_a_stay
from nlu.normalise import normalise
from nlu.options.mention import DEGREE
from nlu.readers import READERS
from nlu.reading import Expectation, Reading
from nlu.somebody_else import is_of_somebody_else
from nlu.subject import OTHER, SAME, SILENT, Subject, nearness, relation, subject_of, symptoms_said

# Kinds whose values say by themselves what they are, once these words stand in the same part of the sentence.
_MARKS = {
    "phone": "[0-9零〇一二三四五六七八九幺么洞拐两]{4}",
    "id_number": "[0-9零〇一二三四五六七八九幺么洞拐两]{4}",
    "plate": "",
    "train": "",
    "temperature": "度|体温|烧|三十[五六七八九]|3[5-9]|四十",
    "blood_pressure": "压|高的一百|高的1",
    "glucose": "血糖|空腹|[餐饭]后|糖",
    "room": "栋|号楼|单元|室|幢|弄|-|楼",
    "name": "我叫|名字|姓名|我姓|叫做|(?:^|[，。,])叫",
    "relation": "我是|我系|替|帮|俺是",
    "symptoms": "",
    "medicine": "药|片|胰岛素|盒|粒|吃的是|打的是",
}
_MARK = {kind: re.compile(marks) for kind, marks in _MARKS.items()}
# Kinds that many a word could be read as: the same part must speak of what the question is about.
_NEED_SUBJECT = frozenset({"date", "duration", "number", "quantity", "head_count", "region", "yes_no"})
# Words that are a choice of many questions at once.
_ANY_CHOICE = re.compile(
    "^(?:挺|很|蛮|还|太|不|都|比较|非常|一般|般|好|差|行|可以|有|没有|没|是|对|错|满意|要|需要|去|来|会|能|的|了|凑合|多|少|高|低|着|呢|啊|嘞|呀|得很)*$"
)
# What one span can be only one of.
_FAMILIES = (
    frozenset({"date", "duration"}),
    frozenset(
        {"number", "quantity", "head_count", "temperature", "glucose", "blood_pressure", "phone", "id_number", "room"}
    ),
    frozenset({"region", "name"}),
)
_FAMILY = {kind: number for number, family in enumerate(_FAMILIES) for kind in family}
_SURE_FROM = 0.5  # below it a value must be read back: too weak to be taken unasked

# 不是坐汽车，是坐高铁 puts right and denies nothing; 没人帮我买 does not say that no help is wanted.
_NOBODY_HELPS = re.compile("(?:没|冇|无)(?:得|有)?人[^，。]{0,2}(?:帮|替|管)")
_NOT_THIS = re.compile("(?:[我俺额他她佢它]们?|也|又|都)*不是[^，。！？,!?]{1,12}[，,]?(?:而)?是")
# 我得赶课去了: whoever has to go now says nothing of who came home.
_I_MUST_GO = re.compile(
    "(?:那|哎|好了|行了)*[我俺额咱](?:还|也|现在|这就|马上)*(?:得|要|该|先|就|准备)[^，。！？]{0,12}[走去][了咯哒咧喽啦]?"
)
_REACHED = re.compile("(?:到[的了]|[回来]到|回的|抵达)(?:我们|咱们?|俺们?)?$")
_ONLY_AN_AGE = re.compile("^(?:虚岁|周岁|今年|快|都|已经|有|满)*[二两三四五六七八九]?十[一二三四五六七八九]?[了啦]$")
_ONLY_US = re.compile("(?:就|只有?|只剩|光|剩下?)(?:是|有|剩)?(?:[我俺咱额]们?|老两口|老俩)")
_NOBODY = re.compile("[，,。啊哦嗯哎唉]*(?:没|冇|莫|呒|无|哪有|不)")
_JOURNEY = re.compile("车|大巴|火车|高铁|飞机|坐|星期|礼拜|周[一二三四五六日天]|[号日]|初|[昨前]天|昨儿|回")

_RIDE = "(?:我|俺|他|她|们|就|是|都)*(?:[坐搭乘赶](?!着|在)|开(?:的|着|了)?[^，。]{0,4}车|(?:从|打|由|自)[^，。]{2,})"
_RIDES_BEHIND = re.compile(f"[，,]{_RIDE}")
_RIDES_BEFORE = re.compile(f"(?:^|[，。,])(?:{_RIDE})[^，。,]*[，,]$")
_IS_BACK = re.compile("回(?:来|的|到|家|屋|了)|到(?:的)?(?:家|屋)|返")
_ONLY_A_DAY = re.compile(
    "(?:就|是|在|嗯|哦|啊|大概|好像|应该|可能)*@(?:早上|上午|中午|下午|晚上|夜里|的|吧|嘛|啊|呀|噻|咯|嘞|那天|哩)*"
)
_YEARS_OLD = re.compile("(?:才|刚满?|不到|年仅|享年|今年|活到?)(?:三十|四十|3[0-9])")
_OF_FEVER = re.compile("[烧热度量测夹]|体温")
COMMAS = (",", "，")
_PART = re.compile(r"[^，。！？；,!?;\n]+")


@dataclass(frozen=True, slots=True)
class _Candidate:
    expectation: Expectation
    reading: Reading
    related: int
    near: int  # characters to the word that speaks of the question

    @property
    def rank(self) -> tuple[int, int, float]:
        return self.related, -self.near, self.reading.confidence


def find_answers(text: str, *, expectations: Sequence[Expectation], at: datetime) -> dict[str, Reading]:
    """The value for each expectation that the text answers, by key; spans refer to the text as given.

    A value is taken only where it says what it is (a phone number, 三十六度八) or where the same part of the sentence
    speaks of what the question asks. No span serves two questions of one family, as two dates. Never raises.
    """
    plain = normalise(text)
    parts = [match.span() for match in _PART.finditer(plain.text)]
    found: dict[str, Reading] = {}
    taken: list[tuple[int, tuple[int, int], str]] = []
    candidates = [each for expectation in expectations for each in _candidates(plain.text, parts, expectation, at)]
    for each in sorted(candidates, key=lambda each: each.rank, reverse=True):
        expectation, span = each.expectation, each.reading.span
        family = _FAMILY.get(expectation.kind)
        if expectation.key in found or (family is not None and _is_taken(taken, family, span)):
            continue
        found[expectation.key] = Reading(
            value=each.reading.value, span=plain.span(*span), confidence=each.reading.confidence
        )
        if family is not None:
            taken.append((family, span, expectation.key))
    return {expectation.key: found[expectation.key] for expectation in expectations if expectation.key in found}


def _is_taken(taken: Sequence[tuple[int, tuple[int, int], str]], family: int, span: tuple[int, int]) -> bool:
    return any(family == other_family and span[0] < other[1] and other[0] < span[1] for other_family, other, _ in taken)


def _candidates(
    text: str, parts: Sequence[tuple[int, int]], expectation: Expectation, at: datetime
) -> Iterator[_Candidate]:
    if expectation.kind in ("text", "callback") or expectation.kind not in READERS:
        return
    if not _may_hold(expectation, text):
        return
    subject = _subject(expectation)
    relations = [_related(subject, text[start:end]) for start, end in parts]
    for reading in _readings(text, parts, relations, expectation, at):
        start, end, related = next(
            (
                (*part, each)
                for part, each in zip(parts, relations, strict=True)
                if part[0] <= reading.span[0] < part[1]
            ),
            (0, len(text), SILENT),
        )
        said = text[start:end]
        if is_of_somebody_else(expectation, text, (start, end), reading.span[1]):
            continue
        if reading.confidence >= _SURE_FROM and _is_meant(expectation, reading, text, said, related):
            near = nearness(subject, said, reading.span[0] - start, reading.span[1] - start)
            yield _Candidate(expectation, reading, related, near)


def _subject(expectation: Expectation) -> Subject:
    """What the question is about, without the choices it names: 一般 does not speak of sleep."""
    subject = subject_of(expectation.asked)
    named = {word for choice in expectation.choices for word in (choice.label, *choice.synonyms)}
    return replace(subject, words=tuple(word for word in subject.words if word not in named))


def _related(subject: Subject, said: str) -> int:
    """As `relation`; who is asked for their age need not say that 八十一了 is one."""
    return SAME if "age" in subject.names and _ONLY_AN_AGE.match(said) else relation(subject, said)


def _may_hold(expectation: Expectation, text: str) -> bool:
    """Whether the text has what `_is_meant` will ask for: spares most readers most texts."""
    if expectation.kind == "choice":
        plain = DEGREE.sub("", text + standard(text).text)
        return any(word in plain for choice in expectation.choices for word in (choice.label, *choice.synonyms))
    if expectation.kind in _NEED_SUBJECT or expectation.kind == "medicine":
        return True
    return _MARK[expectation.kind].search(text) is not None


def _readings(
    text: str, parts: Sequence[tuple[int, int]], relations: Sequence[int], expectation: Expectation, at: datetime
) -> Iterator[Reading]:
    read = READERS[expectation.kind]
    if expectation.kind not in _NEED_SUBJECT:
        whole = read(text, expectation=expectation, at=at)
        if isinstance(whole, Reading):
            yield whole
    spans = zip(parts, relations, strict=True)
    for (start, end), related in _in_one_breath(text, spans) if expectation.kind == "yes_no" else spans:
        if expectation.kind == "region" and related < SAME:
            yield from _place_beside(text, (start, end), expectation, at)
            continue
        if expectation.kind == "date" and related < SAME:
            yield from _day_beside(text, (start, end), expectation, at)
            continue
        if related < (SAME if expectation.kind in _NEED_SUBJECT else SILENT):
            continue
        if not _may_hold(expectation, text[start:end]):
            continue
        asked_back = end + (text[end : end + 1] in ("?", "？"))  # 咳嗽？一声都不咳
        if asks_arrival(expectation.asked) and _I_MUST_GO.match(text[start:end]):
            continue
        if expectation.kind == "yes_no" and (_NOT_THIS.match(text[start:]) or _NOBODY_HELPS.search(text[start:end])):
            continue
        reading = read(text[start:asked_back], expectation=expectation, at=at)
        if isinstance(reading, Reading):
            span = (reading.span[0] + start, reading.span[1] + start)
            yield Reading(value=reading.value, span=span, confidence=reading.confidence)


def _in_one_breath(text: str, parts: Iterable[tuple[tuple[int, int], int]]) -> list[tuple[tuple[int, int], int]]:
    """The parts, those that go on about what was asked put together: 咳了两天，现在不咳了."""
    breaths: list[tuple[tuple[int, int], int]] = []
    for (start, end), related in parts:
        (begun, ended), before = breaths[-1] if breaths else ((0, 0), OTHER)
        if before == related == SAME and text[ended:start] in COMMAS:
            breaths[-1] = ((begun, end), SAME)
        else:
            breaths.append(((start, end), related))
    return breaths


def _place_beside(text: str, part: tuple[int, int], expectation: Expectation, at: datetime) -> Iterator[Reading]:
    """A part that names a place answers where somebody came from, if the rest tells of a journey from there."""
    start, end = part
    if not asks_arrival(expectation.asked) or not _JOURNEY.search(text[:start] + text[end:]):
        return
    reading = READERS[expectation.kind](text[start:end], expectation=expectation, at=at)
    if not isinstance(reading, Reading):
        return
    first, last = (place + start for place in reading.span)
    if comes_from(text[start:first], text[last:end], text[:start] + text[end:]):
        yield Reading(value=reading.value, span=(first, last), confidence=reading.confidence)


def _day_beside(text: str, part: tuple[int, int], expectation: Expectation, at: datetime) -> Iterator[Reading]:
    """A part that is a day and nothing else answers when somebody came home, if the part beside it tells how or from
    where: 我就是才回来的。上礼拜五，坐的大巴，从苏州.
    """
    start, end = part
    rides = _RIDES_BEHIND.match(text, end) or _RIDES_BEFORE.search(text, 0, start)
    if not asks_arrival(expectation.asked) or not rides or not _IS_BACK.search(text):
        return
    reading = READERS["date"](text[start:end], expectation=expectation, at=at)
    if not isinstance(reading, Reading):
        return
    first, last = (place + start for place in reading.span)
    if _ONLY_A_DAY.fullmatch(f"{text[start:first]}@{text[last:end]}"):
        yield Reading(value=reading.value, span=(first, last), confidence=reading.confidence)


def _is_meant(expectation: Expectation, reading: Reading, text: str, said: str, related: int) -> bool:
    if expectation.kind in ("date", "choice") and tells_of_leaving(expectation.asked, said):
        return False
    back = went_back_after_a_stay(text) if asks_arrival(expectation.asked) else None
    if expectation.kind in ("date", "choice") and back and back.start() <= reading.span[0] < back.end():
        return False
    if expectation.kind == "head_count" and (symptoms_said(said) or _counts_those_at_home(expectation, text, said)):
        return False  # 三个人咳嗽 does not count the household
    if expectation.kind == "temperature" and _YEARS_OLD.search(text) and not _OF_FEVER.search(text):
        return False  # 闺女没了，才三十八
    if expectation.kind == "region":
        reached = _REACHED.search(text[: reading.span[0]])  # 前天到的荆州: where the journey ended
        return reached is None or not asks_arrival(expectation.asked)
    if expectation.kind in _NEED_SUBJECT:
        return related == SAME or expectation.kind == "date"  # whatever it is beside was seen to
    if expectation.kind == "choice":
        return related >= SILENT and _names_its_choice(expectation, reading, text, related)
    if expectation.kind == "medicine" and reading.value["name"] and reading.confidence >= CERTAIN:
        return related >= SILENT  # 吃二甲双胍: no other word is needed
    if expectation.kind == "blood_pressure":  # 二百多的血压是去年的事，今天早上一百三十五，八十二
        said = text[: reading.span[1]]
    return related >= SILENT and _MARK[expectation.kind].search(said) is not None


def _counts_those_at_home(expectation: Expectation, text: str, said: str) -> bool:
    """Whether the words count who lives here, where it was asked how many came home: 没有，就我们老两口; 又剩我们俩."""
    asked = expectation.asked
    alone = "剩" in said or _NOBODY.match(text) is not None
    return asks_arrival(asked) and alone and _ONLY_US.search(said) is not None and "回" not in said


def _names_its_choice(expectation: Expectation, reading: Reading, text: str, related: int) -> bool:
    """Whether the choice was named by its word, not by a number or by likeness of sound, and means this question."""
    words = DEGREE.sub("", standard(text[slice(*reading.span)]).text)
    chosen = next((choice for choice in expectation.choices if choice.key == reading.value), None)
    if chosen is None or not any(word in words for word in (chosen.label, *chosen.synonyms)):
        return False
    return related == SAME or _ANY_CHOICE.match(words) is None
