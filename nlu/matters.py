"""What a resident brings up in the middle of a question: something broken, how far a matter is, somebody to come."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlu.callers import is_called_to_the_door
from nlu.clauses import blanked, clauses
from nlu.intents import ACCEPTED_FROM, Ranking
from nlu.reading import Expectation, NotRead, Reading
from nlu.subject import SAME, relation, subject_of
from nlu.topic import OFFER
from nlu.understood import Wish
from nlu.wishes import OF_A_PLACE, SECOND, asks_how_far, may_be

ASKED = frozenset({"ticket_status"})  # a question itself, and no answer to anything
OF_MY_DATA = frozenset({"correct_my_data", "delete_my_data", "hear_my_data"})
MATTERS = ASKED | OF_MY_DATA | {"repair_request", "complaint", "help_at_home", "callback_me", "book_appointment"}
CERTAIN = 0.85  # of a clause in the middle of an answer, unless it is said to be something else: 对了，…
SHORTEST = 4  # characters; shorter clauses are words of an answer
# 有人管没有, 找谁, 你们管了没: only asks on about what was just brought up.
ASKS_ON = re.compile("(?:没有?|吗|么|呢|不|咋办|怎么办|怎么弄|找谁|谁[修管]|管管)[？?]?$")
# 算了，不投诉了: what was being told is not wanted any more, and something else may be.
GIVES_UP = re.compile(
    "^(?:那|哎|唉|嗯|哦)*[，]?(?:算了|不用了)(?![吧]?[，]?(?:就|改|换|要))"
    "|(?:^|[，。])(?:先)?不(?:投诉|报修?|登记|[预约]约?|办|听|改|删|查|弄|麻烦)(?:你们?)?了"
)
# A window on the way, a tap at the daughter's: nobody from here mends them.
ELSEWHERE = re.compile("路上|车上|火车|飞机|宾馆|那边|那[儿里]|老家|以前|小时候")


@dataclass(frozen=True, slots=True)
class Matter:
    """What is wanted, in the words at start..end."""

    start: int
    end: int
    intent: str


def find_matters(
    text: str, pending: Expectation, reading: Reading | NotRead, others: Sequence[Expectation], rank: Ranking
) -> tuple[tuple[Wish, ...], str]:
    """What is wanted besides an answer to what is pending, and the text with those words blanked out."""
    found = _joined(text, [each for each in _matters(text, rank) if not _answers(each, text, pending, reading, others)])
    rest = text
    for each in found:
        rest = blanked(rest, each.start, each.end)
    return tuple(Wish(intent=each.intent, words=text[each.start : each.end]) for each in found), rest


def _matters(text: str, rank: Ranking) -> Iterator[Matter]:
    spans = list(clauses(text))
    for place, (start, end) in enumerate(spans):
        words = text[start:end]
        if end - start < SHORTEST:
            continue
        second = SECOND.search(words) or (place > 0 and SECOND.search(text[slice(*spans[place - 1])]))
        intent, probability = rank(words)[0]
        if intent in MATTERS and asks_how_far(words):
            intent = "ticket_status"
        if not may_be(intent, words) or is_called_to_the_door(words):
            continue
        if intent in MATTERS and probability >= (ACCEPTED_FROM if second else CERTAIN) and not ELSEWHERE.search(words):
            yield Matter(start, end, intent)


def _joined(text: str, found: Sequence[Matter]) -> Sequence[Matter]:
    """Clauses of one matter as one, with those that only ask on about it."""
    joined: list[Matter] = []
    by_start = {each.start: each for each in found}
    for start, end in clauses(text):
        last = joined[-1] if joined else None
        follows = last is not None and not re.search(r"\w", text[last.end : start])
        each = by_start.get(start)
        if each is not None and not (follows and last is not None and last.intent == each.intent):
            joined.append(each)
        elif last is not None and follows and (each is not None or ASKS_ON.search(text[start:end])):
            words = text[last.start : end]
            joined[-1] = Matter(last.start, end, "ticket_status" if asks_how_far(words) else last.intent)
    return joined


def _answers(
    matter: Matter, text: str, pending: Expectation, reading: Reading | NotRead, others: Sequence[Expectation]
) -> bool:
    """Whether what is pending asks for such things: 灯坏了 to 哪里坏了, 水管漏了 to 要社区帮什么忙."""
    if pending.kind == "text" and not pending.narrow:
        return True
    if GIVES_UP.search(text):
        return False
    if matter.intent in OF_MY_DATA and pending.key.startswith("_"):
        return True  # 我没在你们那儿登记过 answers who they are
    if matter.intent == "callback_me" and isinstance(reading, NotRead) and reading.reason == "this_line":
        return True  # 就打我这个电话
    if matter.intent == "book_appointment" and any(OF_A_PLACE.search(each.asked) for each in (pending, *others)):
        return True  # 给他约个体检, where we rang about it
    if matter.intent in ASKED:
        return False
    if pending.narrow or OFFER.search(pending.asked):
        return True
    if pending.kind == "choice" and isinstance(reading, Reading) and reading.span[0] < matter.end:
        return reading.span[1] > matter.start
    return relation(subject_of(pending.asked), text[matter.start : matter.end]) == SAME
