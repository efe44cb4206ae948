"""What may be said next is rendered while the assistant speaks, after everything that it is saying."""

import asyncio

from voice.errors import VoiceError
from voice.loopback.media_call import LoopbackCall
from voice.speaking import Rendered, Speaking
from voice.synthesise.synthesiser import PLAIN, Manner


async def test_the_next_sentence_with_a_name_is_rendered_during_this_one() -> None:
    asked: list[str] = []
    played: asyncio.Queue[Rendered] = asyncio.Queue()

    def speak(text: str, manner: Manner) -> bytes:
        asked.append(text)
        if text == "坏了":
            raise VoiceError("engine.failed", "合成不了")
        if text == "请问是尉迟女士家吗？":
            done.set()
        return text.encode()

    class Done(asyncio.Event):
        def set(self) -> None:
            loop.call_soon_threadsafe(super().set)

    loop, done = asyncio.get_running_loop(), Done()
    speaking = Speaking(LoopbackCall("1", number="1"), speak, played.put_nowait)
    speaking.begin(["您好。", "现在方便吗？"], PLAIN, soon=["坏了", "请问是尉迟女士家吗？"])
    await asyncio.wait_for(done.wait(), 10)
    assert asked == ["您好。", "现在方便吗？", "坏了", "请问是尉迟女士家吗？"]
    heard = [played.get_nowait() for _ in range(played.qsize())]
    assert [each.alaw.decode() for each in heard] == ["您好。", "现在方便吗？", ""]  # nothing of it is played
    speaking.stop()
