"""What an announcement says, from the recogniser's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import yaml

from nlu.pinyin import distance, find

Kind = Literal[
    "empty_number", "power_off", "suspended", "busy", "unreachable", "restricted", "voicemail", "carrier", "person"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
EXACT, NEAR = 0.05, 0.12  # per syllable
# After a carrier's phrase one of its few meanings must follow: 您拨打的用户以成绩 can only be 已停机. Shorter keywords
# are found everywhere at that distance. Chosen on sayings that the bench of announcements does not hold.
FAR_AFTER_CARRIER, SHORTEST_AFTER_CARRIER = 0.46, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What was announced, by which words, and how sure that is (0..1)."""

    kind: Kind
    keyword: str
    confidence: float


@lru_cache(maxsize=1)
def _keywords() -> tuple[tuple[Kind, str, float], ...]:
    """Kind, word and slack, longest words first."""
    loaded = yaml.safe_load(Path(__file__).with_name("keywords.yaml").read_text(encoding="utf-8"))
    listed = [(kind, word, float(loaded[kind]["slack"])) for kind in KINDS for word in loaded[kind]["words"]]
    return tuple(sorted(listed, key=lambda each: -len(each[1])))


def announced(texts: tuple[str, ...]) -> Announcement | None:
    """The announcement in the texts that a recogniser heard (best first), or None: nothing a machine or a person says
    when answering was found. A meaning wins over a mere carrier's phrase, a carrier's phrase over a greeting.
    """
    found = [each for place, text in enumerate(texts) for each in _matches(text, worse=place)]
    telling = _surest([each for each in found if each.kind not in ("carrier", "person")])
    if telling is not None:
        return telling
    carrier = _surest([each for each in found if each.kind == "carrier"])
    return _likeliest(texts, carrier) if carrier is not None else _surest(found)


def _surest(found: Sequence[Announcement]) -> Announcement | None:
    return max(found, key=lambda each: (each.confidence, len(each.keyword)), default=None)


def _likeliest(texts: tuple[str, ...], carrier: Announcement) -> Announcement:
    """The meaning whose keyword sounds most like some part of the texts; the carrier's phrase itself if none does so
    more than those of other meanings.
    """
    nearest: dict[Kind, tuple[float, str]] = {}  # syllables that differ: 电话 before 已关机 makes it no likelier
    for kind, word, _ in _keywords():
        if kind not in ("carrier", "person") and len(word) >= SHORTEST_AFTER_CARRIER:
            apart = min(_apart(word, text) for text in texts) * len(word)
            nearest[kind] = min(nearest.get(kind, (float(len(word)), word)), (apart, word))
    ranked = sorted((apart, word, kind) for kind, (apart, word) in nearest.items())
    (apart, word, kind), (next_apart, _, _) = ranked[:2]
    if apart > FAR_AFTER_CARRIER * len(word) or apart == next_apart:
        return carrier
    return Announcement(kind=kind, keyword=word, confidence=round(carrier.confidence * (1 - apart / len(word) / 2), 3))


def _apart(word: str, text: str) -> float:
    place = find(word, text, within=FAR_AFTER_CARRIER)
    return distance(text[place[0] : place[1]], word) if place else 1.0


def _matches(text: str, *, worse: int) -> list[Announcement]:
    found = []
    for kind, word, slack in _keywords():
        within = next((each for each in (EXACT, NEAR, slack) if find(word, text, within=each)), None)
        if within is not None:
            length = min(len(word), 4) / 4  # a keyword of one syllable says little
            confidence = round((1.0 - within) * (0.6 + 0.4 * length) - 0.05 * worse, 3)
            found.append(Announcement(kind=kind, keyword=word, confidence=max(confidence, 0.05)))
    return found
