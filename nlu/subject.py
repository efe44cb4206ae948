"""What a question and a part of an answer speak of, and whether that is the same."""

from dataclasses import dataclass
from functools import lru_cache

from nlu.lexicon import load
from nlu.symptoms import single_words, symptom_mentions
from nlu.topic import Topic, topic_of

SAME, SILENT, OTHER = 2, 0, -1
"""How a part of an answer relates to a question: it speaks of the same, of nothing known, of something else."""

_REMEMBERED = 512
# Pieces of questions that any answer may hold.
_EVERYWHERE = frozenset(
    {
        *("时候", "什么", "多少", "怎么", "几天", "几个", "哪里", "哪儿", "哪天", "几号", "现在", "这几天", "这两天"),
        *("最近", "家里", "有人", "一个", "没有", "可以", "需要", "社区", "情况", "觉得", "准备", "开始", "外地"),
        *("平常", "一下", "自己"),
    }
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question is about: subjects of lexicon/topics.yaml, symptoms, and its own longer words."""

    names: frozenset[str]
    symptoms: frozenset[str]
    words: tuple[str, ...]  # its longer words, and single ones for its symptoms: 咳, 烧


@lru_cache(maxsize=_REMEMBERED)
def subject_of(asked: str) -> Subject:
    """What the question `asked` is about."""
    topic = topic_of(asked)
    names = frozenset(name for name, words in _subjects().items() if any(word in asked for word in words["asked"]))
    if topic is None:
        return Subject(names, frozenset(), ())
    words = (*(word for word in topic.nouns if word not in _EVERYWHERE), *single_words(topic.symptoms))
    return Subject(names, topic.symptoms, (*words, *_had(topic)))


def _had(topic: Topic) -> tuple[str, ...]:
    """What is said of a thing of one character that somebody may have: 没得车, 车有一辆 after 有没有车."""
    frames = ("有{}", "没{}", "没有{}", "没得{}", "冇得{}", "冇{}", "{}有", "{}没", "{}倒", "{}也")
    said = tuple(frame.format(thing) for thing in topic.things for frame in frames)
    return (*said, *(thing for thing in topic.things if len(thing) > 1))


def relation(subject: Subject, said: str) -> int:
    """How a part of an answer relates to a question: SAME, SILENT or OTHER."""
    spoken = subjects_said(said)
    if subject.symptoms & symptoms_said(said) or subject.names & spoken or any(word in said for word in subject.words):
        return SAME
    return OTHER if spoken and subject.names else SILENT


def nearness(subject: Subject, said: str, start: int, end: int) -> int:
    """How many characters lie between a value at start..end and the nearest word that speaks of the subject."""
    words = [word for name in subject.names for word in _subjects()[name]["said"]] + list(subject.words)
    places = [(at, at + len(word)) for word in words if (at := said.find(word)) >= 0]
    places += [(begin, stop) for name, begin, stop in symptom_mentions(said) if name in subject.symptoms]
    return min((max(begin - end, start - stop, 0) for begin, stop in places), default=len(said))


@lru_cache(maxsize=_REMEMBERED)
def subjects_said(said: str) -> frozenset[str]:
    """The subjects of lexicon/topics.yaml that a part of an answer speaks of."""
    spoken = said.replace("元", "") if "单元" in said else said  # a part of a building, no money
    return frozenset(name for name, words in _subjects().items() if any(word in spoken for word in words["said"]))


@lru_cache(maxsize=_REMEMBERED)
def symptoms_said(said: str) -> frozenset[str]:
    """The symptoms that a part of an answer names, there or not."""
    return frozenset(name for name, _, _ in symptom_mentions(said))


@lru_cache(maxsize=1)
def _subjects() -> dict[str, dict[str, list[str]]]:
    subjects: dict[str, dict[str, list[str]]] = load("topics.yaml")
    return subjects
