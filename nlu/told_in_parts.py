"""A value that was told in parts: 一三九，幺…… and 幺二三四，五六七八."""

import re
from datetime import datetime

from nlu.digits import find_runs
from nlu.leaving import without_leaving
from nlu.normalise import normalise
from nlu.readers import READERS
from nlu.reading import Expectation, NotRead, Reading

DIGIT_AT_THE_END = re.compile(r"[0-9零〇一二三四五六七八九幺两]\W*$")
DIGIT = re.compile(r"[0-9零〇一二三四五六七八九幺两]")
# Whoever breaks off in the middle of a number says why: 幺……等我戴眼镜, 我去把灯开开, 三什么来着.
BROKE_OFF = re.compile(
    r"[…\s，,。.]*(?:.?(?:什么|啥|几|多少)|[你您恁]|等|稍等|我|俺|额|哎|哟|喂|嗯|不急|慢|莫|别|先|让|容|咦)"
)
# What was told before one of these is another number.
RESTART = re.compile(r"[。！？!?—]|不对|不是|不不|错了|旧的|老号|老伴|老头|停机|换[了哒咯]")
HOW_MANY = re.compile("[一两二三四五六七八九十][个位]")  # 后面四个不对, 是五六七八
# 倒数两个念反了，是三七; 最后一个不是幺，是七: a few digits, and where they stand.
WHERE = re.compile("最后|末|尾|后[头面边]|倒数|屁股|开头|打头|前[头面边]|中间|当[间中]")
TRAILING = re.compile(r"[…，,。.\s].*$")
BACK_AGAIN = re.compile(r"^(?:好[了哒]?|行了?|来[了哒]|嗯|哎|中了?)[，,。.…]+")  # said when the glasses are on

ONE = re.compile(r"(?<![什怎这那多要])么(?=[…，]*[0-9零〇一二三四五六七八九幺两洞拐…])")  # 么八八零, 一三六，么……

# 尾巴拐哒: the word for wrong in 荆州, and no seven.
WRONG_IN_JINGZHOU = re.compile("拐(?=[哒了咯])|(?<=搞)拐")

# 六六〇四，六六〇四
SAID_AGAIN = re.compile(r"([0-9零〇一二三四五六七八九幺两]{2,8})[，,、\s]+\1(?![0-9零〇一二三四五六七八九幺两])")

DECIMALS = frozenset({"temperature", "glucose"})  # 三十六度…… 八, 六…… 点九
PHONE_LENGTH = 11  # of a mobile number


def read_pending(text: str, expectation: Expectation, *, at: datetime) -> Reading | NotRead:
    """The value of the words, by themselves or joined to the part told before: 一三九，幺… 幺二三四，五六七八."""
    read = READERS[expectation.kind]
    if expectation.kind == "blood_pressure" and expectation.begun:
        return _with_the_other_figure(text, expectation, at=at)
    if expectation.kind == "date":
        text = without_leaving(text, expectation.asked)
    if expectation.kind == "phone" and expectation.begun:
        text = SAID_AGAIN.sub(r"\1", text)
    if expectation.kind == "phone":
        text = WRONG_IN_JINGZHOU.sub("坏", ONE.sub("幺", text))
    if expectation.begun and expectation.kind in DECIMALS and not expectation.read_back:
        whole = read(_decimal_joined(expectation.begun, text), expectation=expectation, at=at)
        if isinstance(whole, Reading):
            return Reading(value=whole.value, span=(0, len(text)), confidence=whole.confidence)
    if expectation.begun and expectation.kind == "phone" and not expectation.read_back:
        whole = read(_joined_digits(ONE.sub("幺", expectation.begun), text) or "", expectation=expectation, at=at)
        if isinstance(whole, Reading):
            return Reading(value=whole.value, span=(0, len(text)), confidence=whole.confidence)
    if expectation.read_back:
        text = HOW_MANY.sub(lambda said: " " * len(said[0]), text)
    reading = read(text, expectation=expectation, at=at)
    if isinstance(reading, Reading) or not expectation.begun:
        return reading
    if reading.reason != "incomplete" and not _mends_a_few(text, expectation):
        return reading
    for begun in (expectation.begun,) if expectation.read_back else _beginnings(expectation.begun):
        joined = read(f"{begun}，{BACK_AGAIN.sub('', text)}", expectation=expectation, at=at)
        if isinstance(joined, Reading):
            return Reading(value=joined.value, span=(0, len(text)), confidence=joined.confidence)
    return reading


def _with_the_other_figure(text: str, expectation: Expectation, *, at: datetime) -> Reading | NotRead:
    """A blood pressure of which one figure was told before: 一百五十二 … 低的九十五; it stands alone where the other is
    not known.
    """
    read = READERS[expectation.kind]
    reading = read(text, expectation=expectation, at=at)
    if isinstance(reading, Reading) and None not in reading.value.values():
        return reading
    if isinstance(reading, Reading) or reading.reason == "incomplete":
        tries = (f"{expectation.begun}，{text}", f"{text}，{expectation.begun}")
    elif reading.reason in ("unknown", "not_measured"):
        tries = (expectation.begun, f"高压{expectation.begun}")
    else:
        return reading
    for words in tries:
        joined = read(words, expectation=expectation, at=at)
        if isinstance(joined, Reading):
            return Reading(value=joined.value, span=(0, len(text)), confidence=joined.confidence)
    return reading


def _mends_a_few(text: str, expectation: Expectation) -> bool:
    """Whether one or two digits of a number that was said back are put right."""
    return expectation.kind == "phone" and expectation.read_back and bool(WHERE.search(text) and DIGIT.search(text))


def _joined_digits(begun: str, rest: str) -> str | None:
    """A telephone number out of its beginning and its end, digits that were said once more counted once; else None."""
    told = _digits(_before_breaking_off(next((part for part in reversed(RESTART.split(begun)) if _digits(part)), "")))
    more = _digits(rest)
    for again in range(min(len(told), len(more)), -1, -1):
        if told.endswith(more[:again]) and len(told) + len(more) - again == PHONE_LENGTH:
            return told + more[again:]
    return None


def _digits(text: str) -> str:
    return "".join(group.digits for run in find_runs(normalise(text).text) for group in run)


def _decimal_joined(begun: str, rest: str) -> str:
    """三十六点…… and 点八 in one."""
    head, rest = TRAILING.sub("", begun), rest.lstrip("…。.，, ")
    if not DIGIT.search(head):
        head = begun.rstrip("…。.，, ")  # 还没吃饭就测的，六……
    return head.removesuffix(rest[:1]) + rest if rest[:1] in ("点", "度") else head + rest


def _before_breaking_off(number: str) -> str:
    """幺五五，七 of 幺五五，七……哎你等一下子: what was said while looking for glasses holds no digits of it."""
    cuts = [place.end() for place in DIGIT.finditer(number) if BROKE_OFF.match(number, place.end())]
    return number[: cuts[0]] if cuts else number


def _beginnings(begun: str) -> tuple[str, ...]:
    """What was told before: the last number only, without what was said while looking for glasses; and as it is.

    The digit at which somebody broke off is often said once more: 幺……等我戴眼镜 … 幺二三四.
    """
    number = next((part for part in reversed(RESTART.split(begun)) if DIGIT.search(part)), begun)
    told = _before_breaking_off(number)
    variants = (told, DIGIT_AT_THE_END.sub("", told), begun, DIGIT_AT_THE_END.sub("", begun))
    return tuple(each for each in dict.fromkeys(variants) if each)
