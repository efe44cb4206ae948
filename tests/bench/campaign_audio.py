"""What a call costs when it is heard and not read: the real recogniser on real recordings of telephone answers."""

import os
import resource
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.speech import expectation_named
from bot.settings import read_settings
from bot.speech import RECOGNISER_MODEL, models_folder, recogniser
from voice.audio.wav import read_wav
from voice.errors import EngineTimeout
from voice.models.catalogue import model_named, read_catalogue
from voice.models.install import state_of

ANSWERS = Path(__file__).parents[1] / "telephony" / "answers"
# One call's worth of answers to 健康随访, each with what is listened for.
CALL = {
    "party": "yes_no",
    "now": "yes_no",
    "fever": "yes_no",
    "cough": "yes_no",
    "chest": "yes_no",
    "medicine": "yes_no",
    "sleep": "choice:好,一般,不好",
}
AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
# Of one core, by a call with sound in both directions: `bench lines`, 35 % of a core at 100 calls.
MEDIA_SHARE = 0.0035


def recogniser_seconds() -> float | None:
    """Processor seconds of the recogniser for one turn; None when its model is not installed."""
    settings = read_settings()
    if state_of(model_named(RECOGNISER_MODEL, read_catalogue()), models_folder(settings)) != "installed":
        return None
    sounds = [(read_wav(ANSWERS / f"{name}.wav"), expectation_named(kind)) for name, kind in CALL.items()]
    with recogniser(settings) as engine:
        engine.recognise(sounds[0][0], expectation=sounds[0][1], at=AT)  # loads the model
    before = _children()
    with recogniser(settings) as engine:
        engine.recognise(sounds[0][0], expectation=sounds[0][1], at=AT)
    loading = _children() - before
    before = _children()
    with recogniser(settings) as engine:
        for sound, expectation in [sounds[0], *sounds]:
            engine.recognise(sound, expectation=expectation, at=AT)
    return (_children() - before - loading) / len(sounds)


def _children() -> float:
    """Processor seconds of processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def with_sound(words_seconds: float, *, turns: float, hold_seconds: float) -> dict[str, float | str | None]:
    """Calls a minute that this machine carries when it hears them, from processor seconds; null with the reason.

    `words_seconds` is the processor time of a call in words: platform and dialogue.
    """
    why = "the recogniser's model is not installed: ./linyin models install whisper-base"
    try:
        heard = recogniser_seconds()
    except EngineTimeout as error:  # the machine is too busy; ten minutes of calls are not thrown away for that
        heard, why = None, str(error)
    if heard is None:
        return {"audio_calls_per_minute": None, "cores_per_100_audio_calls": None, "audio_reason": why}
    call = words_seconds + turns * heard + hold_seconds * MEDIA_SHARE
    cores = os.cpu_count() or 1
    return {
        "audio_calls_per_minute": round(60 * cores / call, 1),
        "cores_per_100_audio_calls": round(100 * call / 60, 2),
        "recogniser_s_per_turn": round(heard, 3),
    }
