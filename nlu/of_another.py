"""Whether words that could answer what is pending plainly answer another question: 没人来 to 药够吃吗."""

from collections.abc import Mapping, Sequence

from nlu.clauses import clauses
from nlu.reading import Expectation, Reading
from nlu.subject import SAME, relation, subject_of
from nlu.understood import Found

ONLY_HEARD, NAMED = 0.6, 0.95  # of a reading: 嗯, and a value that says what it is


def of_another(anew: Reading, said_back: Expectation, found: Mapping[str, Found]) -> bool:
    """Whether the words plainly say yes or no to another question: 有个卖保健品的老打电话, after 没有 was said back."""
    sides = [each for key, each in found.items() if key != said_back.key and each.value in ("yes", "no", "sometimes")]
    return any(
        each.confidence >= NAMED and each.span[0] < anew.span[1] and anew.span[0] < each.span[1] for each in sides
    )


def is_said_of_another(pending: Expectation, reading: Reading, found: Mapping[str, Found], text: str) -> bool:
    """Whether a yes or no was read from the very words that plainly answer another question: 没人来 to 药够吃吗."""
    if pending.kind != "yes_no" or pending.key.startswith("_") or reading.confidence >= NAMED:
        return False
    clause = "".join(text[first:last] for first, last in clauses(text) if first <= reading.span[0] < last)
    return of_another(reading, pending, found) and relation(subject_of(pending.asked), clause) != SAME


def only_listens(pending: Expectation, reading: Reading, beside: Mapping[str, Found]) -> bool:
    """Whether 哦 and 嗯 stand beside an answer to another question: 哦，客车 to 打针没有 is no yes."""
    if pending.kind != "yes_no" or pending.key.startswith("_") or reading.confidence > ONLY_HEARD:
        return False
    return any(each.confidence >= NAMED and each.span[0] >= reading.span[1] for each in beside.values())


def is_its_word(found: Found, reading: Reading, key: str, others: Sequence[Expectation], text: str) -> bool:
    """Whether the very word that answers the pending choice was taken for another: 马马虎虎 to 睡得好吗, no meals."""
    other = next(each for each in others if each.key == key)
    same_word = found.span[0] < reading.span[1] and reading.span[0] < found.span[1]
    return other.kind == "choice" and same_word and relation(subject_of(other.asked), text) != SAME
