"""sherpa-onnx with SenseVoice: for whoever has its model files. Listed as 未在本机验证: no model could be had here."""

from datetime import datetime
from pathlib import Path

import sherpa_onnx

from nlu.reading import Expectation
from voice.audio.resample import resample
from voice.audio.sound import RECOGNISER_HZ, Sound
from voice.errors import ModelError
from voice.recognise.loops import without_loops
from voice.recognise.meaning import meaning
from voice.recognise.recogniser import Recognition
from voice.turns.vad import holds_speech

MODEL_FILES = ("model.int8.onnx", "tokens.txt")
CONFIDENCE = 0.5  # not calibrated


class SherpaRecogniser:
    """A Recogniser over a SenseVoice folder. Raises ModelError if it cannot be loaded."""

    name = "sherpa-onnx"

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        model, tokens = (folder / each for each in MODEL_FILES)
        if not model.is_file() or not tokens.is_file():
            raise ModelError("model.missing", f"{folder.name} 里没有 {'、'.join(MODEL_FILES)}，请检查模型文件夹。")
        self._recogniser = sherpa_onnx.OfflineRecognizer.from_sense_voice(
            model=str(model), tokens=str(tokens), num_threads=threads, language="zh", use_itn=False
        )

    def recognise(self, sound: Sound, *, expectation: Expectation | None, at: datetime) -> Recognition:
        """As the Protocol says; the expectation only tells whether the free text answers it."""
        if not holds_speech(sound):
            return Recognition(text="", expected=None if expectation is None else False, seconds=sound.seconds)
        stream = self._recogniser.create_stream()
        stream.accept_waveform(RECOGNISER_HZ, resample(sound, RECOGNISER_HZ).samples)
        self._recogniser.decode_stream(stream)
        text = without_loops(stream.result.text)
        answers = expectation and meaning(text, expectation=expectation, at=at) is not None
        return Recognition(
            text=text,
            confidence=CONFIDENCE if text else 0.0,
            expected=None if expectation is None else bool(answers),
            free_text=text,
            seconds=sound.seconds,
        )
