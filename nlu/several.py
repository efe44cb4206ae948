"""Several answers in one utterance."""

from collections.abc import Sequence
from datetime import datetime

from nlu.reading import Expectation, Reading
from nlu.readers import READERS
from nlu.topic import topic_of

# Kinds whose readers would take nearly any words for an answer, if they were not asked about it.
TALKATIVE = frozenset({"text", "choice"})


def find_answers(text: str, *, expectations: Sequence[Expectation], at: datetime) -> dict[str, Reading]:
    """The value of every expectation that the text answers, by its key; a yes or no only where its topic is named."""
    return {
        each.key: reading
        for each in expectations
        if _speaks_of(text, each) and isinstance(reading := READERS[each.kind](text, expectation=each, at=at), Reading)
    }


def _speaks_of(text: str, expectation: Expectation) -> bool:
    if expectation.kind != "yes_no":
        return expectation.kind not in TALKATIVE
    topic = topic_of(expectation.asked)
    return topic is not None and any(noun in text for noun in topic.nouns)
