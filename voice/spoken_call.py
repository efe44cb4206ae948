"""One call that is heard and spoken: frames in, turns out; prompts in, sound out; interruptions in between.

Everything that happens comes through one queue, so that there is one order of things and no lock.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from campaigns.disposition import Disposition, classify
from dialogs.prompts import Prompt
from nlu.reading import Expectation
from nlu.red_flags import find_red_flags
from nlu.utterance import Utterance
from voice import line, media
from voice.announcements.spoken import announced
from voice.audio.g711 import decode_alaw
from voice.audio.sound import TELEPHONE_HZ
from voice.errors import EngineError
from voice.recognise.recogniser import Recogniser, Recognition
from voice.synthesise.synthesiser import PLAIN, Manner
from voice.turns.barge_in import BargeIn, BargeInEvent, Interrupted, PlaybackPaused, PlaybackResumed, WhatWasIt
from voice.turns.decisive import is_decisive
from voice.turns.detector import (
    Encourage,
    Listen,
    NoInput,
    SpeechResumed,
    SpeechStarted,
    TurnDetector,
    TurnEnded,
    TurnEvent,
    TurnReopened,
)
from voice.turns.policy import OLD_PACE, Pace, learned, turn_policy
from voice.turns.vad import SpeechDetector

ENCOURAGEMENT = "嗯，您说。"
QUIET_LINE_SECONDS = 0.1  # without a frame for this long it is silence that is heard: some lines send nothing then
KEPT_SECONDS = 2.0  # of sound before a turn begins: the onset of speech, and what interrupted a prompt
ONSET_MARGIN_SECONDS = 0.3  # kept before the first frame that is surely speech; soft consonants begin there
EARLY_MEDIA_SECONDS = 12.0  # carriers repeat their announcements within this
SHORTEST_ANNOUNCEMENT_SECONDS = 1.0
MACHINE_FROM = 0.7  # confidence of an announcement from which a machine is believed
ONE_KEY_KINDS = frozenset({"yes_no", "choice", "callback", "text"})
KEY_GAP_SECONDS = 3.0  # after the last key of a number without #

ENDED_BY: dict[media.Side, line.EndedBy] = {
    media.Side.NEAR: "us",
    media.Side.FAR: "them",
    media.Side.LINE: "network",
}

Speak = Callable[[str, Manner], bytes]
"""A text as A-law at 8 kHz; blocks while it is rendered."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Decoded:
    """What a decoding came to; of no use when its number is not the current one any more."""

    number: int
    purpose: Literal["turn", "monologue", "interjection"]
    heard: Recognition | None


@dataclass(frozen=True, slots=True)
class _Rendered:
    """The next sentence is ready to be played; the last of them with `final`."""

    alaw: bytes
    final: bool


_Happening = media.CallEvent | _Decoded | _Rendered


