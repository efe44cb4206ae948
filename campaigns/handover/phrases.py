"""The sentences of a hand-over, read once from phrases.yaml."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from dialogs.emergency_numbers import EMERGENCY_NUMBERS
from dialogs.prompts import Prompt

FILE = Path(__file__).parent / "phrases.yaml"


@cache
def _written() -> Mapping[str, Any]:
    written: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return written


def phrase(to: Literal["worker", "resident"], name: str, /, **values: str) -> Prompt:
    """A sentence, its braces filled. Raises KeyError on an unknown name or an empty brace."""
    return Prompt(spoken=_written()[to][name].format_map(values), key=f"handover:{to}:{name}")


def fixed_texts() -> tuple[str, ...]:
    """What is said of nobody in particular, each once: it can be rendered before anybody is in need."""
    written = [text for to in ("resident", "worker") for text in _written()[to].values()]
    texts = [text.replace("{emergency}", number) for text in written for number in EMERGENCY_NUMBERS]
    return tuple(dict.fromkeys(text for text in texts if "{" not in text))


def wants_to_leave(words: str) -> bool:
    """Whether somebody who waits says that they do not wait any longer."""
    return any(each in words for each in _written()["leaving"])
