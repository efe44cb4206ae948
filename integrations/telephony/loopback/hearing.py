"""What a simulated resident makes of the assistant's words: from the words alone, as a person would."""

import re
from dataclasses import dataclass
from typing import Literal

from integrations.telephony.loopback.bank import Bank

Ask = Literal[
    "topic",
    "opening",
    "party",
    "sharers",
    "agreement",
    "flag_check",
    "callback",
    "which_wrong",
    "hear_me",
    "keypad",
    "wait",
    "waiting",
    "",
]

_SENTENCES = re.compile(r"[。？！；?!]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question that was put last, or none that the resident knows."""

    ask: Ask
    topic: str = ""
    sentence: str = ""


def understand(bank: Bank, words: str) -> Asked:
    """What was asked: the last sentence that is a question the resident knows. 您慢慢来 only when nothing else was."""
    sentences = [each.strip() for each in _SENTENCES.split(words) if each.strip()]
    for sentence in reversed(sentences):
        asked = _asked(bank, sentence)
        if asked.ask:
            return asked
    if any(bank.wait.asked_in(each) for each in sentences):
        return Asked(ask="wait")
    return Asked(ask="")


def _asked(bank: Bank, sentence: str) -> Asked:
    kinds: tuple[tuple[Ask, bool], ...] = (
        ("keypad", bank.keypad.asked_in(sentence)),
        ("party", bank.party.asked_in(sentence)),
        ("sharers", bank.sharers.asked_in(sentence)),
        ("agreement", bank.agreement.asked_in(sentence)),
        ("flag_check", bank.flag_check.asked_in(sentence)),
        ("callback", bank.callback.asked_in(sentence)),
        ("which_wrong", bank.which_wrong.asked_in(sentence)),
        ("hear_me", bank.hear_me.asked_in(sentence)),
        ("waiting", bank.waiting.asked_in(sentence)),
    )
    for ask, holds in kinds:
        if holds:
            return Asked(ask=ask, sentence=sentence)
    for name, topic in bank.topics.items():
        if topic.asked_in(sentence):
            return Asked(ask="topic", topic=name, sentence=sentence)
    return Asked(ask="opening" if bank.opening.asked_in(sentence) else "", sentence=sentence)
