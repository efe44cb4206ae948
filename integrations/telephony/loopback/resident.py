"""One simulated resident on the telephone: hears words, says words, and remembers what was said."""

import random
import re
from dataclasses import dataclass, field
from datetime import date

from dialogs.events import Outcome
from integrations.telephony.loopback.bank import Bank
from integrations.telephony.loopback.facts import Facts, looks_like
from integrations.telephony.loopback.hearing import Asked, understand
from integrations.telephony.loopback.keypad import keys_for
from integrations.telephony.loopback.ledger import SaidFact, SaidRedFlag, Turn
from integrations.telephony.loopback.numerals import heard_day
from integrations.telephony.loopback.population import Script

_PATIENCE = 4  # questions in a row that the resident does not know before they hang up
_LONGEST_WAIT = 8  # times that the resident is spoken to while waiting for a person
_PARTS = re.compile(r"[，,、]")
_ENDS: dict[str, Outcome] = {
    "busy_later": "callback",
    "wrong_number": "wrong_person",
    "not_at_home": "not_at_home",
    "refuse_call": "refused",
    "stop_calling": "never_again",
    "person_please": "to_person",
    "mute": "break_off",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A turn of the resident: words, keys, a silence, or hanging up."""

    text: str = ""
    keys: str = ""
    silence_seconds: float = 0.0
    hangs_up: bool = False


@dataclass(slots=True, kw_only=True)
class Resident:
    """A person in one call. `hear` is called with each turn of the assistant."""

    bank: Bank
    script: Script
    facts: Facts
    rng: random.Random
    topics: dict[str, SaidFact] = field(default_factory=dict)
    red_flags: list[SaidRedFlag] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    _asked: int = 0  # questions so far; the opening is none
    _pending: str = ""  # topic that was asked last
    _ended: Outcome | None = None  # what the resident has made of the call
    _flagged: bool = False
    _corrected: bool = False
    _puzzled: int = 0
    _waited: int = 0
    _aside_done: set[int] = field(default_factory=set)
    _words: str = ""  # the assistant's last turn
    _wrong: str = ""  # topic that the resident took back
    _right: bool | None = None  # whether the value read back last was right; None when a question came after it

    @classmethod
    def answering(cls, bank: Bank, script: Script, *, seed: str, rng: random.Random, on: date) -> "Resident":
        """Whoever picks up in the household of this seed."""
        return cls(bank=bank, script=script, facts=Facts(seed=seed, on=on), rng=rng)

    def outcome(self, *, completed: bool) -> Outcome:
        """What the conversation was; `completed` when the assistant had the last word."""
        if self._ended is not None:
            return self._ended
        if completed:
            return "complete"
        return "partial" if any(each.settled for each in self.topics.values()) else "break_off"

    def hear(self, words: str, *, last: bool) -> Reply | None:
        """The reply, or None when the assistant has said its last words."""
        self._settle_what_was_said()
        if self.facts.notice_day is None:
            self.facts.notice_day = heard_day(words)
        if last:
            self.turns.append(Turn(heard=words))
            return None
        self._words = words
        reply = self._reply(understand(self.bank, words))
        self.turns.append(Turn(heard=words, said=reply.text, keys=reply.keys))
        return reply

    def _settle_what_was_said(self) -> None:
        for said in self.topics.values():
            said.settled = True
        for flag in self.red_flags:
            flag.settled = True

    def _reply(self, asked: Asked) -> Reply:
        self._pending = asked.topic or self._pending
        if self.script.ending == "mute":
            self._ended = "break_off"
            return Reply(silence_seconds=self.rng.uniform(*self.bank.silence.seconds))
        if asked.ask in ("topic", "opening"):
            surprise = self._surprise()
            if surprise is not None:
                return surprise
        self._puzzled = 0 if asked.ask else self._puzzled + 1
        return self._plain_reply(asked)

    def _plain_reply(self, asked: Asked) -> Reply:
        match asked.ask:
            case "topic":
                self._right = None
                self._asked += 1
                return self._answer(asked.topic)
            case "agreement":
                return self._agreement(asked.sentence)
            case "flag_check":
                return self._flag_check()
            case "which_wrong":
                return self._state(self._wrong or self._pending)
            case "keypad":
                return self._keys()
            case "wait" if self._pending:
                return self._answer(self._pending)
            case "opening" | "wait":
                return self._say(self.bank.opening.agrees)
            case "party":
                return self._say(self.bank.party.agrees)
            case "sharers":
                return self._say(self.bank.sharers.agrees)
            case "callback":
                return self._say(self.bank.callback.told)
            case "waiting":
                return self._wait()
            case "hear_me":
                return self._say(self.bank.hear_me.agrees)
            case _:
                return self._puzzle()

    def _surprise(self) -> Reply | None:
        """What the script has in store before an answer, if this is the moment."""
        script = self.script
        if script.ending is not None and self._asked >= script.ending_at and self._ended is None:
            if script.ending == "hangs_up":
                return Reply(hangs_up=True)
            self._ended = _ENDS[script.ending]
            return self._say(self.bank.endings[script.ending])
        if script.red_flag_at is not None and self._asked >= script.red_flag_at and not self._flagged:
            return self._flag()
        if script.correct_at is not None and self._asked >= script.correct_at and not self._corrected:
            correction = self._correction()
            if correction is not None:
                return correction
        if self._asked in script.asides and self._asked not in self._aside_done:
            self._aside_done.add(self._asked)
            aside = script.asides[self._asked]
            self.asides.append(aside)
            return self._say(self.bank.asides[aside])
        return None

    def _answer(self, topic: str) -> Reply:
        if topic in self.topics:  # asked again: whatever was not clear was explained meanwhile
            self.facts.understand(topic)
        key = self.facts.key(topic)
        if "{notice_day}" in self.bank.topics[topic].values[key][0] and self.facts.notice_day is None:
            return self._puzzle()
        answer = self._fill(topic, self.rng.choice(self.bank.topics[topic].values[key]))
        if self.rng.random() < self.script.stories:
            answer = self.rng.choice(self.bank.stories).format(answer=answer)
        self.topics[topic] = SaidFact(value=self.facts.value(topic), said=answer)
        return Reply(text=answer)

    def _state(self, topic: str) -> Reply:
        """The answer once more in a whole sentence, so that it is clear what it is about."""
        if not topic:
            return self._puzzle()
        known = self.bank.topics[topic]
        key = self.facts.key(topic)
        sentence = self._fill(topic, self.rng.choice(known.statements.get(key) or known.values[key]))
        self.topics[topic] = SaidFact(value=self.facts.value(topic), said=sentence)
        return Reply(text=sentence)

    def _agreement(self, sentence: str) -> Reply:
        """Compares each part that was read back with what was said."""
        parts = [each for each in _PARTS.split(sentence) if each and not self.bank.agreement.asked_in(each)]
        phone = "phone" in self.topics and self.facts.read_back("phone", sentence)
        self._right = phone or (bool(parts) and all(self._is_right(each) for each in parts))
        if self._right:
            return self._say(self.bank.agreement.agrees)
        topic = next((each for each in reversed(self.topics) if looks_like(each, sentence)), self._pending)
        again = self._state(topic)
        return Reply(text=self.rng.choice(self.bank.agreement.disagrees).format(again=again.text))

    def _is_right(self, part: str) -> bool:
        return any(self.facts.read_back(topic, part) for topic in self.topics)

    def _correction(self) -> Reply | None:
        answered = [topic for topic in self.topics if self.bank.topics[topic].statements]
        if not answered:
            return None
        self._corrected = True
        topic = self._wrong = self.rng.choice(answered)
        self.facts.change(topic)
        self.asides.append("correct_that")
        again = self._state(topic).text
        return Reply(text=self.rng.choice(self.bank.corrections).format(again=again))

    def _flag(self) -> Reply:
        self._flagged = True
        flags = [
            SaidRedFlag(kind=kind, said=phrase, indirect=phrase in urgent.indirect)
            for kind, urgent in self.bank.red_flags.items()
            for phrase in (*urgent.direct, *urgent.indirect)
        ]
        flag = self.rng.choice(flags)
        self.red_flags.append(flag)
        self._ended = "red_flag"
        return Reply(text=flag.said)

    def _flag_check(self) -> Reply:
        over = self.script.flag_over
        self._ended = None if over else "red_flag"
        return self._say(self.bank.flag_check.over if over else self.bank.flag_check.still)

    def _keys(self) -> Reply:
        keys = keys_for(self._pending, self.facts, self._words, right=self._right)
        return Reply(keys=keys) if keys else self._puzzle()

    @property
    def hangs_up_after_talk(self) -> bool:
        """Whether the resident ends the call with a person to whom they were joined."""
        return True

    def _wait(self) -> Reply:
        """Asked to stay on the line until a person comes."""
        self._waited += 1
        if self._waited > _LONGEST_WAIT or (self._waited == 1 and self.rng.random() < self.script.leaves):
            return Reply(hangs_up=True)
        if self._waited == 1:
            return self._say(self.bank.waiting.agrees)
        return Reply(silence_seconds=self.rng.uniform(*self.bank.silence.seconds))

    def _puzzle(self) -> Reply:
        if self._puzzled >= _PATIENCE:
            return Reply(hangs_up=True)
        return self._say(self.bank.puzzled)

    def _say(self, phrases: tuple[str, ...]) -> Reply:
        return Reply(text=self.rng.choice(phrases))

    def _fill(self, topic: str, phrase: str) -> str:
        return phrase.format_map(self.facts.slots(topic, self.rng))
