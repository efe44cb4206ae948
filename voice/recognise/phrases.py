"""The short replies that a pending question makes likely, in the order of their use."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from nlu.lexicon import load
from nlu.reading import Choice, Expectation
from nlu.symptoms import single_words
from nlu.topic import Topic, topic_of

MOST_PHRASES = 40  # 0.14 s of one core
MOST_OF_CHOICES = 44  # options have names of their own, so there are more ways to pick one; 0.15 s
OTHER_NAMES = 5  # of each kind or step: the commonest come first in the lexicon
FROM_THE_QUESTION = 12  # first; then what is said to any question

_BOTH_WAYS = re.compile(r"([\u4e00-\u9fff]{1,2})不\1")
_DEED = re.compile(r"(?<![经难通])[了过](?![敏去来年]).*(?:没|吗)")  # 打过疫苗没有: asks for something that was done
_DONE_WORD = re.compile(r"([\u4e00-\u9fff]{2})[了过](?:没|吗)")  # 认证 of 认证过没有, a verb that nlu does not know
_EMPTY = frozenset("是有对")
_BEFORE_A_VERB = frozenset(("能", "会", "要", "想", "可以", "愿意"))
_SYMPTOM_NOUNS = frozenset(("发烧", "咳嗽", "头晕", "头疼", "过敏"))  # 没发烧, 不头晕: said back whole


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).with_name("phrases.yaml")).read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=512)
def phrases_of(expectation: Expectation) -> tuple[str, ...]:
    """At most 28 replies worth scoring against the sound; none for kinds that are decoded within a vocabulary."""
    if expectation.kind == "choice":
        found, most = _choice(expectation.choices), MOST_OF_CHOICES
    elif expectation.kind == "yes_no":
        found, most = _yes_no(expectation.asked), MOST_PHRASES
    else:
        return ()
    room = most - len(_lexicon()["unknown"])
    return tuple(dict.fromkeys([*list(dict.fromkeys(found))[:room], *_lexicon()["unknown"]]))


def _choice(choices: Sequence[Choice]) -> list[str]:
    """The options' names first, then short and other names, then the names in a sentence."""
    names = [each for choice in choices for each in (choice.label, *choice.synonyms)]
    short = [each.removeprefix(begin) for begin in _lexicon()["begins"] for each in names if each.startswith(begin)]
    others = [each for choice in choices for each in _other_names(choice)]
    plain = [pattern.format(name) for pattern in _lexicon()["choice"] for name in (*names, *short)]
    framed = [pattern.format(name) for pattern in _lexicon()["choice_framed"] for name in names]
    return [*plain, *others, *framed]


def _other_names(choice: Choice) -> list[str]:
    """What the reader of choices takes for an option besides its name: 走着去 for 走路, 凑合 for 一般."""
    words = load("choices.yaml")
    found = [kind["words"] for kind in words["kinds"] if any(of in choice.label for of in kind["of"])]
    found += [step for scale in words["scales"] for step in scale.values() if choice.label in step]
    found += [words["none"]] if any(each in choice.label for each in words["none_labels"]) else []
    return [each for group in found for each in group[:OTHER_NAMES] if each != choice.label]


def _yes_no(asked: str) -> list[str]:
    words = _lexicon()["yes_no"]
    topic = topic_of(asked)
    if topic is None:
        return list(words["plain"])
    if topic.confirming and _EMPTY.issuperset(topic.pieces):
        return list(words["agreeing"])
    found: list[str] = []
    for core in _asked_both_ways(asked):
        kind = "both_ways" if core in topic.verbs else "more_or_less"
        found += [pattern.format(core) for pattern in words[kind]]
    found += [pattern.format(able) for able in _able(topic, asked) for pattern in words["able"]]
    found += words["confirming"] if topic.confirming else []
    found += words["consent"] if topic.consent else []
    done = topic.done or topic.past or _DEED.search(asked) is not None
    for kind, roots in (
        ("noun", [each for each in topic.nouns if each in _SYMPTOM_NOUNS][:1]),
        ("quality", topic.qualities[:2]),
        ("symptom", single_words(topic.symptoms)[:1]),
        ("verb" if done else "state", _said_back(topic) or _DONE_WORD.findall(asked)),
    ):
        found += [pattern.format(root) for root in roots for pattern in words[kind]]
    return [*found[:FROM_THE_QUESTION], *words["plain"], *found[FROM_THE_QUESTION:]]


def _asked_both_ways(asked: str) -> list[str]:
    """要 of 要不要, 闷 of 闷不闷; 是不是 and 有没有 ask for no word of their own."""
    return [each for each in dict.fromkeys(_BOTH_WAYS.findall(asked)) if each not in _EMPTY]


def _able(topic: Topic, asked: str) -> list[str]:
    """能吃 of 能不能吃早饭."""
    cores = [each for each in _asked_both_ways(asked) if each in _BEFORE_A_VERB]
    return [core + verb for core in cores for verb in [each for each in _said_back(topic) if each != core][:1]]


def _said_back(topic: Topic) -> list[str]:
    """The verbs that an answer repeats, the likeliest first: those that the question stands on, not 有 or 是."""
    return [each for each in topic.verbs if each not in _EMPTY][:2]
