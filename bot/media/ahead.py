"""What running campaigns will say is rendered before they ring; and before them what nobody can announce.

Whoever calls the community must not wait for its first words, nor a worker who is rung for an emergency.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.conversation import Conversation
from bot.desk import free_talk
from bot.lines import Telephones
from bot.media.line import MediaLine, Preparation
from bot.running import Running
from bot.settings import Settings
from bot.writer import Database
from campaigns.handover import phrases as handover
from dialogs.fixed_texts import fixed_texts
from dialogs.script import names
from voice.synthesise.synthesiser import ELDER, PLAIN

LOOK_SECONDS = 1.0
HANDOVER = "handover"  # the name of that work; every other is named by a content hash
MANNERS = (ELDER, PLAIN)  # whoever asks to be spoken to more slowly and loudly waits for it once


class PromptsAhead:
    """By questionnaire (content hash): has its prompts rendered, and says how far they are."""

    def __init__(self, line: MediaLine, conversation: Conversation, database: Database, settings: Settings) -> None:
        self._line = line
        self._database = database
        self._conversation = conversation
        self._settings = settings
        self._wanted: set[str] = set()

    def may_ring(self, questionnaire: str) -> bool:
        """Whether its calls can speak without waiting; asked once, it is being prepared. Safe from any thread."""
        self._wanted.add(questionnaire)
        return self.progress(questionnaire).ready

    def progress(self, questionnaire: str) -> Preparation:
        """How far it is."""
        return self._line.prepared.get(questionnaire, Preparation())

    async def run(self) -> None:
        """Prepares what is wanted, until it is cancelled."""
        self._line.prepare(HANDOVER, handover.fixed_texts(), MANNERS)
        if talk := await self._database.read(free_talk):
            self._wanted.add(talk)
        while True:
            for questionnaire in self._wanted - self._line.prepared.keys():
                texts = await asyncio.to_thread(self._texts, questionnaire)
                self._line.prepare(questionnaire, texts, MANNERS)
            await asyncio.sleep(LOOK_SECONDS)

    def _texts(self, questionnaire: str) -> tuple[str, ...]:
        asked = self._conversation.questionnaire(questionnaire)
        community, number = self._settings.community, self._settings.callback_number
        return fixed_texts(asked, names=names(asked, community=community, callback_number=number))


@asynccontextmanager
async def prompts_ahead(lines: Telephones, system: Running) -> AsyncIterator[PromptsAhead | None]:
    """At work inside the block; None where campaigns speak in words, which need no rendering."""
    if lines.media is None or lines.line is not lines.media:
        yield None
        return
    ahead = PromptsAhead(lines.media, system.conversation, system.database, system.settings)
    working = asyncio.create_task(ahead.run(), name="prompts ahead")
    try:
        yield ahead
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
