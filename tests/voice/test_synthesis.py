"""What every synthesiser must hold, on the real engines."""

import subprocess
import sys
from pathlib import Path

import pytest

from voice.audio.sound import Sound, level_db
from voice.errors import EngineError, EngineTimeout
from voice.residents.recipe import ORDINARY, elder_recipe
from voice.residents.speaker import Speaker
from voice.synthesise.espeak import Espeak
from voice.synthesise.kokoro import Kokoro
from voice.synthesise.synthesiser import ELDER, PLAIN, Synthesiser


@pytest.fixture(params=["espeak", pytest.param("kokoro", marks=pytest.mark.recogniser)])
def synthesiser(request: pytest.FixtureRequest) -> Synthesiser:
    if request.param == "espeak":
        return Espeak()
    kokoro: Kokoro = request.getfixturevalue("kokoro")
    return kokoro


def test_a_text_is_said_the_same_every_time_and_slower_for_the_old(synthesiser: Synthesiser) -> None:
    voice = synthesiser.voices[0]
    first, again, slow = (synthesiser.speak("您好。", voice=voice, manner=manner) for manner in (PLAIN, PLAIN, ELDER))
    assert (first.samples == again.samples).all()
    assert slow.seconds > first.seconds
    assert level_db(slow) > level_db(first)
    assert -30 < level_db(first) < -12


def test_what_cannot_be_said_is_refused(synthesiser: Synthesiser) -> None:
    with pytest.raises(ValueError, match="nothing to say"):
        synthesiser.speak("……", voice=synthesiser.voices[0], manner=PLAIN)
    with pytest.raises(ValueError, match="unknown voice"):
        synthesiser.speak("您好", voice="nobody", manner=PLAIN)


def test_a_synthesiser_that_hangs_is_given_up() -> None:
    with pytest.raises(EngineTimeout) as problem:
        Espeak(limit_seconds=1.0, child="tests.voice.hanging_child").speak("您好", voice="cmn", manner=PLAIN)
    assert problem.value.retryable


def test_a_synthesiser_that_writes_nothing_is_an_error() -> None:
    with pytest.raises(EngineError):
        Espeak(child="this").speak("您好", voice="cmn", manner=PLAIN)


def test_only_kokoro_speaks_to_residents_without_a_warning() -> None:
    assert Kokoro.for_residents
    assert not Espeak.for_residents


@pytest.mark.recogniser
def test_kokoro_never_loads_espeak(kokoro: Kokoro) -> None:
    kokoro.speak("您好，三号楼A座", voice="zf_xiaoxiao", manner=PLAIN)
    maps = Path("/proc/self/maps").read_text(encoding="utf-8")
    assert "espeak" not in maps
    assert not [name for name in sys.modules if "espeak" in name and not name.startswith("voice.")]


def test_the_console_never_loads_an_engine() -> None:
    modules = (
        "voice.hear, voice.recognise.pool, voice.models.install, voice.turns.detector, voice.prompts.renderer, "
        "voice.announcements.answered"
    )
    engines = ("ctranslate2", "onnxruntime", "vosk", "sherpa_onnx", "misaki", "pyttsx3")
    code = f"import sys, {modules}\nprint([each for each in {engines} if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("recipe", [ORDINARY, elder_recipe(0.7)], ids=["ordinary", "elder"])
def test_a_simulated_resident_arrives_over_the_telephone(recipe: object) -> None:
    around = [Espeak().speak("电视里正在放新闻联播。", voice="cmn", manner=PLAIN)]
    speakers = [Speaker(Espeak(), recipe, voice="cmn", seed=4, around=around) for _ in range(2)]  # type: ignore[arg-type]
    first, again = (each.says("我是上个礼拜，从武汉回来的。") for each in speakers)
    assert isinstance(first, Sound)
    assert first.rate_hz == 8_000
    assert (first.samples == again.samples).all()
    assert level_db(first) > -45
