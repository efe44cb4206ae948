"""One recording heard as a resident's turn: `linyin hear FILE.wav --expect …`."""

import json
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nlu.reading import Choice, Expectation
from voice.audio.dtmf import pressed_keys
from voice.audio.sound import Sound
from voice.audio.telephone import telephone_band
from voice.audio.wav import read_wav, require_speech
from voice.errors import VoiceError
from voice.recognise.meaning import ANSWERS_WITHOUT_VALUE, meaning
from voice.recognise.recogniser import Recogniser
from voice.turns.vad import FRAME_SECONDS, speech_frames

NOT_AN_ANSWER = "not_an_answer"
EDGE_SECONDS = 0.2  # kept around the speech
# The question that is taken to have been asked, where only the kind of answer is given.
QUESTIONS = {
    "yes_no": "是不是？",
    "digits": "请说号码。",
    "phone": "请问您的电话号码是多少？",
    "date": "请问是哪一天？",
    "temperature": "请问体温多少度？",
    "room": "请问您住几号楼几单元几零几？",
    "number": "请问是多少？",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was heard in a recording."""

    text: str
    alternatives: tuple[dict[str, Any], ...]  # {"text", "confidence"}, best first
    value: Any  # as nlu's reader of the kind gives it; "not_an_answer", or "unknown" and the like
    confidence: float
    seconds: float  # of computing
    audio_seconds: float
    keys: str  # telephone keys whose tones are in the recording


def expectation_named(expect: str, *, asked: str = "") -> Expectation | None:
    """What `--expect` means: a kind of answer, "choice:甲,乙", or None for "free". Raises VoiceError."""
    if expect == "free":
        return None
    kind, _, labels = expect.partition(":")
    if kind == "choice":
        choices = tuple(Choice(key=each, label=each) for each in labels.replace("，", ",").split(",") if each)
        if not choices:
            raise VoiceError("hear.expect", "请写出选项，例如 --expect choice:大巴,火车。")
        return Expectation(key="hear", kind="choice", asked=asked, choices=choices)
    if kind not in QUESTIONS or labels:
        known = "、".join(("free", "choice:甲,乙", *QUESTIONS))
        raise VoiceError("hear.expect", f"不认识 --expect {expect}，可选：{known}。")
    return Expectation(key="hear", kind=kind, asked=asked or QUESTIONS[kind])


def hear(path: Path, *, expect: Expectation | None, recogniser: Recogniser, at: datetime) -> Heard:
    """The recording heard through the telephone band. Raises BadAudio for a file that cannot be used, EngineError."""
    started = time.perf_counter()
    sound = read_wav(path)
    require_speech(sound, name=path.name)
    narrow = telephone_band(sound)
    heard = recogniser.recognise(_spoken_part(narrow), expectation=expect, at=at)
    return Heard(
        text=heard.text,
        alternatives=tuple({"text": each.text, "confidence": each.confidence} for each in heard.alternatives),
        value=_value(heard.text, heard.expected, expect, at=at),
        confidence=heard.confidence,
        seconds=round(time.perf_counter() - started, 3),
        audio_seconds=round(sound.seconds, 3),
        keys=pressed_keys(narrow),
    )


def _value(text: str, expected: bool | None, expect: Expectation | None, *, at: datetime) -> Any:
    if expect is None:
        return text or NOT_AN_ANSWER
    meant = meaning(text, expectation=expect, at=at) if expected else None
    if meant is None or meant in ANSWERS_WITHOUT_VALUE:
        return meant or NOT_AN_ANSWER
    return json.loads(meant)


def _spoken_part(sound: Sound) -> Sound:
    """The sound from its first to its last speech."""
    frames = speech_frames(sound)
    if True not in frames:
        return sound
    first, last = frames.index(True), len(frames) - frames[::-1].index(True)
    return sound.cut(first * FRAME_SECONDS - EDGE_SECONDS, last * FRAME_SECONDS + EDGE_SECONDS)
