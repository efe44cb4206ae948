"""The recogniser that runs out of the box: Whisper base, with the expected answers scored against the sound."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from nlu.normalise import normalise
from nlu.pinyin import syllables
from nlu.reading import Expectation
from nlu.red_flags import find_red_flags
from voice.audio.sound import Sound
from voice.recognise import duration
from voice.recognise.calibration import CalibratedPath, confidence_of
from voice.recognise.dangers import proposals
from voice.recognise.duration import spoken_seconds
from voice.recognise.garbled import NOTHING_ELSE, garbled
from voice.recognise.loops import said_once, without_loops
from voice.recognise.meaning import meaning, meant
from voice.recognise.phrases import phrases_of
from voice.recognise.plausible import log_odds
from voice.recognise.recogniser import Hypothesis, Recognition
from voice.recognise.repair import repaired
from voice.recognise.verdict import VALUES, Candidate, Verdict, favour, phrase_weights, verdict
from voice.recognise.vocabulary import words_of
from voice.recognise.voiced import is_voice
from voice.recognise.whisper.habit import Habit
from voice.recognise.whisper.model import Encoded, WhisperModel
from voice.turns.vad import holds_speech

FREE_BEAM = 5
FREE_TEXTS = 5
LIMITED_TEXTS = 8  # of the decoding within a vocabulary
# Log probability that a text may have less than the best one and still be believed, because a danger that is missed
# costs more than an alarm: one of the decoder's own texts, and one with misheard words put right. On the tuning cases
# the second finds 4 of the 11 dangers that were missed, and none in 100 other sayings (docs/speech.md).
HEARD_MARGIN = 4.0
DANGER_MARGIN = 11.0
MOST_OF_A_COUGH = 3  # syllables that are made of a sound without pitch: 对, 不行; longer ones may be whispered
# A second look costs 0.3 s of a core. It is taken where the first leaves a doubt: where the answer would not end the
# turn at once anyway (voice/turns/decisive.py). Of 26 tuning answers that the first got wrong it gets 6 right.
SURE_SHARE = 0.8
LATER_SECONDS = 0.35
LIKELY_WITHIN = 10.0  # log probability below the best: what has less was not said
DENIED = -6.0  # log odds of a value that was said back and denied: the no itself may have been misheard
ACCEPTED_SHARE = 0.5  # an answer must be likelier than everything else together


@dataclass(frozen=True, slots=True)
class Turn:
    """One sound, what the encoder made of it, and for how long somebody spoke in it."""

    sound: Sound
    encoded: Encoded
    spoken_seconds: float


class WhisperRecogniser:
    """A Recogniser over the files of the catalogue's `whisper-base` folder. Not safe for use from two threads."""

    name = "whisper"

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self._model = WhisperModel(folder, threads=threads)
        self._habit = Habit(self._model)

    def recognise(self, sound: Sound, *, expectation: Expectation | None, at: datetime) -> Recognition:
        """As the Protocol says; sound beyond 30 s is not heard."""
        if not holds_speech(sound):
            return Recognition(text="", expected=None if expectation is None else False, seconds=sound.seconds)
        turn = self.heard(sound)
        free = self.free(turn, expectation, at=at)
        if not is_voice(sound) and len(syllables(free[0].text if free else "")) <= MOST_OF_A_COUGH:
            return Recognition(text="", expected=None if expectation is None else False, seconds=sound.seconds)
        if expectation is None:
            return _freely(self._with_danger(turn.encoded, free), None, sound.seconds)
        expected = self.expected(turn, expectation, free, at=at)
        path: CalibratedPath = "phrase" if phrases_of(expectation) else "value"
        weights = phrase_weights() if path == "phrase" else VALUES
        found = verdict(expected, free, weights)
        if path == "phrase" and max(found.share, found.other) < SURE_SHARE:
            free, expected = self.again(turn, expectation, free, expected, at)
            found = verdict(expected, free, weights)
        if found.candidate is None or found.share < ACCEPTED_SHARE or _tells_more(free, found.candidate):
            return _freely(self._with_danger(turn.encoded, free), found, sound.seconds)
        return _as_expected(found, free, path, sound.seconds)

    def heard(self, sound: Sound) -> Turn:
        """What the encoder makes of a sound, for `free` and `expected`."""
        return Turn(sound, self._model.encode(sound), spoken_seconds(sound))

    def free(self, turn: Turn, expectation: Expectation | None, *, at: datetime) -> list[Candidate]:
        """What the decoder hears on its own, best first, without doubles."""
        texts: dict[str, float] = {}
        for each in self._model.decode(turn.encoded, beam_size=FREE_BEAM, count=FREE_TEXTS):
            text = said_once(without_loops(normalise(each.text).text), turn.spoken_seconds)
            texts[text] = max(texts.get(text, each.score), each.score)
        ranked = sorted(texts.items(), key=lambda each: -each[1])
        if expectation is None:
            return [Candidate(text, None, score) for text, score in ranked]
        return [_candidate(text, score, expectation, at=at) for text, score in ranked]

    def expected(
        self, turn: Turn, expectation: Expectation, free: Sequence[Candidate], *, at: datetime
    ) -> list[Candidate]:
        """What may be said, scored against the sound: the question's phrases, or the best texts within the kind's
        vocabulary; and what was freely heard, with words put right.
        """
        phrases = phrases_of(expectation)
        said = phrases or self._within_vocabulary(turn.encoded, expectation.kind)
        texts = tuple(dict.fromkeys((*said, *repaired([each.text for each in free], expectation))))
        clean = [text for text in texts if not garbled(text, expectation.kind)]
        readable = [text for text in clean if meaning(text, expectation=expectation, at=at) is not None]
        scores = self._model.scores(turn.encoded, readable)
        unheard = self._habit.of(readable) if phrases else [0.0] * len(readable)
        found = [_candidate(text, score, expectation, at=at) for text, score in zip(readable, scores, strict=True)]
        return [
            replace(each, odds=each.odds + duration.log_odds(each.text, turn.spoken_seconds), unheard=usual)
            for each, usual in zip(found, unheard, strict=True)
        ]

    def again(
        self,
        turn: Turn,
        expectation: Expectation,
        free: Sequence[Candidate],
        expected: Sequence[Candidate],
        at: datetime,
    ) -> tuple[list[Candidate], list[Candidate]]:
        """The free and the expected texts, scored as the mean over the sound and the same sound a moment later.

        Whisper was trained on 30 s of speech: of short words in noise it makes something else wherever they stand.
        """
        later = replace(turn, encoded=self._model.encode(_after_noise(turn.sound)))
        heard = {each.text: each for each in self.free(later, expectation, at=at)}
        here, likely = {each.text: each for each in free}, _likely(expected)
        unscored = [each for each in heard if each not in here]
        new = dict(zip(unscored, self._model.scores(turn.encoded, unscored), strict=True))
        texts = [*here, *(each.text for each in likely)]
        then = dict(zip(texts, self._model.scores(later.encoded, texts), strict=True))
        both = [replace(each, score=(each.score + then[text]) / 2) for text, each in here.items()]
        both += [replace(heard[text], score=(heard[text].score + score) / 2) for text, score in new.items()]
        return (
            sorted(both, key=lambda each: -each.score),
            [replace(each, score=(each.score + then[each.text]) / 2) for each in likely],
        )

    def _with_danger(self, encoded: Encoded, free: list[Candidate]) -> list[Candidate]:
        """What was heard, with a danger first that the sound supports almost as well as the best text."""
        if not free or find_red_flags(free[0].text):
            return free
        told = [each for each in free if each.score >= free[0].score - HEARD_MARGIN and find_red_flags(each.text)]
        if not told:
            proposed = proposals([each.text for each in free])
            scores = self._model.scores(encoded, proposed)
            likely = [
                Candidate(text, None, score)
                for text, score in zip(proposed, scores, strict=True)
                if score >= free[0].score - DANGER_MARGIN
            ]
            told = sorted(likely, key=lambda each: -each.score)[:1]
        return [*told, *(each for each in free if each not in told)]

    def _within_vocabulary(self, encoded: Encoded, kind: str) -> tuple[str, ...]:
        words = words_of(kind)
        if not words:
            return ()
        allowed = self._model.tokens_of(words)
        found = self._model.decode(encoded, beam_size=LIMITED_TEXTS, count=LIMITED_TEXTS, allowed=allowed)
        return tuple(dict.fromkeys(without_loops(each.text) for each in found if "\ufffd" not in each.text))