class SpokenCall:
    """`voice.line.Call` over a `voice.media.MediaCall`."""

    def __init__(
        self, carried: media.MediaCall, *, recogniser: Recogniser, speak: Speak, now: Callable[[], datetime]
    ) -> None:
        self._carried = carried
        self._recogniser = recogniser
        self._speak = speak
        self._now = now
        self._happenings: asyncio.Queue[_Happening] = asyncio.Queue()
        self._events: asyncio.Queue[line.CallEvent] = asyncio.Queue()
        self._ended: line.Ended | None = None
        self._answered = carried.state is media.CallState.ANSWERED
        self._machine: Disposition | None = None
        self._mode: Literal["waiting", "speaking", "listening"] = "waiting"
        self._expecting: Expectation | None = None
        self._manner = PLAIN
        self._last = False
        self._rendering: asyncio.Task[None] | None = None
        self._all_rendered = True
        self._playing = b""
        self._left = b""  # of a prompt that was paused
        self._vad = SpeechDetector()
        self._recent: deque[bytes] = deque(maxlen=round(KEPT_SECONDS / media.FRAME_SECONDS))
        self._turn: list[bytes] = []
        self._detector = TurnDetector(turn_policy("text", Pace()))
        self._barge_in = BargeIn()
        self._pace: Pace | None = None
        self._decoding = 0  # the number of the decoding that counts
        self._speculated: Recognition | None = None
        self._turn_over = False
        self._keys = ""
        self._key_silence_seconds = 0.0
        self._early: list[bytes] = []
        self._tasks: set[asyncio.Task[None]] = set()
        if self._answered:
            self._events.put_nowait(line.Answered())
        self.living = asyncio.create_task(self._live(), name=f"spoken call {carried.call_id}")

    async def next(self) -> line.CallEvent:
        """The next event, in order; after the end, the end again."""
        if self._ended is not None and self._events.empty():
            return self._ended
        return await self._events.get()

    async def say(
        self,
        prompts: Sequence[Prompt],
        *,
        last: bool = False,
        expecting: Expectation | None = None,
        manner: Manner = PLAIN,
    ) -> None:
        """Speaks, then listens for `expecting`; with `last` hangs up when it was said."""
        if not self._answered or self._ended is not None:
            return
        self._mode, self._last, self._expecting, self._manner = "speaking", last, expecting, manner
        self._pace = self._pace or (OLD_PACE if manner != PLAIN else Pace())
        self._barge_in, self._playing, self._left, self._all_rendered = BargeIn(), b"", b"", False
        if self._rendering is not None:
            self._rendering.cancel()
        self._rendering = self._start(self._render([each.spoken for each in prompts], manner))

    async def hang_up(self) -> None:
        """Ends the call at once."""
        await self._carried.hang_up()

    async def _live(self) -> None:
        pumping = self._start(self._pump())
        try:
            while self._ended is None:
                try:
                    happening = await asyncio.wait_for(self._happenings.get(), QUIET_LINE_SECONDS)
                except TimeoutError:
                    self._hear_silence(QUIET_LINE_SECONDS)
                    continue
                await self._take(happening)
        finally:
            pumping.cancel()
            for task in list(self._tasks):
                task.cancel()

    async def _pump(self) -> None:
        async for event in self._carried.events():
            self._happenings.put_nowait(event)

    async def _take(self, happening: _Happening) -> None:
        match happening:
            case media.Ringing():
                self._put(line.Ringing())
            case media.Answered():
                self._answered = True
                self._put(line.Answered())
            case media.AudioReceived():
                self._hear(happening.alaw)
            case media.KeyPressed():
                self._press(happening.key)
            case media.PlaybackFinished():
                await self._played()
            case _Rendered():
                self._play(happening)
            case _Decoded():
                await self._understand(happening)
            case media.CallEnded():
                await self._end(happening)
            case _:
                pass

    # Speaking

    async def _render(self, texts: Sequence[str], manner: Manner) -> None:
        for number, text in enumerate(texts, start=1):
            alaw = await asyncio.to_thread(self._speak, text, manner)
            self._happenings.put_nowait(_Rendered(alaw, final=number == len(texts)))

    def _play(self, rendered: _Rendered) -> None:
        self._all_rendered = rendered.final
        if self._mode != "speaking":
            return
        if self._left:
            self._left += rendered.alaw
            return
        self._playing += rendered.alaw
        with contextlib.suppress(media.CallBridged):  # a person has the call: exactly one of the two speaks
            self._carried.send(rendered.alaw)

    async def _played(self) -> None:
        if self._mode != "speaking" or not self._all_rendered or self._left:
            return
        if self._last:
            await self._carried.hang_up()
            return
        self._listen()

    def _listen(self) -> None:
        """A turn of the resident begins with the next frame."""
        self._mode = "listening"
        kind = self._expecting.kind if self._expecting else "text"
        self._detector = TurnDetector(turn_policy(kind, self._pace or Pace()))
        self._turn, self._speculated, self._turn_over = [], None, False
        self._decoding += 1

    # Hearing

    def _hear(self, alaw: bytes) -> None:
        if not self._answered:
            if len(self._early) * media.FRAME_SECONDS < EARLY_MEDIA_SECONDS:
                self._early.append(alaw)
            return
        speech = self._vad.is_speech(decode_alaw(alaw))
        self._recent.append(alaw)
        self._pass(media.FRAME_SECONDS, alaw, speech=speech)

    def _hear_silence(self, seconds: float) -> None:
        if self._answered:
            self._pass(seconds, b"", speech=False)

    def _pass(self, seconds: float, alaw: bytes, *, speech: bool) -> None:
        if self._keys:
            self._key_silence_seconds += seconds
            if self._key_silence_seconds >= KEY_GAP_SECONDS:
                self._keyed()
        if self._mode == "speaking":
            self._react(self._barge_in.step(seconds, speech=speech))
        elif self._mode == "listening":
            if alaw:
                self._turn.append(alaw)
            self._follow(self._detector.step(seconds, speech=speech))

    def _follow(self, events: Sequence[TurnEvent]) -> None:
        for event in events:
            match event:
                case SpeechStarted():
                    kept = round((event.seconds_ago + ONSET_MARGIN_SECONDS) / media.FRAME_SECONDS)
                    self._turn = self._turn[-kept:]
                case Listen(why="pause"):
                    self._decode("turn")
                case Listen():
                    self._decode("monologue", replace=False)
                case SpeechResumed() | TurnReopened():
                    self._decoding += 1
                    self._speculated, self._turn_over = None, False
                case Encourage():
                    self._start(self._encourage())
                case TurnEnded():
                    self._turn_over = True
                    self._pace = learned(self._pace or Pace(), event.longest_pause_seconds)
                    if self._speculated is not None:
                        self._said(self._speculated)
                    elif event.why == "too_long":
                        self._decode("turn")
                case NoInput():
                    self._mode = "waiting"
                    self._put(line.Said(Utterance(silence_seconds=event.silence_seconds)))

    def _decode(self, purpose: Literal["turn", "monologue", "interjection"], *, replace: bool = True) -> None:
        if replace:
            self._decoding += 1
        frames = list(self._turn if self._mode == "listening" else self._recent)
        self._start(self._decoded(self._decoding, purpose, frames))

    async def _decoded(
        self, number: int, purpose: Literal["turn", "monologue", "interjection"], frames: Sequence[bytes]
    ) -> None:
        heard = await self._recognised(frames, self._expecting)
        self._happenings.put_nowait(_Decoded(number, purpose, heard))

    async def _recognised(self, frames: Sequence[bytes], expecting: Expectation | None) -> Recognition | None:
        sound = decode_alaw(b"".join(frames))
        try:
            return await asyncio.to_thread(self._recogniser.recognise, sound, expectation=expecting, at=self._now())
        except EngineError as error:
            log.error("call=%s recogniser=%s", self._carried.call_id, error.code)
            return None

    async def _understand(self, decoded: _Decoded) -> None:
        heard = decoded.heard or Recognition(text="")
        if decoded.number != self._decoding:
            return
        if decoded.purpose == "interjection":
            self._react(self._barge_in.said(heard.text))
            return
        if self._mode != "listening":
            return
        if decoded.purpose == "monologue":
            if find_red_flags(heard.text):  # acts before the story ends
                self._said(heard)
            return
        if await self._is_machine(heard.text):
            return
        self._speculated = heard
        kind = self._expecting.kind if self._expecting else "text"
        if not self._turn_over and is_decisive(heard, kind=kind):
            self._follow(self._detector.understood())
        elif self._turn_over:
            self._said(heard)

    def _said(self, heard: Recognition) -> None:
        """The turn is over. Sound without words (a cough, a television) is no answer and no silence: listen on."""
        if not heard.text:
            self._listen()
            return
        self._mode = "waiting"
        self._put(line.Said(Utterance(text=heard.text, alternatives=heard.alternatives, confidence=heard.confidence)))

    async def _encourage(self) -> None:
        alaw = await asyncio.to_thread(self._speak, ENCOURAGEMENT, self._manner)
        if self._mode == "listening":
            self._carried.send(alaw)

    # Interruptions

    def _react(self, events: Sequence[BargeInEvent]) -> None:
        for event in events:
            match event:
                case PlaybackPaused():
                    left_bytes = round(self._carried.clear() * TELEPHONE_HZ)
                    self._left = self._playing[-left_bytes:] if left_bytes else b""
                case WhatWasIt():
                    self._decode("interjection")
                case PlaybackResumed():
                    self._playing, self._left = self._left or self._playing, b""
                    self._carried.send(self._playing)
                case Interrupted() if not self._last:
                    self._take_floor()
                case Interrupted():
                    pass

    def _take_floor(self) -> None:
        """The resident goes on speaking over the prompt: what they said so far begins their turn."""
        if self._rendering is not None:
            self._rendering.cancel()
        self._carried.clear()
        self._listen()
        for alaw in list(self._recent):
            self._pass(media.FRAME_SECONDS, alaw, speech=self._vad.is_speech(decode_alaw(alaw)))

    # Keys

    def _press(self, key: str) -> None:
        if not self._answered:
            return
        self._carried.clear()
        self._keys += key
        self._key_silence_seconds = 0.0
        one = self._expecting is None or self._expecting.kind in ONE_KEY_KINDS
        if one or key == "#":
            self._keyed()

    def _keyed(self) -> None:
        keys, self._keys = self._keys, ""
        if not keys.strip("#"):
            self._listen()
            return
        self._mode = "waiting"
        self._decoding += 1
        self._put(line.Said(Utterance(keys=keys)))

    # The end

    async def _is_machine(self, text: str) -> bool:
        """Whether an answering machine or a carrier speaks; then there is nobody to talk to."""
        found = announced((text,)) if text else None
        if found is None or found.kind == "person" or found.confidence < MACHINE_FROM:
            return False
        self._machine = Disposition.VOICEMAIL
        await self._carried.hang_up()
        return True

    async def _end(self, ended: media.CallEnded) -> None:
        early = "" if ended.answered else await self._announcement()
        if self._machine is not None:
            disposition = self._machine
        elif ended.answered:
            disposition = Disposition.ANSWERED
        else:
            disposition = classify(sip_code=ended.sip_code or 0, q850_cause=ended.q850_cause, early_media=early)
        self._ended = line.Ended(
            disposition=disposition,
            sip_code=200 if ended.answered else ended.sip_code or 0,
            q850_cause=ended.q850_cause,
            early_media=early or str(ended.early_media),
            by=ENDED_BY[ended.by],
        )
        self._events.put_nowait(self._ended)

    async def _announcement(self) -> str:
        """What the carrier announced before the answer: 空号, 关机 …; "" for none that is known."""
        if len(self._early) * media.FRAME_SECONDS < SHORTEST_ANNOUNCEMENT_SECONDS:
            return ""
        heard = await self._recognised(self._early, None)
        found = announced((heard.text,)) if heard is not None and heard.text else None
        return found.kind if found is not None and found.kind not in ("person", "carrier") else ""

    def _put(self, event: line.CallEvent) -> None:
        if self._ended is None:
            self._events.put_nowait(event)

    def _start(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
