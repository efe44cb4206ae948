"""pyttsx3 over espeak-ng: always there, heard in milliseconds, hard to understand.

espeak-ng is GPL and pyttsx3 hangs when it is used again, so every text is spoken by a child program of its own, with a
time limit, and the file it wrote is checked.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from voice.audio.sound import Sound
from voice.audio.wav import read_wav
from voice.errors import BadAudio, EngineError, EngineTimeout
from voice.synthesise.loudness import levelled, trimmed
from voice.synthesise.synthesiser import Manner
from voice.synthesise.wording import sentences, with_digits_named

SPEECH_LIMIT_SECONDS = 10.0
WORDS_PER_MINUTE = 160  # of espeak's counting, about 3.5 syllables a second in Mandarin
TRIES = 3  # pyttsx3 cancels its own utterance about once in sixty
LEAST_SECONDS = 0.1  # a shorter file holds no syllable
CHILD = "voice.synthesise.espeak_child"


class Espeak:
    """A Synthesiser. Residents hear it only after staff confirmed a warning: our recogniser cannot understand it."""

    name = "espeak"
    voices = ("cmn",)
    for_residents = False

    def __init__(self, *, limit_seconds: float = SPEECH_LIMIT_SECONDS, child: str = CHILD) -> None:
        self._limit_seconds = limit_seconds
        self._child = child

    def speak(self, text: str, *, voice: str, manner: Manner) -> Sound:
        """Speech at espeak's 22.05 kHz. Raises EngineTimeout when the child hangs."""
        if voice not in self.voices:
            raise ValueError(f"unknown voice {voice!r}, have {self.voices}")
        spoken = "".join(sentences(with_digits_named(text, apart=manner.digits_apart)))
        if not spoken:
            raise ValueError(f"nothing to say in {text!r}")
        with tempfile.TemporaryDirectory(prefix="linyin-speech-") as folder:
            path = Path(folder) / "speech.wav"
            rate = round(WORDS_PER_MINUTE * manner.speed)
            return levelled(trimmed(self._rendered(spoken, path, rate)), gain_db=manner.gain_db)

    def _rendered(self, text: str, path: Path, rate: int) -> Sound:
        for _ in range(TRIES - 1):
            try:
                return self._once(text, path, rate)
            except EngineTimeout:
                raise
            except EngineError:
                continue
        return self._once(text, path, rate)

    def _once(self, text: str, path: Path, rate: int) -> Sound:
        self._run(text, path, rate)
        return _checked(path)

    def _run(self, text: str, path: Path, rate: int) -> None:
        command = [sys.executable, "-m", self._child, str(path), str(rate)]
        try:
            done = subprocess.run(
                command, input=text.encode(), capture_output=True, timeout=self._limit_seconds, check=False
            )
        except subprocess.TimeoutExpired as problem:
            raise EngineTimeout("engine.timeout", "语音合成超时，已放弃这一句，请重试或换用 Kokoro。") from problem
        if done.returncode:
            raise EngineError("engine.failed", "语音合成没有成功，请确认已安装 espeak-ng。")


def _checked(path: Path) -> Sound:
    try:
        sound = read_wav(path)
    except BadAudio as problem:
        raise EngineError("engine.failed", "语音合成没有写出声音，请确认已安装 espeak-ng。") from problem
    if sound.seconds < LEAST_SECONDS:
        raise EngineError("engine.empty", "语音合成写出的声音太短，请重试。")
    return sound
