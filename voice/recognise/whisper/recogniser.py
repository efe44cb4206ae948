"""The recogniser that runs out of the box: Whisper base, with what it has learned of telephones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np

from nlu.pinyin import syllables
from nlu.reading import Expectation
from nlu.red_flags import find_red_flags
from voice.audio.sound import Sound
from voice.recognise.calibration import CalibratedPath, confidence_of
from voice.recognise.phrases import phrases_of
from voice.recognise.recogniser import Hypothesis, Recognition
from voice.recognise.spelling import spelled
from voice.recognise.verdict import (
    VALUES,
    Candidate,
    Verdict,
    Weights,
    favour,
    heard_freely,
    phrase_weights,
    verdict,
)
from voice.recognise.voiced import is_voice
from voice.recognise.whisper.adapter import TELEPHONE
from voice.recognise.whisper.ear import Ear, Heard, Turn
from voice.turns.vad import holds_speech

MOST_OF_A_COUGH = 3  # syllables that are made of a sound without pitch: 对, 不行; longer ones may be whispered
NO_SPEECH = 0.35  # crying has a pitch: of 16 made sobs 15 have more, said 嗯 has 0.12 or less (docs/speech.md)
SOUNDS = frozenset("哼嗯呜唔啊哦噢喔诶欸咿呃哈嘿哎")
# A second look is taken where the first leaves a doubt: where the answer would not end the turn at once anyway
# (voice/turns/decisive.py).
SURE_SHARE = 0.8
LATER_SECONDS = 0.35
LIKELY_WITHIN = 10.0  # log probability below the best: what has less was not said
STORY = 6  # syllables: a reply as long as that may hold a misheard danger beside its answer
ACCEPTED_SHARE = 0.5  # an answer must be likelier than everything else together


@dataclass(frozen=True, slots=True)
class Look:
    """What the model made of one turn, and the verdict on it."""

    turn: Turn
    free: list[Candidate]
    expected: list[Candidate]
    commands: list[Candidate]
    found: Verdict


class WhisperRecogniser:
    """A Recogniser over the files of the catalogue's `whisper-base` folder. Not safe for use from two threads."""

    name = "whisper"

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self._ear = Ear(folder, threads=threads, adapter=TELEPHONE)

    def recognise(self, sound: Sound, *, expectation: Expectation | None, at: datetime) -> Recognition:
        """As the Protocol says; sound beyond 30 s is not heard."""
        nothing = Recognition(text="", expected=None if expectation is None else False, seconds=sound.seconds)
        if not holds_speech(sound):
            return nothing
        turn = self._ear.heard(sound)
        heard = self._ear.free(turn, expectation, at=at)
        if _only_a_noise(sound, heard):
            return nothing
        return _spelled(self._understood(turn, heard, expectation, at=at), expectation)

    def _understood(self, turn: Turn, heard: Heard, expectation: Expectation | None, *, at: datetime) -> Recognition:
        sound = turn.sound
        if expectation is None:
            return _freely(self._ear.with_danger(turn, heard.texts), None, sound.seconds)
        path: CalibratedPath = "phrase" if phrases_of(expectation) else "value"
        look = self._look(turn, heard.texts, expectation, path, at=at)
        found = look.found
        accepted = found.candidate is not None and found.share >= ACCEPTED_SHARE
        told = look.free if accepted else _with_a_command(look.free, look.commands, _weights(path))
        if not accepted or _syllables(told) >= STORY:
            told = self._ear.with_danger(turn, told)
        if found.candidate is None or not accepted or _tells_more(told, found.candidate):
            return _freely(told, found, sound.seconds)
        return _as_expected(found, look.free, path, sound.seconds)

    def _look(
        self, turn: Turn, free: list[Candidate], expectation: Expectation, path: CalibratedPath, *, at: datetime
    ) -> Look:
        """The look that counts: the first, or a second one where that leaves a doubt."""
        expected = self._ear.expected(turn, expectation, free, at=at)
        commands = self._ear.commands(turn, expectation, free, at=at)
        weights = _weights(path)
        first = Look(turn, free, expected, commands, verdict(expected, free, weights, commands))
        if path == "value":
            return first
        unsure = max(first.found.share, first.found.other) < SURE_SHARE
        return _later(self._ear, first, expectation, at) if unsure else first


def _with_a_command(free: list[Candidate], commands: list[Candidate], weights: Weights) -> list[Candidate]:
    """The free texts, a command first that is likelier than they are."""
    best = max(commands, key=lambda each: each.score, default=None)
    if best is None or not free or best.score + favour(best, weights) < free[0].score + heard_freely(free[0], weights):
        return free
    return [best, *(each for each in free if each.text != best.text)]


def _only_a_noise(sound: Sound, heard: Heard) -> bool:
    """Whether nobody said a word: a cough, or somebody who cries."""
    if not is_voice(sound) and _syllables(heard.texts) <= MOST_OF_A_COUGH:
        return True
    return heard.no_speech >= NO_SPEECH and _only_sounds(heard)


def _syllables(free: Sequence[Candidate]) -> int:
    """Of the best text."""
    return len(syllables(free[0].text)) if free else 0


def _only_sounds(heard: Heard) -> bool:
    """Whether the best text has no word in it."""
    return not heard.texts or SOUNDS.issuperset(each for each in heard.texts[0].text if each.isalnum())


def _later(ear: Ear, first: Look, expectation: Expectation, at: datetime) -> Look:
    """The free and the expected texts, scored as the mean over the sound and the same sound a moment later.

    Whisper was trained on 30 s of speech: of short words in noise it makes something else wherever they stand. This
    costs 0.3 s of a core; of 26 tuning answers that the first look got wrong it gets 6 right.
    """
    weights = phrase_weights()
    later = replace(first.turn, encoded=ear.model.encode(_after_noise(first.turn.sound)))
    heard = {each.text: each for each in ear.free(later, expectation, at=at).texts}
    here, likely = {each.text: each for each in first.free}, _likely(first.expected, weights, LIKELY_WITHIN)
    unscored = [each for each in heard if each not in here]
    new = dict(zip(unscored, ear.model.scores(first.turn.encoded, unscored), strict=True))
    texts = [*here, *(each.text for each in (*likely, *first.commands))]
    then = dict(zip(texts, ear.model.scores(later.encoded, texts), strict=True))
    both = [replace(each, score=(each.score + then[text]) / 2) for text, each in here.items()]
    both += [replace(heard[text], score=(heard[text].score + score) / 2) for text, score in new.items()]
    free = sorted(both, key=lambda each: -each.score)
    expected, commands = (
        [replace(each, score=(each.score + then[each.text]) / 2) for each in texts]
        for texts in (likely, first.commands)
    )
    return Look(first.turn, free, expected, commands, verdict(expected, free, weights, commands))


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


def _spelled(found: Recognition, expectation: Expectation | None) -> Recognition:
    """The same, written as residents mean it; one of the question's phrases or a danger is left as it is."""
    if find_red_flags(found.text) or (expectation is not None and found.text in phrases_of(expectation)):
        return found
    return msgspec.structs.replace(found, text=spelled(found.text, [each.text for each in found.alternatives]))


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


def _weights(path: CalibratedPath) -> Weights:
    return phrase_weights() if path == "phrase" else VALUES
