"""Rounds of words written by somebody who had not read the lexicons; each was measured as it came, then mended for.

What was measured before any mending stands in docs/intents.md; the thresholds here keep what was reached afterwards.
"""

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from nlu.noise import misheard
from nlu.red_flags import find_red_flags

ROUNDS = sorted((Path(__file__).parent / "unseen").iterdir())
ERROR_RATE = 0.15
DANGERS_HEARD = 0.97
DANGERS_HEARD_BADLY = 0.93
FALSE_ALARMS = 0.02
FALSE_ALARMS_HEARD_BADLY = 0.05


def _of(folder: Path, name: str) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))
    return read


def _texts(folder: Path, name: str, *, misheard_times: int = 0) -> list[str]:
    rng = random.Random(7)
    texts = [each["text"] for each in _of(folder, name)]
    if not misheard_times:
        return texts
    return [misheard(text, error_rate=ERROR_RATE, rng=rng) for text in texts for _ in range(misheard_times)]


def _alarms(texts: list[str]) -> float:
    return sum(any(flag.pressing for flag in find_red_flags(text)) for text in texts) / len(texts)


@pytest.mark.parametrize("folder", ROUNDS, ids=lambda folder: folder.name)
def test_dangers_in_other_peoples_words_are_heard_and_ordinary_talk_raises_no_alarm(folder: Path) -> None:
    assert _alarms(_texts(folder, "red_flags")) >= DANGERS_HEARD
    assert _alarms(_texts(folder, "red_flags", misheard_times=5)) >= DANGERS_HEARD_BADLY
    assert _alarms(_texts(folder, "ordinary")) <= FALSE_ALARMS
    assert _alarms(_texts(folder, "ordinary", misheard_times=5)) <= FALSE_ALARMS_HEARD_BADLY
