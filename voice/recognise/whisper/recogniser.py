"""The recogniser that runs out of the box: Whisper base, and Whisper small where it is installed and base in doubt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from nlu.pinyin import syllables
from nlu.reading import Expectation
from nlu.red_flags import find_red_flags
from voice.audio.sound import Sound
from voice.recognise.calibration import CalibratedPath, confidence_of
from voice.recognise.phrases import phrases_of
from voice.recognise.recogniser import Hypothesis, Recognition
from voice.recognise.verdict import (
    VALUES,
    Candidate,
    Verdict,
    Weights,
    averaged,
    careful_phrase_weights,
    favour,
    phrase_weights,
    verdict,
)
from voice.recognise.voiced import is_voice
from voice.recognise.whisper.adapter import TELEPHONE
from voice.recognise.whisper.ear import Ear, Effort, Heard, Turn
from voice.turns.vad import holds_speech

QUICK = Effort(free_texts=5, limited_texts=8, danger_margin=11.0)
# A decoding of the small model takes three times as long. Of what it hears less is to be put right: among 28 ordinary
# sayings what sounds like a danger comes within 8.6 of the text.
CAREFUL = Effort(free_texts=2, limited_texts=5, danger_margin=7.0)
MOST_OF_A_COUGH = 3  # syllables that are made of a sound without pitch: 对, 不行; longer ones may be whispered
# Crying has a pitch. Of 8 made sobs base gives all a probability of no speech of 0.27 and more, small 7 of 0.39 and
# more, and hears 6 as nothing but such sounds. Of 51 short tuning answers, 27 of them of elders before a television,
# small gives 3 more than 0.35, none of them such a sound.
MAYBE_NO_SPEECH, NO_SPEECH = 0.25, 0.35
SOUNDS = frozenset("哼嗯呜唔啊哦噢喔诶欸咿呃哈嘿哎")
# A second look is taken where the first leaves a doubt: where the answer would not end the turn at once anyway
# (voice/turns/decisive.py).
SURE_SHARE = 0.8
LATER_SECONDS = 0.35
LIKELY_WITHIN = 10.0  # log probability below the best: what has less was not said
CAREFUL_WITHIN = 15.0  # the same before the careful model, which may hear something else
CAREFUL_THREADS = 2  # cost a twentieth more than one, and on a free machine the resident waits half as long
LONGEST_CAREFUL_SECONDS = 9.0  # of a turn: a longer one would take the small model more than three seconds
STORY = 8  # syllables: a reply as long as that may hold a misheard danger beside its answer
ACCEPTED_SHARE = 0.5  # an answer must be likelier than everything else together


@dataclass(frozen=True, slots=True)
class Look:
    """What one model made of one turn, and the verdict on it."""

    ear: Ear
    turn: Turn
    free: list[Candidate]
    expected: list[Candidate]
    found: Verdict


class WhisperRecogniser:
    """A Recogniser over the files of the catalogue's `whisper-base` folder, and of `whisper-small` where `careful` is
    given: it decides where base is in doubt, and hears what is told freely. Not safe for use from two threads.
    """

    name = "whisper"

    def __init__(self, folder: Path, *, careful: Path | None = None, threads: int = 1) -> None:
        self._quick = Ear(folder, threads=threads, effort=QUICK, adapter=TELEPHONE)
        self._careful = None if careful is None else Ear(careful, threads=CAREFUL_THREADS, effort=CAREFUL)

    def recognise(self, sound: Sound, *, expectation: Expectation | None, at: datetime) -> Recognition:
        """As the Protocol says; sound beyond 30 s is not heard."""
        nothing = Recognition(text="", expected=None if expectation is None else False, seconds=sound.seconds)
        if not holds_speech(sound):
            return nothing
        turn = self._quick.heard(sound)
        heard = self._quick.free(turn, expectation, at=at)
        if not is_voice(sound) and _syllables(heard.texts) <= MOST_OF_A_COUGH:
            return nothing
        if expectation is None:
            return _freely(self._quick.with_danger(turn, heard.texts), None, sound.seconds)
        path: CalibratedPath = "phrase" if phrases_of(expectation) else "value"
        first = _look(self._quick, turn, expectation, heard.texts, weights=_weights(path), at=at)
        look = self._second(first, expectation, no_speech=heard.no_speech, path=path, at=at)
        if look is None:
            return nothing
        found = look.found
        accepted = found.candidate is not None and found.share >= ACCEPTED_SHARE
        told = look.free if accepted and _syllables(look.free) < STORY else _with_danger(look, first)
        if found.candidate is None or not accepted or _tells_more(told, found.candidate):
            return _freely(told, found, sound.seconds)
        return _as_expected(found, look.free, path, sound.seconds)

    def _second(
        self, first: Look, expectation: Expectation, *, no_speech: float, path: CalibratedPath, at: datetime
    ) -> Look | None:
        """The look that counts: the first, a second one of the quick model where there is no other, or the careful
        model's; None where that one hears somebody cry and no words.

        The careful model decides alone what was said to a question with phrases. Of numbers in noise each of the two
        gets some right that the other does not: what the quick one took for likely counts too.
        """
        careful, sound = self._careful, first.turn.sound
        if careful is None or sound.seconds > LONGEST_CAREFUL_SECONDS:
            unsure = path == "phrase" and max(first.found.share, first.found.other) < SURE_SHARE
            return _later(first, expectation, at) if unsure else first
        doubt = _is_doubtful(first.found, expectation, path)
        if not doubt and no_speech < MAYBE_NO_SPEECH:
            return first
        turn = careful.heard(sound)
        heard = careful.free(turn, expectation, at=at)
        if heard.no_speech >= NO_SPEECH and _only_sounds(heard) and not _alarms(first.free):
            return None
        if not doubt:
            return first
        if path == "value":
            look = _look(careful, turn, expectation, heard.texts, weights=VALUES, at=at)
            likely = first.found.share >= ACCEPTED_SHARE
            return replace(look, found=averaged(first.found, look.found)) if likely else look
        phrases = [each.text for each in _likely(first.expected, phrase_weights(), CAREFUL_WITHIN)]
        weights = careful_phrase_weights()
        return _look(careful, turn, expectation, heard.texts, weights=weights, at=at, likely=phrases)


def _look(
    ear: Ear,
    turn: Turn,
    expectation: Expectation,
    free: list[Candidate],
    *,
    weights: Weights,
    at: datetime,
    likely: Sequence[str] | None = None,
) -> Look:
    expected = ear.expected(turn, expectation, free, at=at, likely=likely)
    return Look(ear, turn, free, expected, verdict(expected, free, weights))


def _is_doubtful(found: Verdict, expectation: Expectation, path: CalibratedPath) -> bool:
    """Whether the careful model has to hear it too. What was denied once has been misheard by the quick one."""
    if path == "phrase":
        return found.share < SURE_SHARE
    return found.share < ACCEPTED_SHARE or bool(expectation.denied)  # what is accepted is read back


def _with_danger(look: Look, first: Look) -> list[Candidate]:
    """What was freely heard, a danger first where either look tells of one: a missed one costs more than an alarm. One
    that the quick model alone has heard must be almost as likely to the careful one.
    """
    told = look.ear.with_danger(look.turn, look.free)
    if first.ear is look.ear or not told or find_red_flags(told[0].text):
        return told
    quick = [each for each in first.ear.with_danger(first.turn, first.free)[:1] if find_red_flags(each.text)]
    scores = look.ear.model.scores(look.turn.encoded, [each.text for each in quick])
    least = told[0].score - first.ear.effort.danger_margin
    likely = [each for each, score in zip(quick, scores, strict=True) if score >= least]
    return [*likely, *told]


def _syllables(free: Sequence[Candidate]) -> int:
    """Of the best text."""
    return len(syllables(free[0].text)) if free else 0


def _only_sounds(heard: Heard) -> bool:
    """Whether the best text has no word in it."""
    return not heard.texts or SOUNDS.issuperset(each for each in heard.texts[0].text if each.isalnum())


def _alarms(free: Sequence[Candidate]) -> bool:
    """Whether the best text tells of a danger."""
    return bool(free and find_red_flags(free[0].text))


def _weights(path: CalibratedPath) -> Weights:
    return phrase_weights() if path == "phrase" else VALUES


def _later(first: Look, expectation: Expectation, at: datetime) -> Look:
    """The free and the expected texts, scored as the mean over the sound and the same sound a moment later.

    Whisper was trained on 30 s of speech: of short words in noise it makes something else wherever they stand. This
    costs 0.3 s of a core; of 26 tuning answers that the first look got wrong it gets 6 right.
    """
    ear, weights = first.ear, phrase_weights()
    later = replace(first.turn, encoded=ear.model.encode(_after_noise(first.turn.sound)))
    heard = {each.text: each for each in ear.free(later, expectation, at=at).texts}
    here, likely = {each.text: each for each in first.free}, _likely(first.expected, weights, LIKELY_WITHIN)
    unscored = [each for each in heard if each not in here]
    new = dict(zip(unscored, ear.model.scores(first.turn.encoded, unscored), strict=True))
    texts = [*here, *(each.text for each in likely)]
    then = dict(zip(texts, ear.model.scores(later.encoded, texts), strict=True))
    both = [replace(each, score=(each.score + then[text]) / 2) for text, each in here.items()]
    both += [replace(heard[text], score=(heard[text].score + score) / 2) for text, score in new.items()]
    free = sorted(both, key=lambda each: -each.score)
    expected = [replace(each, score=(each.score + then[each.text]) / 2) for each in likely]
    return Look(ear, first.turn, free, expected, verdict(expected, free, weights))


def _likely(expected: Sequence[Candidate], weights: Weights, within: float) -> list[Candidate]:
    """Those that a second look may still prefer."""
    scores = [each.score + favour(each, weights) for each in expected]
    return [each for each, score in zip(expected, scores, strict=True) if score > max(scores) - within]


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
