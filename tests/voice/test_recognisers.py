"""What every recogniser must hold, on real sound. Synthetic voices; no claim about people."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import yaml

from nlu.reading import Expectation
from voice.audio.noise import room_noise
from voice.audio.resample import resample
from voice.audio.sound import Sound, joined, silence
from voice.audio.wav import read_wav
from voice.errors import EngineError, ModelError, PhraseNotInLexicon
from voice.hear import expectation_named, hear
from voice.recognise.messages import EngineSpec
from voice.recognise.pool import RecogniserPool
from voice.recognise.recogniser import Recogniser
from voice.recognise.vosk import VoskRecogniser
from voice.recognise.whisper.recogniser import WhisperRecogniser

pytestmark = pytest.mark.recogniser

AUDIO = Path(__file__).with_name("audio")
CASES = yaml.safe_load((AUDIO / "cases.yaml").read_text(encoding="utf-8"))
YES_NO = Expectation(key="q", kind="yes_no", asked="您打过流感疫苗没有？")


@pytest.fixture(params=["whisper", "vosk"])
def recogniser(request: pytest.FixtureRequest) -> Recogniser:
    if request.param == "whisper":
        whisper: WhisperRecogniser = request.getfixturevalue("whisper")
        return whisper
    return VoskRecogniser(request.getfixturevalue("vosk_folder"))


def test_silence_and_line_noise_are_not_words(recogniser: Recogniser, at: datetime) -> None:
    hiss = Sound(room_noise(24_000, np.random.default_rng(1)) * np.float32(0.0005), 8_000)
    for sound in (silence(2.0, 8_000), hiss):
        assert recogniser.recognise(sound, expectation=YES_NO, at=at).text == ""


def test_the_same_sound_gives_the_same_words_at_any_rate(recogniser: Recogniser, at: datetime) -> None:
    sound = read_wav(AUDIO / "yes_no_denied.wav")
    first = recogniser.recognise(sound, expectation=None, at=at)
    if recogniser.name != "vosk":  # Kaldi adds a dither of chance to what it hears
        assert first == recogniser.recognise(sound, expectation=None, at=at)
    assert first.text
    assert first.expected is None
    assert recogniser.recognise(resample(sound, 16_000), expectation=None, at=at).text


def test_confidence_is_between_0_and_1_and_alternatives_differ(recogniser: Recogniser, at: datetime) -> None:
    found = recogniser.recognise(read_wav(AUDIO / "yes_no_denied.wav"), expectation=YES_NO, at=at)
    assert 0.0 <= found.confidence <= 1.0
    assert found.text not in {each.text for each in found.alternatives}
    confidences = [each.confidence for each in found.alternatives]
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_a_recording_is_heard_as_what_was_said_or_rejected(
    case: dict[str, object], whisper: WhisperRecogniser, at: datetime
) -> None:
    expectation = expectation_named(str(case["expect"]), asked=str(case["asked"]))
    found = hear(AUDIO / str(case["file"]), expect=expectation, recogniser=whisper, at=at)
    if expectation is None:
        assert found.text
    else:
        assert found.value == case["value"], found


def test_a_missing_and_a_damaged_model_are_told_in_words(tmp_path: Path, whisper_folder: Path) -> None:
    with pytest.raises(ModelError, match="install"):
        WhisperRecogniser(tmp_path)
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).write_bytes((whisper_folder / name).read_bytes())
    (tmp_path / "model.bin").write_bytes((whisper_folder / "model.bin").read_bytes()[:1_000_000])
    with pytest.raises(ModelError, match="verify"):
        WhisperRecogniser(tmp_path)


def test_vosk_hears_piece_by_piece_and_tells_words_on_the_way(vosk_folder: Path) -> None:
    stream = VoskRecogniser(vosk_folder).stream(None)
    sound = joined([read_wav(AUDIO / "yes_no_rejected.wav")] * 2)
    partials = []
    for start in np.arange(0.0, sound.seconds, 0.2):
        stream.accept(sound.cut(float(start), float(start) + 0.2))
        partials.append(stream.partial())
    assert any(partials)
    assert stream.finish().seconds == pytest.approx(sound.seconds, abs=0.05)


def test_vosk_refuses_phrases_that_its_lexicon_lacks(vosk_folder: Path) -> None:
    vosk = VoskRecogniser(vosk_folder)
    assert vosk.unknown_words(["没有"]) == ("没", "有")  # a Korean model
    with pytest.raises(PhraseNotInLexicon, match="没"):
        vosk.require_phrases(["没有"])
    vosk.require_phrases([])


def test_a_pool_hears_in_another_process_and_outlives_a_worker(whisper_folder: Path, at: datetime) -> None:
    spec = EngineSpec(engine="whisper", folder=whisper_folder)
    sound = read_wav(AUDIO / "yes_no_denied.wav")
    with RecogniserPool(spec, workers=1, turn_limit_seconds=60.0) as pool:
        assert pool.recognise(sound, expectation=YES_NO, at=at).text == "没打过"
        for worker in pool.workers():
            worker.end()
        with pytest.raises(EngineError) as problem:
            pool.recognise(sound, expectation=YES_NO, at=at)
        assert problem.value.retryable
        assert pool.recognise(sound, expectation=YES_NO, at=at).text == "没打过"


def test_a_pool_gives_up_on_a_turn_that_takes_too_long(whisper_folder: Path, at: datetime) -> None:
    with RecogniserPool(EngineSpec(engine="whisper", folder=whisper_folder), turn_limit_seconds=0.01) as pool:
        with pytest.raises(EngineError) as problem:
            pool.recognise(read_wav(AUDIO / "phone.wav"), expectation=None, at=at)
        assert problem.value.code == "engine.timeout"


def test_a_pool_over_a_missing_model_says_so_at_once(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="install"):
        RecogniserPool(EngineSpec(engine="whisper", folder=tmp_path))
