"""Long numbers that were read back and put right: who heard eleven digits twice would lose the thread a third time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nlu.spoken import spoken_digits

# In which groups a number is told, by kind and length: where each begins and ends, and what people call it.
_GROUPS = {
    ("phone", 11): ((0, 3, "前三位"), (3, 7, "中间四位"), (7, 11, "后四位")),
    ("id_number", 18): ((0, 6, "前六位"), (6, 14, "中间八位"), (14, 18, "后四位")),
}

GROUP_NAMES = tuple(name for groups in _GROUPS.values() for _, _, name in groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One group of a number."""

    name: str
    digits: str


def changed_parts(kind: str, before: Any, after: Any) -> Sequence[Part]:
    """The groups in which two values of a question differ; none where a value is best said whole."""
    groups = _GROUPS.get((kind, len(str(after))), ())
    if len(str(before)) != len(str(after)):
        return ()
    changed = [
        Part(name=name, digits=str(after)[first:last])
        for first, last, name in groups
        if str(before)[first:last] != str(after)[first:last]
    ]
    return changed if len(changed) < len(groups) else ()


def said_parts(parts: Sequence[Part]) -> str:
    """后四位，五七七八, for the ear."""
    return "，".join(f"{part.name}，{spoken_digits(part.digits)}" for part in parts)


def shown_parts(parts: Sequence[Part]) -> str:
    """后四位 5778, for the eye."""
    return "，".join(f"{part.name} {part.digits}" for part in parts)
