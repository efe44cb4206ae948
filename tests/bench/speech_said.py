"""What the bench says to which question, and what it means."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nlu.reading import Choice, Expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is said to what question; `meaning` is None where it answers nothing."""

    section: str
    expectation: Expectation | None
    text: str
    meaning: str | None


def answer_cases(cases: dict[str, Any]) -> Iterator[Case]:
    """Every yes/no and choice answer, and everything outside the set put to one question after another."""
    expectations = []
    for question in cases["yes_no"]:
        expectation = Expectation(key="q", kind="yes_no", asked=question["asked"])
        expectations.append(expectation)
        for said, value in (("affirmed", '"yes"'), ("denied", '"no"')):
            for text in question[said]:
                yield Case(section="yes_no", expectation=expectation, text=text, meaning=value)
    for question in cases["choice"]:
        choices = tuple(Choice(key=each, label=each) for each in question["choices"])
        expectation = Expectation(key="q", kind="choice", choices=choices)
        expectations.append(expectation)
        for value, texts in question["says"].items():
            for text in texts:
                yield Case(
                    section="choice", expectation=expectation, text=text, meaning=json.dumps(value, ensure_ascii=False)
                )
    for place, text in enumerate(cases["out_of_set"]):
        for step in range(3):
            asked = expectations[(3 * place + step) % len(expectations)]
            yield Case(section="out_of_set", expectation=asked, text=text, meaning=None)
