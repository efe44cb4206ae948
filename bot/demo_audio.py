"""The calls of the demo that are heard and spoken: simulated residents with synthetic voices, a real recogniser."""

from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

from bot.evidence.files import SealedTape, recordings_folder
from bot.running import Running
from bot.settings import Settings
from bot.speech import RECOGNISER_MODEL, SYNTHESISER_MODEL, VOICE, Mouth, models_folder, mouth, recogniser, synthesiser
from dialogs.definitions import library
from voice import media
from voice.line import DialOrder, Line
from voice.loopback.audible import AudibleLine
from voice.models.catalogue import model_named, read_catalogue
from voice.models.install import state_of
from voice.recognise.recogniser import Recogniser
from voice.recording import RecordedCall
from voice.residents.recipe import ORDINARY
from voice.residents.speaker import Speaker
from voice.spoken_call import SpokenCall
from voice.synthesise.kokoro import Kokoro

AT_ONCE = 2  # more would wait for the one recogniser, and nobody is in a hurry
TURN_LIMIT_SECONDS = 60.0  # of the recogniser: time on these calls stands still while it works


def can_be_heard(settings: Settings) -> bool:
    """Whether the models that hear and speak are installed."""
    folder = models_folder(settings)
    return all(
        state_of(model_named(name, read_catalogue()), folder) == "installed"
        for name in (RECOGNISER_MODEL, SYNTHESISER_MODEL)
    )


class DemoVoices:
    """Makes the first calls of a line in words audible, a few at a time, and counts them."""

    def __init__(self, residents: Kokoro, speaking: Mouth, ear: Recogniser, system: Running, *, most: int) -> None:
        self._residents = residents
        self._speaking = speaking
        self._ear = ear
        self._clock = system.clock
        self._keys = system.store.keys
        self._recordings = recordings_folder(system.settings.data)
        self._most = most
        self._voices = [each for each in residents.voices if each != VOICE]
        self._up: set[SpokenCall] = set()
        self.calls = 0

    def over(self, words: Line) -> Line:
        """The same line, its first answered calls with sound."""
        return AudibleLine(words, throat=self._throat, carry=self._carry)

    def _throat(self, order: DialOrder) -> Speaker | None:
        self._up = {each for each in self._up if not each.living.done()}
        if self.calls == self._most or len(self._up) >= AT_ONCE:
            return None
        self.calls += 1
        number = crc32(order.number.encode())  # the same household, the same voice
        voice = self._voices[number % len(self._voices)]
        return Speaker(self._residents, ORDINARY, voice=voice, seed=number)

    def _carry(self, carried: media.MediaCall, order: DialOrder) -> SpokenCall:
        if order.recorded:
            carried = RecordedCall(carried, SealedTape(self._recordings, order.order, self._keys))
        call = SpokenCall(carried, recogniser=self._ear, speak=self._speaking.speak, now=self._clock.now)
        self._up.add(call)
        return call


@contextmanager
def demo_voices(settings: Settings, system: Running, calls: int) -> Iterator[DemoVoices]:
    """Voices for a demo that runs inside the installation `settings`, whose models and open prompts it uses."""
    with recogniser(settings, turn_limit_seconds=TURN_LIMIT_SECONDS) as ear:
        engine = synthesiser(settings)
        shared = settings.data / "prompts" / "shared"
        speaking = mouth(system.settings, system.store.keys, engine=engine, shared=shared)
        for questionnaire in library(dictionary=system.dictionary):
            speaking.know(questionnaire, system.settings)
        yield DemoVoices(engine, speaking, ear, system, most=calls)
