"""An option that a text mentions, and the words of lexicon/choices.yaml."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from nlu.lexicon import load
from nlu.normalise import normalise
from nlu.reading import Choice

# 睡得也香 is 睡得香.
# 睡得挺好 is 睡得好; 睡得还行 is 还行.
DEGREE = re.compile("(?<=得)(?!还(?:行|可以|好|凑合))(?:也|都|挺|蛮|还|真|倒|特别|非常|比较|满)+(?=[\u4e00-\u9fff])")
# 好难受, 好累啊: only how very much; 不好 and 很好 are judgements.
VERY = re.compile(
    "(?<![不很最还挺蛮])好(?=累|冷|热|疼|痛|难(?!说|讲)|烦|苦|怕|晕|困(?!着)|吵|闷|凶|狠|惨|厉害|严重|酸|胀|痒|慌|乏|饿|渴|贵|臭|脏|可怜|伤心|辛苦|无聊|孤单|奇怪|紧张)"
)

NAMED = 0.95
PLACED = 0.9  # by position or key
IN_PART = 0.8  # by a piece of its label, or on a scale
SOUNDED = 0.7
EXCLUDED = 0.55  # the other one of two


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An option at `text[start:end]` of the standard text; `denied` where it is named only to say that it is not so."""

    key: str
    start: int
    end: int
    confidence: float
    denied: bool = False


@cache
def forms_of(choice: Choice) -> tuple[str, ...]:
    """The label and the synonyms, simplified and in half width."""
    return tuple(
        dict.fromkeys(normalise(each).text.strip() for each in (choice.label, *choice.synonyms) if each.strip())
    )


def inside_number(text: str, position: int, form: str) -> bool:
    """Whether a form that is a digit stands inside a longer number."""
    around = text[position - 1 : position] + text[position + len(form) : position + len(form) + 1]
    return form.isdigit() and any(character.isdigit() for character in around)


def inside_word(text: str, position: int, form: str) -> bool:
    """Whether a form stands inside a word of another meaning: 好 in 好几回, 不好 in 不好意思."""
    return any(
        text.startswith(word, position - at)
        for word in choice_words()["not_options"]
        if len(form) < len(word) and (at := word.find(form)) >= 0 and position >= at
    )


@cache
def is_judgement(form: str) -> bool:
    """Whether a form stands on a scale, and so may be said of anything: 好, 一般, 不行."""
    return any(form in words for scale in choice_words()["scales"] for words in scale.values())


@cache
def choice_words() -> Any:
    """The content of lexicon/choices.yaml."""
    return load("choices.yaml")
