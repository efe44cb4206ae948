"""The kinds of ticket, by the names that people see."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "kinds.yaml"


@cache
def labels() -> Mapping[str, str]:
    """Chinese name of each kind."""
    named: dict[str, str] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return named


def label(kind: str) -> str:
    """The Chinese name of a kind; the kind itself where a questionnaire made one up."""
    return labels().get(kind, kind)
