"""Reads texts aloud for the console: a questionnaire before it is chosen, a rehearsal after it was played."""

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from zlib import crc32

from bot.settings import Settings
from bot.speech import SYNTHESISER_MODEL, VOICE, SealedPrompts, models_folder, synthesiser
from integrations.storage.keys import KeyRing
from voice.audio.g711 import decode_alaw
from voice.audio.wav import SYNTHETIC_LABEL, wav_bytes
from voice.models.catalogue import model_named, read_catalogue
from voice.models.install import state_of
from voice.prompts.cache import PromptCache
from voice.prompts.renderer import Renderer
from voice.synthesise.kokoro import Kokoro
from voice.synthesise.synthesiser import ELDER, PLAIN

BEHIND_CALLS = 10  # niceness: whoever listens to a rehearsal waits rather than a resident on the line


class ReadAloud:
    """One synthesiser in a thread of its own, opened when it is first asked. Nothing personal is read here."""

    def __init__(self, settings: Settings, keys: KeyRing) -> None:
        """`settings` say where models and prompts lie."""
        self._settings = settings
        self._cache = PromptCache(settings.data / "prompts", cipher=SealedPrompts(keys), secret=b"")
        self._engine: Kokoro | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="read-aloud", initializer=_stand_back)

    @property
    def installed(self) -> bool:
        """Whether there is a voice on this machine."""
        return state_of(model_named(SYNTHESISER_MODEL, read_catalogue()), models_folder(self._settings)) == "installed"

    async def read(self, text: str, *, resident: str = "", elder: bool = False) -> bytes:
        """The text as a WAV file, as it sounds on the telephone.

        `resident` names whose voice it is, the same name the same voice; "" is the assistant's, who speaks more slowly
        to an `elder`. Raises ModelError when no voice is installed, ValueError for a text without a word in it.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._read, text, resident, elder)

    def close(self) -> None:
        """What waits is not read any more."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _read(self, text: str, resident: str, elder: bool) -> bytes:
        if self._engine is None:
            self._engine = synthesiser(self._settings)
        voice = self._voice_of(resident) if resident else VOICE
        manner = ELDER if elder and not resident else PLAIN
        prompt = Renderer(self._engine, self._cache, voice=voice).prompt(text, manner=manner, personal=False)
        return wav_bytes(decode_alaw(prompt), comment=SYNTHETIC_LABEL)

    def _voice_of(self, resident: str) -> str:
        assert self._engine is not None
        others = [each for each in self._engine.voices if each != VOICE]
        return others[crc32(resident.encode()) % len(others)]


def _stand_back() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND_CALLS)
