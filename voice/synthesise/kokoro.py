"""Kokoro-82M on ONNX Runtime: the natural voice that speaks to residents.

Mandarin phonemes come from misaki's jieba and pypinyin path, which never loads espeak (GPL): see
tests/voice/test_kokoro.py.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from misaki.zh import ZHG2P
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions

from voice.audio.sound import SYNTHESISER_HZ, Sound, joined, silence
from voice.errors import ModelError
from voice.synthesise.kokoro_vocabulary import VOCABULARY
from voice.synthesise.loudness import levelled, trimmed
from voice.synthesise.synthesiser import Manner
from voice.synthesise.wording import sentences, with_digits_named

MAX_TOKENS = 510  # the model's context without the two paddings; a voice file holds one style per length
STYLE_SIZE = 256
MODEL_FILE = "kokoro.onnx"
SENTENCE_GAP_SECONDS = 0.18


class Kokoro:
    """A Synthesiser over the files of the catalogue's `kokoro-zh` folder. Raises ModelError if they are not there."""

    name = "kokoro"
    for_residents = True

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        model = folder / MODEL_FILE
        if not model.is_file():
            raise ModelError("model.missing", "还没有安装语音合成模型，请先运行 linyin models install kokoro-zh。")
        options = SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session = InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._phonemes = ZHG2P()
        self._styles = {path.stem: _styles(path) for path in sorted(folder.glob("z*.bin"))}

    @property
    def voices(self) -> tuple[str, ...]:
        """The names that `speak` knows."""
        return tuple(self._styles)

    def add_voice(self, name: str, shares: Mapping[Path, float]) -> None:
        """A voice more, blended of voice files with the given shares."""
        self._styles[name] = np.sum([np.float32(share) * _styles(path) for path, share in shares.items()], axis=0)

    def speak(self, text: str, *, voice: str, manner: Manner) -> Sound:
        """Speech at 24 kHz; sentences are spoken one by one, so a long text never exceeds the model's context."""
        if voice not in self._styles:
            raise ValueError(f"unknown voice {voice!r}, have {self.voices}")
        parts: list[Sound] = []
        for sentence in sentences(with_digits_named(text, apart=manner.digits_apart)):
            parts += [self._sentence(sentence, voice, manner.speed)]
            parts += [silence(SENTENCE_GAP_SECONDS + manner.pause_seconds, SYNTHESISER_HZ)]
        if not parts:
            raise ValueError(f"nothing to say in {text!r}")
        return levelled(joined(parts[:-1]), gain_db=manner.gain_db)

    def _sentence(self, sentence: str, voice: str, speed: float) -> Sound:
        tokens = self._tokens(sentence)
        audio = self._session.run(
            ["audio"],
            {
                "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
                "style": self._styles[voice][len(tokens) - 1][None, :],
                "speed": np.array([speed], dtype=np.float32),
            },
        )[0]
        return trimmed(Sound(np.asarray(audio, dtype=np.float32), SYNTHESISER_HZ))

    def _tokens(self, sentence: str) -> list[int]:
        phonemes, _ = self._phonemes(sentence)
        tokens = [VOCABULARY[each] for each in phonemes if each in VOCABULARY][:MAX_TOKENS]
        if not tokens:
            raise ValueError(f"nothing to say in {sentence!r}")
        return tokens


def _styles(path: Path) -> NDArray[np.float32]:
    """Styles of a voice by number of tokens, shape [510, 256]."""
    return np.fromfile(path, dtype="<f4").reshape(-1, STYLE_SIZE)
