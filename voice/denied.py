"""What was said back on this call and denied: whoever is asked again will not mean the same value again."""

from dataclasses import replace
from datetime import datetime

from dialogs.phases import RIGHT
from nlu.reading import Expectation
from voice.recognise.meaning import meaning


class Denials:
    """Follows the questions of one call and what was heard to them."""

    def __init__(self) -> None:
        self._heard: dict[str, str] = {}  # question → the value that was heard last
        self._denied: dict[str, tuple[str, ...]] = {}
        self._asked = ""  # the last question for a value

    def expected(self, expecting: Expectation | None) -> Expectation | None:
        """The same, with what was denied of it."""
        if expecting is None or expecting.key not in self._denied:
            return expecting
        return replace(expecting, denied=self._denied[expecting.key])

    def heard(self, text: str, expecting: Expectation | None, *, at: datetime) -> None:
        """What was handed on as the reply."""
        if expecting is None:
            return
        meant = meaning(text, expectation=expecting, at=at)
        if expecting.key != RIGHT:
            self._asked = expecting.key
            self._heard.pop(expecting.key, None)
            if meant is not None:
                self._heard[expecting.key] = meant
        elif meant == '"no"' and self._asked in self._heard:
            value = self._heard.pop(self._asked)
            self._denied[self._asked] = (*self._denied.get(self._asked, ()), value)
