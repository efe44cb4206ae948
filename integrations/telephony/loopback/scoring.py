"""Compares what was scripted at the far end with what the near end wrote down."""

from collections.abc import Callable
from typing import Any

# Topics of the bank carry the same name as the question of the standard questionnaires that asks them.


def is_right(topic: str, scripted: Any, recorded: Any) -> bool:
    """Whether a recorded value (the settled value of the answer, None where there is none) is what was scripted.

    A place is right when the city is; a day when the date is, whatever the time; words when there are any.
    """
    if scripted is None or recorded is None:
        return scripted is None and recorded is None
    return _COMPARED.get(topic, _same)(scripted, recorded)


def _same(scripted: Any, recorded: Any) -> bool:
    means = {"yes": ("yes", "sometimes"), "no": ("no", "was")}.get(scripted, (scripted,))
    return recorded in means


def _part(name: str) -> Callable[[Any, Any], bool]:
    def compared(scripted: Any, recorded: Any) -> bool:
        return isinstance(recorded, dict) and name in recorded and scripted == recorded[name]

    return compared


def _city(scripted: Any, recorded: Any) -> bool:
    parts = recorded.values() if isinstance(recorded, dict) else ()
    return any(isinstance(each, str) and scripted in each for each in parts)


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "temperature": _part("value"),
    "people": _part("total"),
    "origin": _city,
    "date": lambda scripted, recorded: str(recorded)[:10] == scripted,
    "day": lambda scripted, recorded: str(recorded)[5:10] == scripted,
    "help_what": lambda _, recorded: bool(recorded),
}
