"""Who or what answered a call, from its first seconds of sound and the words heard in them."""

from dataclasses import dataclass
from typing import Literal

from voice.announcements.spoken import Announcement, Kind, announced
from voice.announcements.tones import Tone, tone_in
from voice.audio.sound import Sound
from voice.turns.vad import FRAME_SECONDS, speech_frames

# Asterisk's answering-machine figures (notes on telephony): a person says a short word and waits.
LONG_GREETING_SECONDS = 2.6
WAITING_SECONDS = 0.8

Answerer = Kind | Literal["fax", "ringing", "tone", "silence", "unsure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Who answered, on what grounds, and how sure that is (0..1)."""

    by: Answerer
    because: str
    confidence: float


def answered(sound: Sound, texts: tuple[str, ...]) -> Answered:
    """Who answered. `texts` are the recogniser's for this sound, best first; empty where nothing was understood.

    Keywords come first: an announcement after a tone is known by its words. A greeting without keywords is told by its
    length, as answering machines are. "unsure" leaves it to the call to say a word and listen.
    """
    tone = tone_in(sound)
    if tone == "fax":
        return Answered(by="fax", because="fax tone", confidence=0.95)
    words = announced(texts)
    if words is not None and (words.kind != "person" or _short(sound)):
        return Answered(by=_kind(words, tone), because=words.keyword, confidence=words.confidence)
    if tone in ("ringing", "busy", "information"):
        return Answered(by="ringing" if tone == "ringing" else "tone", because=f"{tone} tone", confidence=0.9)
    frames = speech_frames(sound)
    if not any(frames):
        return Answered(by="silence", because="no speech", confidence=0.9)
    if _short(sound):
        return Answered(by="person", because="a short greeting", confidence=0.7)
    return Answered(by="unsure", because="long speech without keywords", confidence=0.4)


def _kind(words: Announcement, tone: Tone | None) -> Kind:
    """A carrier's phrase with a beep after it is an answering service."""
    return "voicemail" if words.kind == "carrier" and tone == "beep" else words.kind


def _short(sound: Sound) -> bool:
    """Whether the first stretch of speech is as short as a person's greeting."""
    frames = speech_frames(sound)
    if True not in frames:
        return False
    first, quiet = frames.index(True), 0
    for place in range(first, len(frames)):
        quiet = 0 if frames[place] else quiet + 1
        if quiet * FRAME_SECONDS >= WAITING_SECONDS:
            return (place - quiet - first) * FRAME_SECONDS < LONG_GREETING_SECONDS
    return (len(frames) - quiet - first) * FRAME_SECONDS < LONG_GREETING_SECONDS
