"""One simulated worker of the community: takes an urgent matter on the telephone, or does not."""

import random
from dataclasses import dataclass, field
from typing import Literal

from integrations.telephony.loopback.bank import Bank
from integrations.telephony.loopback.ledger import Turn
from integrations.telephony.loopback.population import Population
from integrations.telephony.loopback.resident import Reply

PIN_DIGITS = 6
_HANGS_UP_FIRST = 0.25  # of workers who were joined to a resident; the others wait for what is asked afterwards
_KEYS_OF_RESULTS = ("1", "1", "2", "3")  # most matters are settled on the telephone
_QUIET_SECONDS = 3.0

Temper = Literal["accepts", "declines", "ignores"]


def simulated_pin(number: str) -> str:
    """The PIN that the simulated worker with this telephone number knows."""
    return str(10**PIN_DIGITS // 10 + int(number[-8:]) * 7919 % (9 * 10**PIN_DIGITS // 10))


@dataclass(slots=True, kw_only=True)
class Worker:
    """A worker in one call. `hear` is called with each turn of the assistant."""

    bank: Bank
    number: str
    temper: Temper
    wrong_pin: bool
    hangs_up_after_talk: bool
    rng: random.Random
    turns: list[Turn] = field(default_factory=list)

    @classmethod
    def answering(cls, bank: Bank, population: Population, *, number: str, rng: random.Random) -> "Worker":
        """The worker who picks up this number, as they are this time."""
        drawn = rng.random()
        temper: Temper = "accepts"
        if drawn < population.declines:
            temper = "declines"
        elif drawn < population.declines + population.ignores:
            temper = "ignores"
        return cls(
            bank=bank,
            number=number,
            temper=temper,
            wrong_pin=rng.random() < population.wrong_pin,
            hangs_up_after_talk=rng.random() < _HANGS_UP_FIRST,
            rng=rng,
        )

    def hear(self, words: str, *, last: bool) -> Reply | None:
        """The keys that are pressed, or None when the assistant has said its last words."""
        if last:
            self.turns.append(Turn(heard=words))
            return None
        reply = self._reply(words)
        self.turns.append(Turn(heard=words, said=reply.text, keys=reply.keys))
        return reply

    def _reply(self, words: str) -> Reply:
        cues = self.bank.worker
        if self.temper == "ignores":
            return Reply(silence_seconds=_QUIET_SECONDS)
        if cues.pin.asked_in(words):
            return Reply(keys=("0" * PIN_DIGITS if self.wrong_pin else simulated_pin(self.number)) + "#")
        if cues.ready.asked_in(words):
            return Reply(keys="1")
        if cues.result.asked_in(words):
            return Reply(keys=self.rng.choice(_KEYS_OF_RESULTS))
        if cues.offer.asked_in(words):
            return Reply(keys="2" if self.temper == "declines" else "1")
        return Reply(silence_seconds=_QUIET_SECONDS)
