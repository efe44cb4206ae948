"""What residents say to any question instead of an answer: 慢一点, which sounds like 有一点, 转人工, 打错了.

An answer that is expected is favoured over what is heard freely. Short commands would lose to it by that alone; those
that sound like what was heard are scored against the sound too, and compete on almost equal terms.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import yaml

from nlu.pinyin import distance

WITHIN = 0.4  # per syllable: 转眼弓 is near 转人工
MOST_COMMANDS = 5  # each costs 5 ms
ODDS = -2.0  # log odds against an answer: most replies do answer


def commands_near(texts: Sequence[str]) -> tuple[str, ...]:
    """At most five commands that sound like one of the texts, the likest first."""
    apart = {each: min((distance(each, text) for text in texts), default=1.0) for each in _commands()}
    near = sorted((far, each) for each, far in apart.items() if far <= WITHIN)
    return tuple(each for _, each in near[:MOST_COMMANDS])


def listening() -> frozenset[str]:
    """Those that only show that one listens, where they answer nothing."""
    return frozenset(_wants()["listening"])


@lru_cache(maxsize=1)
def _commands() -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for phrases in _wants().values() for each in phrases))


@lru_cache(maxsize=1)
def _wants() -> Mapping[str, Sequence[str]]:
    loaded: Mapping[str, Sequence[str]] = yaml.safe_load(
        Path(__file__).with_name("commands.yaml").read_text(encoding="utf-8")
    )
    return loaded
