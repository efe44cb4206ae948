"""One Whisper model listening to one turn: what it hears freely, and what may be said, scored against the sound."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from nlu.normalise import normalise
from nlu.reading import Expectation
from nlu.red_flags import find_red_flags
from voice.audio.sound import Sound
from voice.recognise import duration
from voice.recognise.commands import ODDS, commands_near, listening
from voice.recognise.dangers import proposals
from voice.recognise.duration import spoken_seconds
from voice.recognise.garbled import NOTHING_ELSE, garbled
from voice.recognise.lone_digit import with_lone_digits
from voice.recognise.loops import said_once, without_loops
from voice.recognise.meaning import meaning, meant
from voice.recognise.phrases import phrases_of
from voice.recognise.plausible import log_odds
from voice.recognise.repair import repaired
from voice.recognise.verdict import Candidate
from voice.recognise.vocabulary import words_of
from voice.recognise.whisper.habit import Habit
from voice.recognise.whisper.model import Encoded, WhisperModel

# Log probability that a text may have less than the best one and still be believed, because a danger that is missed
# costs more than an alarm: one of the decoder's own texts, and one with misheard words put right (docs/speech.md).
HEARD_MARGIN, DANGER_MARGIN = 4.0, 7.0
FREE_TEXTS, LIMITED_TEXTS = 5, 8  # hypotheses of the free decoding, and of that within a vocabulary
DENIED = -6.0  # log odds of a value that was said back and denied: the no itself may have been misheard


@dataclass(frozen=True, slots=True)
class Turn:
    """One sound, what the encoder made of it, and for how long somebody spoke in it."""

    sound: Sound
    encoded: Encoded
    spoken_seconds: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What the decoder hears on its own, best first, without doubles, and the probability that nobody speaks."""

    texts: list[Candidate]
    no_speech: float


class Ear:
    """A loaded model. Not safe for use from two threads."""

    def __init__(self, folder: Path, *, threads: int, adapter: Path | None = None) -> None:
        self.model = WhisperModel(folder, threads=threads, adapter=adapter)
        self._habit = Habit(self.model)

    def heard(self, sound: Sound) -> Turn:
        """What the encoder makes of a sound, for `free` and `expected`."""
        return Turn(sound, self.model.encode(sound), spoken_seconds(sound))

    def free(self, turn: Turn, expectation: Expectation | None, *, at: datetime) -> Heard:
        """The free decoding."""
        texts: dict[str, float] = {}
        decoded = self.model.decode(turn.encoded, beam_size=FREE_TEXTS, count=FREE_TEXTS)
        no_speech = max((each.no_speech for each in decoded), default=0.0)
        for each in decoded:
            plain = with_lone_digits(normalise(each.text).text)
            text = said_once(without_loops(plain), turn.spoken_seconds)
            texts[text] = max(texts.get(text, each.score), each.score)
        ranked = sorted(texts.items(), key=lambda each: -each[1])
        if expectation is None:
            return Heard([Candidate(text, None, score) for text, score in ranked], no_speech)
        return Heard([_candidate(text, score, expectation, at=at) for text, score in ranked], no_speech)

    def expected(
        self, turn: Turn, expectation: Expectation, free: Sequence[Candidate], *, at: datetime
    ) -> list[Candidate]:
        """What may be said, scored against the sound: the question's phrases, or the best texts within the kind's
        vocabulary; and what was freely heard, with words put right.
        """
        phrases = phrases_of(expectation)
        said = phrases or self._within_vocabulary(turn.encoded, expectation)
        texts = tuple(dict.fromkeys((*said, *repaired([each.text for each in free], expectation))))
        clean = [text for text in texts if not garbled(text, expectation.kind)]
        readable = [text for text in clean if meaning(text, expectation=expectation, at=at) is not None]
        scores = self.model.scores(turn.encoded, readable)
        unheard = self._habit.of(readable) if phrases else [0.0] * len(readable)
        found = [_candidate(text, score, expectation, at=at) for text, score in zip(readable, scores, strict=True)]
        return [
            replace(
                each,
                odds=each.odds + duration.log_odds(each.text, turn.spoken_seconds),
                unheard=usual,
                put_right=each.text not in said,
            )
            for each, usual in zip(found, unheard, strict=True)
        ]

    def commands(
        self, turn: Turn, expectation: Expectation, free: Sequence[Candidate], *, at: datetime
    ) -> list[Candidate]:
        """What may be said instead of an answer and sounds like what was heard, scored against the sound."""
        phrases = phrases_of(expectation)
        near = [each for each in commands_near([each.text for each in free]) if each not in phrases]
        texts = [
            each for each in near if each not in listening() or meaning(each, expectation=expectation, at=at) is None
        ]
        scores, unheard = self.model.scores(turn.encoded, texts), self._habit.of(texts)
        return [
            Candidate(text, None, score, odds=ODDS, unheard=usual)
            for text, score, usual in zip(texts, scores, unheard, strict=True)
        ]

    def with_danger(self, turn: Turn, free: list[Candidate]) -> list[Candidate]:
        """What was heard, with a danger first that the sound supports almost as well as the best text."""
        if not free or find_red_flags(free[0].text):
            return free
        told = [each for each in free if each.score >= free[0].score - HEARD_MARGIN and find_red_flags(each.text)]
        if not told:
            proposed = proposals([each.text for each in free])
            scores = self.model.scores(turn.encoded, proposed)
            likely = [
                Candidate(text, None, score)
                for text, score in zip(proposed, scores, strict=True)
                if score >= free[0].score - DANGER_MARGIN
            ]
            told = sorted(likely, key=lambda each: -each.score)[:1]
        return [*told, *(each for each in free if each not in told)]

    def _within_vocabulary(self, encoded: Encoded, expectation: Expectation) -> tuple[str, ...]:
        words = words_of(expectation.kind)
        if not words:
            return ()
        allowed = self.model.tokens_of(words)
        found = self.model.decode(encoded, beam_size=LIMITED_TEXTS, count=LIMITED_TEXTS, allowed=allowed)
        return tuple(dict.fromkeys(without_loops(each.text) for each in found if "\ufffd" not in each.text))


def _candidate(text: str, score: float, expectation: Expectation, *, at: datetime) -> Candidate:
    if garbled(text, expectation.kind):
        return Candidate(text, None, score, confidence=NOTHING_ELSE)
    found = meant(text, expectation=expectation, at=at)
    if found is None:
        return Candidate(text, None, score)
    odds = log_odds(expectation.kind, found.value) + (DENIED if found.value in expectation.denied else 0.0)
    return Candidate(text, found.value, score, odds, found.confidence)
