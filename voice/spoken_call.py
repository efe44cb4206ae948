"""One call that is heard and spoken: frames in, turns out; prompts in, sound out; interruptions in between.

Everything that happens comes through one queue, so that there is one order of things and no lock.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from campaigns.disposition import Disposition, classify
from dialogs.prompts import Prompt
from nlu.reading import Expectation
from nlu.utterance import Utterance
from voice import line, media
from voice.announcements.spoken import announced
from voice.audio.g711 import decode_alaw
from voice.denied import Denials
from voice.errors import EngineError
from voice.keypad import Keypad
from voice.listening import Decode, Follows, Listening, Nothing, Spoken
from voice.recognise.recogniser import Recogniser, Recognition
from voice.recording import RecordedCall
from voice.speaking import Rendered, Speak, Speaking
from voice.synthesise.synthesiser import PLAIN, Manner
from voice.turns.barge_in import BargeIn, BargeInEvent, Interrupted, PlaybackPaused, PlaybackResumed, WhatWasIt
from voice.turns.detector import Encourage
from voice.turns.policy import OLD_PACE, Pace
from voice.turns.vad import SpeechDetector

ENCOURAGEMENT = "嗯，您说。"
QUIET_LINE_SECONDS = 0.1  # without a frame for this long it is silence that is heard: some lines send nothing then
KEPT_SECONDS = 2.0  # of sound before an interruption is one: what interrupted a prompt begins the turn
EARLY_MEDIA_SECONDS = 12.0  # carriers repeat their announcements within this
SHORTEST_ANNOUNCEMENT_SECONDS = 1.0
MACHINE_FROM = 0.7  # confidence of an announcement from which a machine is believed

ENDED_BY: dict[media.Side, line.EndedBy] = {
    media.Side.NEAR: "us",
    media.Side.FAR: "them",
    media.Side.LINE: "network",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Decoded:
    """What a decoding of a turn came to."""

    turn: Listening
    asked: Decode
    heard: Recognition


@dataclass(frozen=True, slots=True)
class _Interjection:
    """What was said while the assistant spoke."""

    during: BargeIn
    heard: Recognition


_Happening = media.CallEvent | _Decoded | _Interjection | Rendered


class SpokenCall:
    """`voice.line.Call` over a `voice.media.MediaCall`."""

    def __init__(
        self,
        carried: media.MediaCall,
        *,
        recogniser: Recogniser,
        speak: Speak,
        now: Callable[[], datetime],
        pace: Pace | None = None,
    ) -> None:
        """`pace` of this resident, where it was learned before."""
        self._carried = carried
        self._recogniser = recogniser
        self._speak = speak
        self._now = now
        self._happenings: asyncio.Queue[_Happening] = asyncio.Queue()
        self._events: asyncio.Queue[line.CallEvent] = asyncio.Queue()
        self._ended: line.Ended | None = None
        self._answered = carried.state is media.CallState.ANSWERED
        self._machine: Disposition | None = None
        self._mode: Literal["waiting", "speaking", "listening", "bridged"] = "waiting"
        self._expecting: Expectation | None = None
        self._denials = Denials()
        self._manner = PLAIN
        self._last = False
        self._speaking = Speaking(carried, speak, self._happenings.put_nowait)
        self._vad = SpeechDetector()
        self._frames_heard = 0
        self._recent: deque[bytes] = deque(maxlen=round(KEPT_SECONDS / media.FRAME_SECONDS))
        self._pace = pace
        self._listening = Listening("text", Pace())
        self._barge_in = BargeIn()
        self._keypad = Keypad()
        self._early: list[bytes] = []
        self._bridged_with: SpokenCall | None = None
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
        soon: Sequence[Prompt] = (),
    ) -> None:
        """Speaks, then listens for `expecting`; with `last` hangs up when it was said."""
        if not self._answered or self._ended is not None or self._carried.bridged:
            return
        self._mode, self._last, self._manner = "speaking", last, manner
        self._expecting = self._denials.expected(expecting)
        self._pace = self._pace or (OLD_PACE if manner != PLAIN else Pace())
        self._barge_in = BargeIn()
        self._speaking.begin([each.spoken for each in prompts], manner, soon=[each.spoken for each in soon])

    async def hang_up(self) -> None:
        """Ends the call at once."""
        await self._carried.hang_up()

    @property
    def recorded(self) -> bool:
        """Whether the sound of this call is kept."""
        return isinstance(self._carried, RecordedCall)

    async def stop_recording(self) -> None:
        """Nothing of the call is kept as sound."""
        if isinstance(self._carried, RecordedCall):
            self._carried.stop_recording()

    async def bridge(self, other: line.Call) -> bool:
        """Joins the far ends of two calls; the assistant falls silent on both."""
        if not isinstance(other, SpokenCall) or other is self:
            raise ValueError("only two different calls of one line can be bridged")
        if self._carried.bridged or other._carried.bridged:
            return False
        try:
            await self._carried.bridge(other._carried)
        except media.CallOver:
            return False
        for one, two in ((self, other), (other, self)):
            one._speaking.stop()
            one._mode, one._bridged_with = "bridged", two
        return True

    async def part(self) -> None:
        """Ends the bridge; the assistant has both calls again."""
        other = self._bridged_with
        if other is None or not self._carried.bridged:
            return
        await self._carried.unbridge()
        for each in (self, other):
            each._happenings.put_nowait(media.BridgeEnded())

    async def _live(self) -> None:
        pumping = self._start(self._pump())
        try:
            while self._ended is None:
                try:
                    happening = await asyncio.wait_for(self._happenings.get(), QUIET_LINE_SECONDS)
                except TimeoutError:
                    self._pass(QUIET_LINE_SECONDS, b"", speech=False)
                    continue
                await self._take(happening)
        finally:
            pumping.cancel()
            self._speaking.stop()
            for task in list(self._tasks):
                task.cancel()

    async def _pump(self) -> None:
        async for event in self._carried.events():
            self._happenings.put_nowait(event)

    async def _take(self, happening: _Happening) -> None:
        match happening:
            case media.Ringing():
                self._put(line.Ringing())
            case media.Answered() if not self._answered:
                self._answered = True
                self._put(line.Answered())
            case media.AudioReceived():
                self._hear(happening.alaw)
            case media.KeyPressed() if self._answered and self._mode != "bridged" and not self._last:
                self._speaking.stop()
                self._keyed(self._keypad.press(happening.key, kind=self._kind))
            case media.PlaybackFinished():
                self._played()
            case Rendered() if self._mode == "speaking":
                self._speaking.play(happening)
                self._played()
            case _Decoded():
                await self._understand(happening)
            case _Interjection() if self._mode == "speaking" and happening.during is self._barge_in:
                self._react(self._barge_in.said(happening.heard.text))
            case media.BridgeEnded():
                self._mode, self._bridged_with = "waiting", None
                self._put(line.Parted())
            case media.CallEnded():
                await self._end(happening)
            case _:
                pass

    @property
    def _kind(self) -> str:
        """Of the answer that is expected."""
        return self._expecting.kind if self._expecting else "text"

    def _played(self) -> None:
        if self._mode != "speaking" or not self._speaking.over:
            return
        if self._last:
            self._start(self._carried.hang_up())
        else:
            self._listen()

    # Hearing

    def _listen(self) -> None:
        """A turn of the resident begins with the next frame."""
        self._mode = "listening"
        self._listening = Listening(self._kind, self._pace or Pace())

    def _hear(self, alaw: bytes) -> None:
        if self._answered:
            speech = self._vad.is_speech(decode_alaw(alaw))
            self._recent.append(alaw)
            self._frames_heard += 1
            self._pass(media.FRAME_SECONDS, alaw, speech=speech)
        elif len(self._early) * media.FRAME_SECONDS < EARLY_MEDIA_SECONDS:
            self._early.append(alaw)

    def _pass(self, seconds: float, alaw: bytes, *, speech: bool) -> None:
        """So much time passed. Whoever put us on hold neither speaks nor is silent."""
        if not self._answered or self._carried.on_hold:
            return
        self._keyed(self._keypad.wait(seconds))
        if self._mode == "speaking" and not self._last:  # a goodbye is said to its end
            self._react(self._barge_in.step(seconds, speech=speech))
        elif self._mode == "listening":
            self._follow(self._listening.step(seconds, alaw, speech=speech))

    def _follow(self, follows: Sequence[Follows]) -> None:
        for each in follows:
            match each:
                case Decode():
                    self._start(self._decode(self._listening, each))
                case Encourage():
                    self._start(self._encourage())
                case Spoken():
                    self._said(each.heard)
                case Nothing():
                    self._hand_over(Utterance(silence_seconds=each.seconds))

    async def _decode(self, turn: Listening, asked: Decode) -> None:
        heard = await self._recognised(asked.frames, self._expecting)
        self._happenings.put_nowait(_Decoded(turn, asked, heard))

    async def _recognised(self, frames: Sequence[bytes], expecting: Expectation | None) -> Recognition:
        """What is in the sound; nothing where the recogniser failed."""
        sound = decode_alaw(b"".join(frames))
        try:
            return await asyncio.to_thread(self._recogniser.recognise, sound, expectation=expecting, at=self._now())
        except EngineError as error:
            log.error("call=%s recogniser=%s", self._carried.call_id, error.code)
            return Recognition(text="")

    async def _understand(self, decoded: _Decoded) -> None:
        if self._mode != "listening" or decoded.turn is not self._listening:
            return
        if decoded.asked.purpose == "turn" and await self._is_machine(decoded.heard.text):
            return
        self._follow(self._listening.decoded(decoded.asked.number, decoded.asked.purpose, decoded.heard))

    def _said(self, heard: Recognition) -> None:
        """The turn is over. Sound without words (a cough, a television) is no answer and no silence: listen on."""
        self._pace = self._listening.pace
        if heard.text:
            self._denials.heard(heard.text, self._expecting, at=self._now())
            ended = self._frames_heard * media.FRAME_SECONDS
            self._hand_over(
                Utterance(
                    text=heard.text,
                    confidence=heard.confidence,
                    seconds=(round(max(0.0, ended - self._listening.seconds), 2), round(ended, 2)),
                )
            )
        else:
            self._listen()

    def _hand_over(self, utterance: Utterance) -> None:
        """The turn goes to the dialogue; nothing more is heard before it has replied."""
        self._mode = "waiting"
        self._put(line.Said(utterance))

    async def _encourage(self) -> None:
        alaw = await asyncio.to_thread(self._speak, ENCOURAGEMENT, self._manner)
        if self._mode == "listening":
            self._carried.send(alaw)

    def _keyed(self, keys: str | None) -> None:
        """A turn in keys; # alone asks to be listened to."""
        if keys:
            self._hand_over(Utterance(keys=keys))
        elif keys is not None:
            self._listen()

    # Interruptions

    def _react(self, events: Sequence[BargeInEvent]) -> None:
        for event in events:
            match event:
                case PlaybackPaused():
                    self._speaking.pause()
                case WhatWasIt():
                    self._start(self._interjection(self._barge_in, tuple(self._recent)))
                case PlaybackResumed():
                    self._speaking.resume()
                    self._played()
                case Interrupted():
                    self._take_floor()

    async def _interjection(self, during: BargeIn, frames: Sequence[bytes]) -> None:
        self._happenings.put_nowait(_Interjection(during, await self._recognised(frames, self._expecting)))

    def _take_floor(self) -> None:
        """The resident goes on speaking over the prompt: what they said so far begins their turn."""
        self._speaking.stop()
        self._listen()
        for alaw in list(self._recent):
            self._pass(media.FRAME_SECONDS, alaw, speech=self._vad.is_speech(decode_alaw(alaw)))

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
            pace=self._pace if self._pace is not None and self._pace.turns else None,
        )
        self._events.put_nowait(self._ended)

    async def _announcement(self) -> str:
        """What the carrier announced before the answer: 空号, 关机 …; "" for none that is known."""
        if len(self._early) * media.FRAME_SECONDS < SHORTEST_ANNOUNCEMENT_SECONDS:
            return ""
        heard = await self._recognised(self._early, None)
        found = announced((heard.text, *(each.text for each in heard.alternatives))) if heard.text else None
        return found.kind if found is not None and found.kind not in ("person", "carrier") else ""

    def _put(self, event: line.CallEvent) -> None:
        if self._ended is None:
            self._events.put_nowait(event)

    def _start(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
