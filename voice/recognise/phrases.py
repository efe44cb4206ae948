"""The short replies that a pending question makes likely, in the order of their use."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from nlu.reading import Expectation
from nlu.symptoms import single_words
from nlu.topic import topic_of

MOST_PHRASES = 18  # about 0.3 s of one core
NOUN_LENGTH = 2  # 发烧, 咳嗽: longer pieces of a question are not said back
FROM_THE_QUESTION = 8  # first; then what is said to any question


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).with_name("phrases.yaml")).read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=512)
def phrases_of(expectation: Expectation) -> tuple[str, ...]:
    """At most 18 replies worth scoring against the sound; none for kinds that are decoded within a vocabulary."""
    if expectation.kind == "choice":
        labels = [each for choice in expectation.choices for each in (choice.label, *choice.synonyms)]
        found = [pattern.format(label) for pattern in _lexicon()["choice"] for label in labels]
    elif expectation.kind == "yes_no":
        found = _yes_no(expectation.asked)
    else:
        return ()
    room = MOST_PHRASES - len(_lexicon()["unknown"])
    return tuple(dict.fromkeys([*list(dict.fromkeys(found))[:room], *_lexicon()["unknown"]]))


def _yes_no(asked: str) -> list[str]:
    words = _lexicon()["yes_no"]
    topic = topic_of(asked)
    if topic is None:
        return list(words["plain"])
    found = list(words["confirming"]) if topic.confirming else []
    found += words["consent"] if topic.consent else []
    for kind, roots in (
        ("verb", topic.verbs[:2]),
        ("noun", [each for each in topic.nouns if len(each) == NOUN_LENGTH][:1]),
        ("quality", topic.qualities[:2]),
        ("symptom", single_words(topic.symptoms)[:2]),
    ):
        found += [pattern.format(root) for root in roots for pattern in words[kind]]
    return [*found[:FROM_THE_QUESTION], *words["plain"], *found[FROM_THE_QUESTION:]]