def _candidate(text: str, score: float, expectation: Expectation, *, at: datetime) -> Candidate:
    if garbled(text, expectation.kind):
        return Candidate(text, None, score, confidence=NOTHING_ELSE)
    found = meant(text, expectation=expectation, at=at)
    if found is None:
        return Candidate(text, None, score)
    odds = log_odds(expectation.kind, found.value) + (DENIED if found.value in expectation.denied else 0.0)
    return Candidate(text, found.value, score, odds, found.confidence)


def _likely(expected: Sequence[Candidate]) -> list[Candidate]:
    """Those that a second look may still prefer."""
    weights = phrase_weights()
    scores = [each.score + favour(each, weights) for each in expected]
    return [each for each, score in zip(expected, scores, strict=True) if score > max(scores) - LIKELY_WITHIN]


def _after_noise(sound: Sound) -> Sound:
    """The sound after a moment of noise as soft as its softest third."""
    softest = np.sort(np.abs(sound.samples))[: max(1, len(sound.samples) // 3)]
    level = np.sqrt(np.mean(np.square(softest), dtype=np.float64))
    noise = np.random.default_rng(0).normal(0.0, level, round(LATER_SECONDS * sound.rate_hz))
    return Sound(np.concatenate([noise.astype(np.float32), sound.samples]), sound.rate_hz)


def _tells_more(free: Sequence[Candidate], answer: Candidate) -> bool:
    """Whether what was freely heard tells of a danger that the answer leaves out."""
    return bool(free and find_red_flags(free[0].text) and not find_red_flags(answer.text))


def _freely(free: list[Candidate], found: Verdict | None, seconds: float) -> Recognition:
    best = free[0].text if free else ""
    others = tuple(Hypothesis(text=each.text, confidence=0.0) for each in free[1:])
    share = found.other if found else 1.0
    return Recognition(
        text=best,
        alternatives=others,
        confidence=confidence_of("free", share),
        expected=None if found is None else False,
        free_text=best,
        seconds=seconds,
    )


def _as_expected(found: Verdict, free: list[Candidate], path: CalibratedPath, seconds: float) -> Recognition:
    text = found.ranked[0][0].text
    others = {each.text: share for each, share in found.ranked[1:]}
    others.update({each.text: found.other for each in free if each.text not in others and each.text != text})
    ranked = sorted(others.items(), key=lambda each: -each[1])
    return Recognition(
        text=text,
        alternatives=tuple(Hypothesis(text=each, confidence=round(share, 3)) for each, share in ranked),
        confidence=confidence_of(path, found.share),
        expected=True,
        free_text=free[0].text if free else "",
        seconds=seconds,
    )
