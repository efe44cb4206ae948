"""The words that a value of each kind is made of: what a decoder is limited to when the question wants one."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

ALL_DIGITS = "digits"  # in the word list of a kind: every run of Arabic digits


@lru_cache(maxsize=1)
def _kinds() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("vocabulary.yaml").read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=64)
def words_of(kind: str) -> tuple[str, ...]:
    """The words of a kind of value, `ALL_DIGITS` among them where figures are allowed; none for any other kind."""
    entry = _kinds().get(kind, [])
    if isinstance(entry, list):
        return tuple(entry)
    return (*words_of(entry["like"]), *entry.get("more", ()))
