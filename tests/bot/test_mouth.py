"""What the assistant says without rendering it while somebody waits."""

from datetime import UTC, datetime
from pathlib import Path

from bot.speech import Mouth, SealedPrompts
from integrations.storage.key_file import create_key_file
from voice.audio.sound import Sound
from voice.prompts.cache import PromptCache
from voice.prompts.renderer import Renderer
from voice.synthesise.espeak import Espeak
from voice.synthesise.synthesiser import ELDER, PLAIN, Manner

AT = datetime(2026, 11, 22, tzinfo=UTC)


class Counting(Espeak):
    """Remembers what it was asked to render."""

    def __init__(self) -> None:
        super().__init__()
        self.rendered: list[str] = []

    def speak(self, text: str, *, voice: str, manner: Manner) -> Sound:
        self.rendered.append(text)
        return super().speak(text, voice=voice, manner=manner)


def test_a_value_is_read_back_without_rendering_anything(tmp_path: Path) -> None:
    engine = Counting()
    cipher = SealedPrompts(create_key_file(tmp_path / "keys", at=AT))
    cache = PromptCache(tmp_path / "prompts", cipher=cipher, secret=b"secret")
    mouth = Mouth(Renderer(engine, cache, voice="cmn"))
    for unit in ("十一月", "二十一号", "对不对？"):
        mouth.ahead(unit, ELDER)
    mouth.speak("十一月二十一号，对不对？", ELDER)
    assert engine.rendered == ["十一月", "二十一号", "对不对？"]
    mouth.speak("十一月二十一号，对不对？", PLAIN)  # in this manner there are no units
    mouth.speak("十一月二十二号，对不对？", ELDER)
    assert engine.rendered[3:] == ["十一月二十一号，对不对？", "十一月二十二号，对不对？"]
    assert len([*(tmp_path / "prompts" / "personal").rglob("*.al")]) == 2
