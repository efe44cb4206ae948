"""The ten calls with sound: golden conversations whose resident is a synthetic voice on the loopback telephone.

`./linyin bench conversations -- --aloud`. Every word goes through G.711, the end of each turn is found, and the real
recogniser hears it; the facts of the whole call are compared with those that are written beside the words.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

from bot.settings import Settings
from bot.speech import VOICE, recogniser, synthesiser
from dialogs import events as e
from dialogs import phases
from dialogs.state import State, fold_all
from nlu.utterance import Utterance
from tests.golden.runner import (
    NAMED_FACTS,
    TURN_LASTS,
    Golden,
    Take,
    conversations,
    fact,
    opened,
    questionnaires,
    take_turn,
)
from voice import media
from voice.audio.g711 import encode_alaw
from voice.audio.sound import TELEPHONE_HZ, silence
from voice.call import Reply, converse
from voice.line import DialOrder
from voice.loopback.audible import AudibleLine
from voice.loopback.recordings import RecordedLine
from voice.manner import manner
from voice.recognise.recogniser import Recogniser
from voice.residents.recipe import ORDINARY
from voice.residents.speaker import Speaker
from voice.spoken_call import SpokenCall
from voice.synthesise.kokoro import Kokoro
from voice.synthesise.synthesiser import Manner

SCENE = re.compile(r"[（(【][^）)】]*[）)】]")  # （哭）, （冲屋里）: no synthetic voice can do it
PROMPT_SECONDS = 0.5  # of silence in place of each of our prompts, which nobody listens to here
TURN_LIMIT_SECONDS = 120.0  # of the recogniser: time on these calls stands still while it works


@dataclass(frozen=True, slots=True, kw_only=True)
class Aloud:
    """What became of one call."""

    name: str
    facts: int  # that are written down
    heard: int  # of them, those that came about
    surplus: tuple[str, ...]  # values and alarms that nobody wrote down
    ended: str
    heard_as: tuple[tuple[str, str], ...]  # what was said, and what was understood

    @property
    def right(self) -> bool:
        """Whether the call came to the same facts as in text."""
        return self.heard == self.facts and not self.surplus


async def aloud(settings: Settings, take: Take, *, file: str, every: bool) -> list[Aloud]:
    """The calls of a file of golden conversations one after the other; the first of each kind, or every one.

    Raises ModelError when a model is not installed.
    """
    with ExitStack() as stack:
        ear = stack.enter_context(recogniser(settings, turn_limit_seconds=TURN_LIMIT_SECONDS))
        residents = synthesiser(settings)
        return [await _called(golden, take, ear, residents) for golden in _chosen(file, every=every)]


def figures(calls: Sequence[Aloud]) -> dict[str, Any]:
    """Of all calls, and of each."""
    return {
        "aloud_right": sum(each.right for each in calls),
        "aloud_n": len(calls),
        "aloud_facts_heard": sum(each.heard for each in calls),
        "aloud_facts": sum(each.facts for each in calls),
        "aloud_calls": {
            each.name: {
                "facts": each.facts,
                "heard": each.heard,
                "surplus": each.surplus,
                "ended": each.ended,
                "heard_as": each.heard_as,
            }
            for each in calls
        },
    }


def _chosen(file: str, *, every: bool) -> list[Golden]:
    """`one-a`, `one-b` … are one kind."""
    held = [each for each in conversations() if each.name.startswith(f"{file}/")]
    if every:
        return held
    kinds: dict[str, Golden] = {}
    for each in held:
        kinds.setdefault(each.spec["name"].split("-")[0], each)
    return list(kinds.values())


async def _called(golden: Golden, take: Take, ear: Recogniser, residents: Kokoro) -> Aloud:
    number = crc32(golden.name.encode())
    voices = [each for each in residents.voices if each != VOICE]
    throat = Speaker(residents, ORDINARY, voice=voices[number % len(voices)], seed=number)
    talk = _Talk(golden, take)

    def carry(carried: media.MediaCall, _: DialOrder) -> SpokenCall:
        return SpokenCall(carried, recogniser=ear, speak=_unheard, now=talk.now)

    said = tuple(_said(golden.spec["turns"]))
    line = AudibleLine(RecordedLine(said), throat=lambda _: throat, carry=carry)
    await converse(await line.dial(DialOrder(order=golden.name, number="1")), talk)
    await line.close()
    expected = Counter(str(each) for turn in golden.spec["turns"] for each in turn.get("facts", []))
    came: Counter[str] = Counter()
    surplus = []
    for event in talk.log:
        name = next((each for each in fact(event) if came[each] < expected[each]), None)
        if name is not None:
            came[name] += 1
        elif isinstance(event, NAMED_FACTS):
            surplus.append(fact(event)[0])
    return Aloud(
        name=golden.name,
        facts=expected.total(),
        heard=came.total(),
        surplus=tuple(surplus),
        ended=talk.state.outcome or "",
        heard_as=tuple(zip(said, talk.heard, strict=False)),
    )


def _said(turns: Sequence[dict[str, Any]]) -> list[str]:
    """What the far end says one after the other; silent turns have no sound."""
    words = [SCENE.sub("", str(turn.get("keys") or turn.get("resident", ""))) for turn in turns]
    return [each for each in words if re.search(r"\w", each)]


def _unheard(text: str, manner: Manner) -> bytes:
    return encode_alaw(silence(PROMPT_SECONDS, TELEPHONE_HZ))


class _Talk:
    """`voice.call.Talk` over whatever takes golden turns; its log is that of the session."""

    def __init__(self, golden: Golden, take: Take) -> None:
        self._golden = golden
        self._take = take
        self._questionnaire = questionnaires()[golden.questionnaire]
        begun = opened(self._questionnaire, golden.spec)
        self._at = begun.at
        self.log: list[e.AnyEvent] = [begun]
        self.state = fold_all(State(), self.log)
        self.heard: list[str] = []
        self.now: Callable[[], datetime] = lambda: self._at

    async def begin(self) -> Reply:
        """The first words."""
        return await self._turn(None)

    async def hear(self, utterance: Utterance) -> Reply:
        """One turn."""
        self._at += TURN_LASTS
        self.heard.append(utterance.text or utterance.keys)
        return await self._turn(utterance)

    async def gone(self) -> None:
        """Nothing is kept."""

    async def _turn(self, utterance: Utterance | None) -> Reply:
        self.state, replies = await take_turn(self._golden, self._take, self.state, utterance, self.log, at=self._at)
        return Reply(
            prompts=replies,
            last=self.state.outcome is not None,
            expecting=phases.pending(self._questionnaire, self.state),
            manner=manner(self.state),
        )
