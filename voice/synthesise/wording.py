"""How a text is put to a synthesiser: in sentences, and digits as people read them out."""

import re

DIGIT_NAMES = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))
IDENTIFIER_DIGITS = 5  # from this length a number is read digit by digit: telephone, identity card, meter reading
GROUP_DIGITS = 4  # of a long number from the end: 139 1234 5778

_IDENTIFIER = re.compile(rf"(?<![\d.])\d{{{IDENTIFIER_DIGITS},}}(?![\d.])")
_SENTENCE = re.compile(r"[^。！？!?…\n]+[。！？!?…]*")


def sentences(text: str) -> list[str]:
    """The sentences of a text with their closing marks, without empty ones."""
    found = (each.group().strip() for each in _SENTENCE.finditer(text))
    return [each for each in found if re.search(r"\w", each)]


def with_digits_named(text: str, *, apart: bool) -> str:
    """Long digit strings as digit names in groups (1 is 幺); with `apart` a comma stands after every digit."""
    return _IDENTIFIER.sub(lambda found: _named(found.group(), apart=apart), text)


def _named(digits: str, *, apart: bool) -> str:
    groups: list[str] = []
    while digits:
        groups.insert(0, digits[-GROUP_DIGITS:])
        digits = digits[:-GROUP_DIGITS]
    inside = "，" if apart else ""
    return "，".join(inside.join(DIGIT_NAMES[each] for each in group) for group in groups)
