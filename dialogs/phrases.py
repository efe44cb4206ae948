"""The sentences around the questions, read once from phrases.yaml."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dialogs.prompts import Prompt
from dialogs.questionnaire import Wording

FILE = Path(__file__).parent / "phrases.yaml"


@cache
def _phrases() -> Mapping[str, Wording]:
    written: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        name: Wording(**phrase) if isinstance(phrase, dict) else Wording(spoken=phrase)
        for name, phrase in written.items()
    }


def phrase(name: str, *, spoken: Mapping[str, str], written: Mapping[str, str], plain: bool = False) -> Prompt:
    """The phrase of this name, its braces filled for the ear and for the eye. Raises KeyError on an unknown name."""
    return worded(_phrases()[name], key=f"say:{name}", spoken=spoken, written=written, plain=plain)


def named() -> Mapping[str, Wording]:
    """Every phrase by its name, its braces not filled."""
    return _phrases()


def all_phrases() -> tuple[Wording, ...]:
    """Every phrase, its braces not filled."""
    return tuple(_phrases().values())


def worded(
    wording: Wording, *, key: str, spoken: Mapping[str, str], written: Mapping[str, str], plain: bool = False
) -> Prompt:
    """A wording as a prompt, its braces filled for the ear and for the eye; `plain` for those who cannot hear well."""
    for_ear = (wording.plain if plain and wording.plain else wording.spoken).format_map(spoken)
    for_eye = (wording.written or wording.spoken).format_map(written)
    return Prompt(spoken=for_ear, written="" if for_eye == for_ear else for_eye, key=key)
