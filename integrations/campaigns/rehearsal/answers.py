"""What a simulated resident answers to a question: drawn from the questionnaire's own words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from dialogs.questionnaire import Question
from integrations.campaigns.rehearsal.cast import Cast

_NUMERALS = "零一二三四五六七八九"
_OFFERED = re.compile(
    r"说(?P<yes>[^，。、]{1,4})，(?:或者|还是)(?:说)?(?P<no>[^，。、？]{1,4})[。？]"
)  # 说有，或者没有。
_TROUBLE = 0.12  # of answers are of the kind that somebody must see to: most people are well
_FOLLOWS_UP = 0.3  # of answers lead to a further question, where another one would skip it


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said, and the value that must come of it; `value` None where its form is not compared."""

    said: str
    value: Any = None


def answer_to(question: Question, questions: Sequence[Question], cast: Cast, *, rng: Random, on: date) -> Answer:
    """An answer of this question's kind. `questions` are all of the questionnaire, `on` the day of the call."""
    if question.expected is not None and rng.random() > _TROUBLE:
        return understood(question, cast, rng=rng, on=on)
    if question.kind == "yes_no":
        value = _weighed(question, questions, ("yes", "no"), rng)
        return Answer(said=rng.choice(_yes_no_words(question, value, cast)), value=value)
    if question.kind == "choice":
        key = _weighed(question, questions, tuple(each.key for each in question.choices), rng)
        option = next(each for each in question.choices if each.key == key)
        return Answer(said=rng.choice((option.label, *option.synonyms)), value=key)
    return Answer(said=_filled(rng.choice(cast.kinds[question.kind]), question, rng=rng, on=on))


def understood(question: Question, cast: Cast, *, rng: Random, on: date) -> Answer:
    """The answer that shows that a notice was understood; the question has one."""
    wanted = question.expected
    if question.kind == "yes_no":
        return Answer(said=rng.choice(_yes_no_words(question, wanted, cast)), value=wanted)
    if question.kind == "choice":
        option = next(each for each in question.choices if each.key == wanted)
        return Answer(said=rng.choice((option.label, *option.synonyms)), value=wanted)
    if question.kind == "date":
        day = date.fromisoformat(wanted)
        return Answer(said=f"{day.month}月{day.day}号", value=wanted)
    return Answer(said=_filled(rng.choice(cast.kinds[question.kind]), question, rng=rng, on=on))


def _weighed(question: Question, questions: Sequence[Question], values: Sequence[str], rng: Random) -> str:
    """One of the values: what was expected, mostly; trouble seldom."""
    trouble = {value for each in question.escalate for value in each.values}
    skips = {value for each in questions for rule in each.skip_when if rule.question == question.key
             for value in rule.values}  # fmt: skip
    weights = [_TROUBLE if value in trouble else 1.0 for value in values]
    if skips and not trouble:
        weights = [1.0 if value in skips else _FOLLOWS_UP for value in values]
    return rng.choices(values, weights)[0]


def _yes_no_words(question: Question, value: str, cast: Cast) -> tuple[str, ...]:
    """The words that the question itself offers: 说够，或者不够."""
    for wording in (question.ask, *question.again):
        offered = _OFFERED.search(wording.spoken)
        if offered is not None:
            return (offered[value],)
    return cast.yes if value == "yes" else cast.no


def _filled(phrase: str, question: Question, *, rng: Random, on: date) -> str:
    days = rng.randint(1, 6)
    day = on + timedelta(days=days) if question.prefer == "future" else on - timedelta(days=days)
    return phrase.format(
        number="两" if (number := rng.randint(1, 4)) == 2 else _NUMERALS[number],
        temperature=f"三十{rng.choice(('六', '六', '七'))}度{_NUMERALS[rng.randint(2, 8)]}",
        date=f"{day.month}月{day.day}号",
        digits="".join(str(rng.randint(0, 9)) for _ in range(4)),
        phone="139" + "".join(str(rng.randint(0, 9)) for _ in range(8)),
    )
