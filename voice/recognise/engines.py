"""Opens a recogniser by name. Importing this module loads every engine: only the worker process does."""

from voice.errors import EngineError
from voice.recognise.messages import EngineSpec
from voice.recognise.recogniser import Recogniser
from voice.recognise.sherpa import SherpaRecogniser
from voice.recognise.vosk import VoskRecogniser
from voice.recognise.whisper.recogniser import WhisperRecogniser


def open_recogniser(spec: EngineSpec) -> Recogniser:
    """The engine, loaded. Raises EngineError for an unknown name, ModelError for a missing or damaged model."""
    if spec.engine == "whisper":
        return WhisperRecogniser(spec.folder, threads=spec.threads)
    if spec.engine == "vosk":
        return VoskRecogniser(spec.folder)
    if spec.engine == "sherpa-onnx":
        return SherpaRecogniser(spec.folder, threads=spec.threads)
    raise EngineError("engine.unknown", f"不认识的识别引擎 {spec.engine}，可选 whisper、vosk、sherpa-onnx。")
