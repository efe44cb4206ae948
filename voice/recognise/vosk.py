"""Vosk (Kaldi): streaming, light, with a phrase list from the pending question."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import vosk

from nlu.reading import Expectation
from voice.audio.resample import resample
from voice.audio.sound import RECOGNISER_HZ, Sound, to_int16
from voice.errors import ModelError, PhraseNotInLexicon
from voice.recognise.loops import without_loops
from voice.recognise.meaning import meaning
from voice.recognise.phrases import phrases_of
from voice.recognise.recogniser import Hypothesis, Recognition
from voice.turns.vad import holds_speech

ALTERNATIVES = 5
UNKNOWN = "[unk]"  # what a phrase list says for anything outside it
LISTED_CONFIDENCE, FREE_CONFIDENCE = 0.7, 0.4  # not calibrated: no Mandarin model of vosk could be run here
QUIET = -1  # of Kaldi's log


class VoskRecogniser:
    """A Recogniser and a StreamingRecogniser over a vosk model's folder. Raises ModelError if it cannot be loaded."""

    name = "vosk"

    def __init__(self, folder: Path) -> None:
        vosk.SetLogLevel(QUIET)
        if not (folder / "am" / "final.mdl").is_file() and not (folder / "final.mdl").is_file():
            raise ModelError("model.missing", "没有找到 Vosk 模型，请先运行 linyin models install 安装。")
        try:
            self._model = vosk.Model(str(folder))
        except Exception as problem:  # vosk raises nothing narrower
            raise ModelError("model.damaged", "Vosk 模型打不开，请运行 linyin models verify 检查。") from problem

    def recognise(self, sound: Sound, *, expectation: Expectation | None, at: datetime) -> Recognition:
        """As the Protocol says: heard twice, once within the phrase list and once freely."""
        if not holds_speech(sound):
            return Recognition(text="", expected=None if expectation is None else False, seconds=sound.seconds)
        free = self.stream(None)
        free.accept(sound)
        freely = free.finish()
        if expectation is None or not phrases_of(expectation):
            return freely
        listed = self.stream(expectation)
        listed.accept(sound)
        text = listed.finish().text
        if UNKNOWN in text or meaning(text, expectation=expectation, at=at) is None:
            return Recognition(
                text=freely.text,
                alternatives=freely.alternatives,
                confidence=FREE_CONFIDENCE,
                expected=False,
                free_text=freely.text,
                seconds=sound.seconds,
            )
        return Recognition(
            text=text,
            alternatives=(Hypothesis(text=freely.text, confidence=FREE_CONFIDENCE), *freely.alternatives),
            confidence=LISTED_CONFIDENCE,
            expected=True,
            free_text=freely.text,
            seconds=sound.seconds,
        )

    def stream(self, expectation: Expectation | None) -> "VoskStream":
        """A stream, limited to the expectation's phrases where it has any."""
        phrases = phrases_of(expectation) if expectation else ()
        return VoskStream(self._model, [self._spaced(each) for each in phrases])

    def unknown_words(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """The words that the lexicon lacks, each once."""
        return tuple(dict.fromkeys(word for each in phrases for word in self._words(each) if not self._knows(word)))

    def require_phrases(self, phrases: Sequence[str]) -> None:
        """Raises PhraseNotInLexicon when a phrase could never be heard. Call it when a questionnaire is loaded."""
        unknown = self.unknown_words(phrases)
        if unknown:
            raise PhraseNotInLexicon(
                "recogniser.phrase", f"语音模型的词表里没有：{'、'.join(unknown)}，请换个说法或改用别的识别引擎。"
            )

    def _spaced(self, phrase: str) -> str:
        return " ".join(self._words(phrase))

    def _words(self, phrase: str) -> list[str]:
        """The phrase cut into words, the longest that the lexicon knows first; a character alone if it knows none."""
        words, rest = [], phrase
        while rest:
            if rest[0].isspace():
                rest = rest[1:]
                continue
            end = next((end for end in range(len(rest), 1, -1) if self._knows(rest[:end])), 1)
            words.append(rest[:end])
            rest = rest[end:]
        return words

    def _knows(self, word: str) -> bool:
        return int(self._model.vosk_model_find_word(word)) >= 0


class VoskStream:
    """One turn being heard by vosk."""

    def __init__(self, model: Any, phrases: Sequence[str]) -> None:
        # Wide-band models are fed up-sampled sound explicitly: left alone, vosk resamples 8 kHz without a filter.
        arguments = [json.dumps([*phrases, UNKNOWN], ensure_ascii=False)] if phrases else []
        self._recogniser = vosk.KaldiRecognizer(model, float(RECOGNISER_HZ), *arguments)
        self._recogniser.SetMaxAlternatives(0 if phrases else ALTERNATIVES)
        self._finished: list[dict[str, Any]] = []
        self._seconds = 0.0

    def accept(self, sound: Sound) -> None:
        """Hears another piece."""
        self._seconds += sound.seconds
        if self._recogniser.AcceptWaveform(to_int16(resample(sound, RECOGNISER_HZ)).tobytes()):
            self._finished.append(json.loads(self._recogniser.Result()))

    def partial(self) -> str:
        """The words so far."""
        now = json.loads(self._recogniser.PartialResult()).get("partial", "")
        return _joined([*(_texts(each)[0] for each in self._finished), now])

    def finish(self) -> Recognition:
        """The words of the whole turn; alternatives only where it was heard in one stretch."""
        parts = [_texts(each) for each in [*self._finished, json.loads(self._recogniser.FinalResult())]]
        spoken = [each for each in parts if each[0]]
        others = spoken[0][1:] if len(spoken) == 1 else []
        text = _joined([each[0] for each in spoken])
        return Recognition(
            text=text,
            alternatives=tuple(Hypothesis(text=_joined([each]), confidence=0.0) for each in others if each),
            confidence=FREE_CONFIDENCE if text else 0.0,
            free_text=text,
            seconds=self._seconds,
        )


def _texts(result: dict[str, Any]) -> list[str]:
    """The texts of one of vosk's results, best first."""
    if "alternatives" in result:
        return [each.get("text", "") for each in result["alternatives"]] or [""]
    return [result.get("text", "")]


def _joined(parts: Sequence[str]) -> str:
    """Words without the blanks that vosk puts between Chinese words; other scripts keep theirs."""
    text = " ".join(each for each in parts if each)
    chinese = any("\u4e00" <= each <= "\u9fff" for each in text)
    return without_loops(text.replace(" ", "") if chinese else text)
