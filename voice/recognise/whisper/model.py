"""One loaded Whisper model: encode once, then decode freely, decode within a vocabulary, or score given texts.

CTranslate2 is used directly. The faster-whisper package would also load PyAV, whose wheels carry x264 and x265 (GPL).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ctranslate2
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from voice.audio.sound import Sound
from voice.errors import ModelError
from voice.recognise.vocabulary import ALL_DIGITS
from voice.recognise.whisper.adapter import read_changes
from voice.recognise.whisper.features import log_mel, window_seconds
from voice.recognise.whisper.scorer import TextScorer
from voice.recognise.whisper.weights import model_bytes, with_added

WEIGHTS_FILE = "model.bin"
MODEL_FILES = (WEIGHTS_FILE, "config.json", "tokenizer.json")  # and the vocabulary, as .txt or .json
ENCODER_FRAMES_PER_SECOND = 50
MARGIN_SECONDS = (
    1.5  # of encoded silence kept after the speech: with 0.4 the decoder loops, with all of it nothing is gained
)
TOKENS_PER_SECOND = 9  # Mandarin at its fastest is 7 syllables a second; more is a loop
SPARE_TOKENS = 8


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the encoder made of one sound: states of shape [1, frames, width]."""

    states: NDArray[np.float32]
    seconds: float


@dataclass(frozen=True, slots=True)
class Decoded:
    """One text that the decoder produced; `score` is the log probability of the whole, its end included, `no_speech`
    the model's own probability that the sound holds no speech at all.
    """

    text: str
    score: float
    no_speech: float


class WhisperModel:
    """Whisper in CTranslate2's format, with the changes of `adapter` (voice/recognise/whisper/adapter.py) where given.

    Raises ModelError when a file is missing or cannot be read.
    """

    def __init__(self, folder: Path, *, threads: int, adapter: Path | None = None) -> None:
        missing = [each for each in MODEL_FILES if not (folder / each).is_file()]
        if missing:
            raise ModelError("model.missing", "还没有安装语音识别模型，请先运行 linyin models install whisper-base。")
        weights = model_bytes(folder / WEIGHTS_FILE)
        if adapter is not None:
            weights = with_added(weights, read_changes(adapter))
        try:
            self._model = ctranslate2.models.Whisper(
                str(folder),
                device="cpu",
                compute_type="int8",
                intra_threads=threads,
                inter_threads=1,
                files={WEIGHTS_FILE: weights, **_beside(folder)},
            )
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as problem:  # both libraries raise bare RuntimeError or Exception on a damaged file
            raise ModelError(
                "model.damaged", "语音识别模型文件损坏，请运行 linyin models verify 检查后重新安装。"
            ) from problem
        marks = ("<|startoftranscript|>", "<|zh|>", "<|transcribe|>", "<|notimestamps|>")
        spelled = self._tokenizer.get_vocab()
        self._prompt = [spelled[each] for each in marks]
        self._end = spelled["<|endoftext|>"]
        self._scorer = TextScorer(weights, prompt=self._prompt, end=self._end)
        self._digits = {token for word, token in spelled.items() if word.isascii() and word.isdigit()}

    def encode(self, sound: Sound) -> Encoded:
        """The encoder's states for the sound, without those of the padding."""
        window = window_seconds(sound.seconds)
        features = ctranslate2.StorageView.from_array(log_mel(sound, window=window))
        states = np.array(self._model.encode(features, to_cpu=True))
        seconds = min(sound.seconds, float(window))
        kept = round((seconds + MARGIN_SECONDS) * ENCODER_FRAMES_PER_SECOND)
        return Encoded(np.ascontiguousarray(states[:, :kept]), seconds)

    def decode(
        self, encoded: Encoded, *, beam_size: int, count: int, allowed: frozenset[int] | None = None
    ) -> list[Decoded]:
        """The `count` best texts, best first; only of `allowed` tokens where given."""
        suppressed = [-1] if allowed is None else [each for each in range(self._end) if each not in allowed]
        result = self._model.generate(
            ctranslate2.StorageView.from_array(encoded.states),
            [self._prompt],
            beam_size=beam_size,
            num_hypotheses=count,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=suppressed,
            suppress_blank=allowed is None,
            max_length=self._max_length(SPARE_TOKENS + round(TOKENS_PER_SECOND * encoded.seconds)),
        )[0]
        return [
            Decoded(self._tokenizer.decode(tokens).strip(), mean * max(1, len(tokens)), result.no_speech_prob)
            for tokens, mean in zip(result.sequences_ids, result.scores, strict=True)
        ]

    def scores(self, encoded: Encoded, texts: Sequence[str]) -> list[float]:
        """Log probability of each whole text, its end included, given the sound (teacher forcing)."""
        listened = self._scorer.listen(encoded.states)
        return self._scorer.scores(listened, [self.tokens(each) for each in texts])

    def tokens_of(self, words: Sequence[str]) -> frozenset[int]:
        """Every token that the words are made of; ALL_DIGITS stands for all runs of Arabic digits."""
        named = {token for word in words if word != ALL_DIGITS for token in self.tokens(word)}
        return frozenset(named | self._digits if ALL_DIGITS in words else named)

    def _max_length(self, steps: int) -> int:
        """CTranslate2's `max_length` for that many steps: it takes the prompt off, and at most half of the whole."""
        return max(2 * steps, len(self._prompt) + steps)

    def tokens(self, text: str) -> list[int]:
        """The token ids of a text, without marks."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)


def _beside(folder: Path) -> dict[str, bytes]:
    """The small files that CTranslate2 wants with the weights."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name.startswith(("config", "vocabulary"))}
