"""Says prompts: from the cache, from units of the cache, or by rendering them now."""

from collections.abc import Collection, Iterable, Sequence

from voice.audio.g711 import ALAW_SILENCE
from voice.audio.sound import TELEPHONE_HZ
from voice.prompts.cache import PromptCache, PromptKey
from voice.prompts.splice import pieces
from voice.synthesise.synthesiser import Manner, Synthesiser


class Renderer:
    """Prompts of one synthesiser in one voice."""

    def __init__(self, synthesiser: Synthesiser, cache: PromptCache, *, voice: str) -> None:
        self._synthesiser = synthesiser
        self._cache = cache
        self._voice = voice

    def prompt(self, text: str, *, manner: Manner, personal: bool) -> bytes:
        """The text as A-law at 8 kHz, rendered if it is not yet in the cache."""
        cached = self.cached(text, manner=manner, personal=personal)
        if cached is not None:
            return cached
        key = self._key(text, manner, personal=personal)
        return self._cache.put(key, self._synthesiser.speak(text, voice=self._voice, manner=manner))

    def cached(self, text: str, *, manner: Manner, personal: bool) -> bytes | None:
        """The text as A-law at 8 kHz, if it was rendered before."""
        return self._cache.get(self._key(text, manner, personal=personal))

    def spliced(self, text: str, units: Collection[str], *, longest: int, manner: Manner) -> bytes | None:
        """The text put together from units of the cache; None where one is missing.

        No unit is personal by itself; the whole is never stored. `longest` as `voice.prompts.splice.pieces` has it.
        """
        said = b""
        for piece in pieces(text, units, longest=longest) or ():
            unit = self.cached(piece.unit, manner=manner, personal=False)
            if unit is None:
                return None
            said += ALAW_SILENCE * round(piece.gap_seconds * TELEPHONE_HZ) + unit
        return said or None

    def render_ahead(self, texts: Iterable[str], *, manners: Sequence[Manner]) -> int:
        """Renders what is missing for the start of a campaign, and returns how many prompts that were."""
        missing = 0
        for text in texts:
            for manner in manners:
                if self.cached(text, manner=manner, personal=False) is None:
                    self.prompt(text, manner=manner, personal=False)
                    missing += 1
        return missing

    def _key(self, text: str, manner: Manner, *, personal: bool) -> PromptKey:
        return PromptKey(text=text, engine=self._synthesiser.name, voice=self._voice, manner=manner, personal=personal)
