"""Ten ways in which old people answer a call; each is a simulated resident with phrases of its own (personas.yaml)."""

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import yaml

from integrations.telephony.loopback.bank import Bank, Phrases
from integrations.telephony.loopback.facts import Facts
from integrations.telephony.loopback.hearing import Asked, understand
from integrations.telephony.loopback.keypad import keys_for
from integrations.telephony.loopback.ledger import SaidFact, Turn
from integrations.telephony.loopback.numerals import heard_day
from integrations.telephony.loopback.resident import Reply

PATIENCE = 5  # turns in a row whose question this person does not know; then they hang up
_FILE = Path(__file__).parent / "personas.yaml"
_WAITS = frozenset({"waiting", "hear_me"})


class Persona(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one kind of person talks; see personas.yaml."""

    opens: tuple[Phrases, ...]
    before: Phrases = ()
    before_share: float = 0.0
    before_times: int = 0
    around: Phrases = ()
    around_share: float = 0.0
    wrong_first: Phrases = ()
    wrong_share: float = 0.0
    unknown: Phrases = ()
    unknown_share: float = 0.0
    agrees: Phrases = ()
    agrees_to_all: bool = False
    values: dict[str, dict[str, Phrases]] = {}


def load_personas(file: Path = _FILE) -> dict[str, Persona]:
    """All personas by name. Raises yaml.YAMLError or msgspec.ValidationError when the file is broken."""
    return msgspec.convert(yaml.safe_load(file.read_text(encoding="utf-8")), dict[str, Persona])


@dataclass(slots=True, kw_only=True)
class Elder:
    """One person of a kind in one call. `hear` is called with each turn of the assistant."""

    bank: Bank
    persona: Persona
    facts: Facts
    rng: random.Random
    topics: dict[str, SaidFact] = field(default_factory=dict)  # what was told clearly, and what is true of it
    unknown: set[str] = field(default_factory=set)  # what this person said not to know
    turns: list[Turn] = field(default_factory=list)
    lost_patience: bool = False
    _opening: list[str] | None = None
    _put_off: dict[str, int] = field(default_factory=dict)
    _pending: str = ""
    _right: bool | None = None
    _puzzled: int = 0

    def hear(self, words: str, *, last: bool) -> Reply | None:
        """The reply, or None when the assistant has said its last words."""
        if self.facts.notice_day is None:
            self.facts.notice_day = heard_day(words)
        if last:
            self.turns.append(Turn(heard=words))
            return None
        reply = self._reply(understand(self.bank, words), words)
        self.turns.append(Turn(heard=words, said=reply.text, keys=reply.keys))
        return reply

    def _reply(self, asked: Asked, words: str) -> Reply:
        if self._opening is None:
            self._opening = list(self.rng.choice(self.persona.opens))
        self._pending = asked.topic or self._pending
        if self._opening and asked.ask not in ("topic", "agreement"):
            return Reply(text=self._opening.pop(0))
        self._opening = []
        self._puzzled = 0 if asked.ask else self._puzzled + 1
        match asked.ask:
            case "topic":
                self._right = None
                return self._about(asked.topic)
            case "agreement":
                return self._agreement(asked.sentence)
            case "keypad":
                keys = keys_for(self._pending, self.facts, words, right=self._right)
                return Reply(keys=keys) if keys else self._puzzle()
            case "flag_check":
                return self._say(self.bank.flag_check.over)  # nothing is the matter
            case "which_wrong" if self._pending:
                return self._told(self._pending)
            case "wait" if self._pending:
                return self._told(self._pending)
            case "opening" | "wait":
                return self._say(self.bank.opening.agrees)
            case "party":
                return self._say(self.bank.party.agrees)
            case "sharers":
                return self._say(self.bank.sharers.agrees)
            case "callback":
                return self._say(self.bank.callback.told)
            case ask if ask in _WAITS:
                return self._say(self.bank.hear_me.agrees)
            case _:
                return self._puzzle()

    def _about(self, topic: str) -> Reply:
        """A question of the questionnaire: put off, not known, or told."""
        persona, times = self.persona, self._put_off.get(topic, 0)
        if times < persona.before_times and self.rng.random() < persona.before_share:
            self._put_off[topic] = times + 1
            return self._say(persona.before)
        if topic in self.unknown or (topic not in self.topics and self.rng.random() < persona.unknown_share):
            self.unknown.add(topic)
            return self._say(persona.unknown)
        return self._told(topic)

    def _told(self, topic: str) -> Reply:
        if topic in self.topics:
            self.facts.understand(topic)  # asked again: whatever was not clear was explained meanwhile
        answer = self._phrase(topic, self.facts.key(topic))
        if answer is None:
            return self._puzzle()
        said = answer
        if self.persona.wrong_first and self.rng.random() < self.persona.wrong_share:
            said = self._wrong_first(topic, answer)
        elif self.rng.random() < self.persona.around_share:
            said = self.rng.choice(self.persona.around).format(answer=answer)
        self.topics[topic] = SaidFact(value=self.facts.value(topic), said=said)
        return Reply(text=said)

    def _phrase(self, topic: str, key: str) -> str | None:
        own = self.persona.values.get(topic, {}).get(key)
        phrase = self.rng.choice(own or self.bank.topics[topic].values[key])
        if "{notice_day}" in phrase and self.facts.notice_day is None:
            return None
        return phrase.format_map(self.facts.slots(topic, self.rng))

    def _wrong_first(self, topic: str, answer: str) -> str:
        others = [key for key in self.bank.topics[topic].values if key != self.facts.key(topic)]
        wrong = self._phrase(topic, self.rng.choice(others)) if others else None
        if wrong is None:
            return answer
        return self.rng.choice(self.persona.wrong_first).format(wrong=wrong.split("，")[0], answer=answer)

    def _agreement(self, sentence: str) -> Reply:
        """对不对: who agrees to everything agrees; the others listen."""
        said_back = [topic for topic in self.topics if self.facts.read_back(topic, sentence)]
        self._right = bool(said_back)
        if self.persona.agrees and (self._right or self.persona.agrees_to_all):
            return self._say(self.persona.agrees)
        if self._right:
            return self._say(self.bank.agreement.agrees)
        again = self._phrase(self._pending, self.facts.key(self._pending)) if self._pending else None
        return Reply(text=self.rng.choice(self.bank.agreement.disagrees).format(again=again or ""))

    def _puzzle(self) -> Reply:
        if self._puzzled >= PATIENCE:
            self.lost_patience = True
            return Reply(hangs_up=True)
        return self._say(self.bank.puzzled)

    def _say(self, phrases: Any) -> Reply:
        return Reply(text=self.rng.choice(phrases))
