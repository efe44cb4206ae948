"""What an announcement says, from the recogniser's words."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import yaml

from nlu.pinyin import find

Kind = Literal[
    "empty_number", "power_off", "suspended", "busy", "unreachable", "restricted", "voicemail", "carrier", "person"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
EXACT, NEAR = 0.05, 0.12  # per syllable


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
    for group in (lambda kind: kind not in ("carrier", "person"), lambda kind: kind == "carrier", lambda _: True):
        matching = [each for each in found if group(each.kind)]
        if matching:
            return max(matching, key=lambda each: (each.confidence, len(each.keyword)))
    return None


def _matches(text: str, *, worse: int) -> list[Announcement]:
    found = []
    for kind, word, slack in _keywords():
        within = next((each for each in (EXACT, NEAR, slack) if find(word, text, within=each)), None)
        if within is not None:
            length = min(len(word), 4) / 4  # a keyword of one syllable says little
            confidence = round((1.0 - within) * (0.6 + 0.4 * length) - 0.05 * worse, 3)
            found.append(Announcement(kind=kind, keyword=word, confidence=max(confidence, 0.05)))
    return found
