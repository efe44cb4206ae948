"""What hears and speaks in the media process, loaded when the first call needs it."""

import asyncio
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.evidence.files import SealedTape, recordings_folder
from bot.settings import Settings, read_settings
from bot.speech import RECOGNISER_MODEL, Mouth, models_folder, mouth, recogniser_spec
from integrations.storage.key_file import load_key_ring
from voice.errors import ModelError
from voice.recognise.pool import RecogniserPool
from voice.synthesise.synthesiser import Manner

# Prompts are rendered ahead behind everything else of this process: sound leaves every 20 ms.
AHEAD_NICENESS = 15


class Engines:
    """A pool of recognisers and a synthesiser with its prompts."""

    def __init__(self, data: Path, keys: Path, *, recognisers: int) -> None:
        self._settings: Settings = read_settings().model_copy(update={"data": data})
        self._keys = keys
        self._recognisers = recognisers
        self._loading = asyncio.Lock()
        self._pool: RecogniserPool | None = None
        self._mouth: Mouth | None = None
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="prompts", initializer=_step_back)

    async def load(self) -> None:
        """Returns when both are there. Raises ModelError, EngineError, StorageError."""
        async with self._loading:
            if self._mouth is None:
                self._mouth = await asyncio.to_thread(self._load_mouth)
            if self._pool is None:
                self._pool = await asyncio.to_thread(self._load_pool)

    @property
    def recogniser(self) -> RecogniserPool:
        """Once it is loaded."""
        assert self._pool is not None
        return self._pool

    def speak(self, text: str, manner: Manner) -> bytes:
        """A text as A-law at 8 kHz; blocks."""
        assert self._mouth is not None
        return self._mouth.speak(text, manner)

    def tape(self, recording: str) -> SealedTape:
        """What a call is recorded on."""
        return SealedTape(recordings_folder(self._settings.data), recording, load_key_ring(self._keys))

    async def render(
        self, texts: Sequence[str], manners: Sequence[Manner], *, progress: Callable[[int, int], None]
    ) -> None:
        """Renders texts that hold nothing personal; `progress` is told how many of how many are done."""
        await self.load()
        assert self._mouth is not None
        loop, total = asyncio.get_running_loop(), len(texts) * len(manners)
        done = 0
        for manner in manners:
            for text in texts:
                await loop.run_in_executor(self._ahead, self._mouth.ahead, text, manner)
                done += 1
                progress(done, total)

    def close(self) -> None:
        """Ends the recognisers; a sentence that is being rendered is finished first."""
        self._ahead.shutdown(cancel_futures=True)
        if self._pool is not None:
            self._pool.close()

    def _load_mouth(self) -> Mouth:
        return mouth(self._settings, load_key_ring(self._keys))

    def _load_pool(self) -> RecogniserPool:
        folder = models_folder(self._settings) / RECOGNISER_MODEL
        if not folder.is_dir():
            raise ModelError(
                "model.missing", f"还没有安装语音识别模型，请先运行 ./linyin models install {RECOGNISER_MODEL}。"
            )
        return RecogniserPool(recogniser_spec(self._settings), workers=self._recognisers)


def _step_back() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), AHEAD_NICENESS)
