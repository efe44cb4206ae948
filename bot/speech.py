"""The engines that hear and speak, opened from the installed models."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.cli.reporting import progress
from bot.settings import Settings
from dialogs.fixed_texts import fixed_texts
from dialogs.questionnaire import Questionnaire
from dialogs.script import names
from integrations.storage.errors import StorageError
from integrations.storage.keys import KeyRing
from voice.prompts.cache import PromptCache
from voice.prompts.renderer import Renderer
from voice.recognise.messages import EngineSpec
from voice.recognise.pool import TURN_LIMIT_SECONDS, RecogniserPool
from voice.synthesise.kokoro import Kokoro
from voice.synthesise.synthesiser import Manner, Synthesiser

RECOGNISER, RECOGNISER_MODEL = "whisper", "whisper-base"
SYNTHESISER_MODEL = "kokoro-zh"
VOICE = "zf_xiaoxiao"
LABEL = "prompts.personal"  # what the key ring binds sealed prompts to
PROGRESS_EVERY = 10
LONGEST_UNIT = 24  # characters: 给您约上了, 三十七度二, an option's name; whole sentences are no units


class SealedPrompts:
    """The key ring as the prompt cache wants it (`voice.prompts.cache.Cipher`)."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def seal(self, plain: bytes) -> bytes:
        """The bytes sealed."""
        return self._keys.seal(plain, label=LABEL)

    def open(self, sealed: bytes) -> bytes:
        """The bytes that were sealed. Raises ValueError."""
        try:
            return self._keys.open(sealed, label=LABEL)
        except StorageError as error:
            raise ValueError("not a prompt of ours") from error


class Mouth:
    """Says texts: those rendered ahead from the open cache; others from units of it, where there are such; what is left
    is rendered now and sealed, for it may be personal.
    """

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self._fixed: frozenset[str] = frozenset()

    def prepare(self, questionnaire: Questionnaire, settings: Settings, manner: Manner) -> None:
        """Renders everything that a questionnaire may say, with progress; what is in the cache costs nothing."""
        texts = self.know(questionnaire, settings)
        for number, text in enumerate(texts, start=1):
            if self._renderer.render_ahead([text], manners=[manner]) and number % PROGRESS_EVERY == 0:
                progress(f"  预先合成语音：{number}/{len(texts)}")

    def know(self, questionnaire: Questionnaire, settings: Settings) -> tuple[str, ...]:
        """What a questionnaire may say of nobody in particular: such prompts are kept open, and all are returned."""
        filled = names(questionnaire, community=settings.community, callback_number=settings.callback_number)
        texts = fixed_texts(questionnaire, filled)
        self._fixed |= frozenset(texts)
        return texts

    def ahead(self, text: str, manner: Manner) -> None:
        """Renders a text that holds nothing personal, unless it is in the cache."""
        self._fixed |= {text}
        self._renderer.render_ahead([text], manners=[manner])

    def speak(self, text: str, manner: Manner) -> bytes:
        """A text as A-law at 8 kHz."""
        personal = text not in self._fixed
        if personal and self._renderer.cached(text, manner=manner, personal=True) is None:
            spliced = self._renderer.spliced(text, self._fixed, longest=LONGEST_UNIT, manner=manner)
            if spliced is not None:
                return spliced
        return self._renderer.prompt(text, manner=manner, personal=personal)


def synthesiser(settings: Settings) -> Kokoro:
    """The engine that speaks to residents. Raises ModelError when its model is not installed."""
    return Kokoro(models_folder(settings) / SYNTHESISER_MODEL)


def mouth(settings: Settings, keys: KeyRing, *, engine: Synthesiser | None = None, shared: Path | None = None) -> Mouth:
    """What speaks to residents. `shared` is where open prompts are kept, if not with the others. Raises ModelError."""
    cache = PromptCache(
        settings.data / "prompts",
        cipher=SealedPrompts(keys),
        secret=bytes.fromhex(keys.blind_index("prompts", ""))[:32],
        shared=shared,
    )
    return Mouth(Renderer(engine or synthesiser(settings), cache, voice=VOICE))


@contextmanager
def recogniser(settings: Settings, *, turn_limit_seconds: float = TURN_LIMIT_SECONDS) -> Iterator[RecogniserPool]:
    """The recogniser in processes of its own. Raises ModelError, EngineError."""
    with RecogniserPool(recogniser_spec(settings), workers=1, turn_limit_seconds=turn_limit_seconds) as pool:
        yield pool


def recogniser_spec(settings: Settings) -> EngineSpec:
    """What every process that recognises loads."""
    return EngineSpec(engine=RECOGNISER, folder=models_folder(settings) / RECOGNISER_MODEL)


def models_folder(settings: Settings) -> Path:
    """Where models are installed."""
    return settings.data / "models"
