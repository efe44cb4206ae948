"""Says prompts: from the cache, from units of the cache, or by rendering them now."""

from collections.abc import Iterable, Sequence

from voice.audio.g711 import ALAW_SILENCE
from voice.audio.sound import TELEPHONE_HZ
from voice.prompts.cache import PromptCache, PromptKey
from voice.prompts.splice import UNIT_GAP_SECONDS, pieces
from voice.synthesise.synthesiser import Manner, Synthesiser

GAP = ALAW_SILENCE * round(UNIT_GAP_SECONDS * TELEPHONE_HZ)


class Renderer:
    """Prompts of one synthesiser in one voice."""

    def __init__(self, synthesiser: Synthesiser, cache: PromptCache, *, voice: str) -> None:
        self._synthesiser = synthesiser
        self._cache = cache
        self._voice = voice

    def prompt(self, text: str, *, manner: Manner, personal: bool) -> bytes:
        """The text as A-law at 8 kHz, rendered if it is not yet in the cache."""
        key = self._key(text, manner, personal=personal)
        cached = self._cache.get(key)
        if cached is not None:
            return cached
        return self._cache.put(key, self._synthesiser.speak(text, voice=self._voice, manner=manner))

    def spliced(self, pattern: str, values: dict[str, tuple[str, ...]], *, manner: Manner) -> bytes:
        """A pattern with its slots filled by units. No unit is personal by itself; the whole is never stored."""
        parts = [self.prompt(each, manner=manner, personal=False) for each in pieces(pattern, values)]
        return GAP.join(parts)

    def render_ahead(self, texts: Iterable[str], *, manners: Sequence[Manner]) -> int:
        """Renders what is missing for the start of a campaign, and returns how many prompts that were."""
        missing = 0
        for text in texts:
            for manner in manners:
                if self._cache.get(self._key(text, manner, personal=False)) is None:
                    self.prompt(text, manner=manner, personal=False)
                    missing += 1
        return missing

    def _key(self, text: str, manner: Manner, *, personal: bool) -> PromptKey:
        return PromptKey(text=text, engine=self._synthesiser.name, voice=self._voice, manner=manner, personal=personal)
