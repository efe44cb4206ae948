"""What running campaigns will say is rendered before they ring; and before them what nobody can announce.

Whoever calls the community must not wait for its first words, nor a worker who is rung for an emergency.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress

from bot.conversation import Conversation
from bot.desk import free_talk
from bot.lines import Telephones
from bot.media.line import MediaLine, Preparation
from bot.running import Running
from bot.settings import Settings
from bot.writer import Database
from campaigns.handover import phrases as handover
from dialogs.fixed_texts import fixed_texts, spoken_parts
from dialogs.questionnaire import Questionnaire
from dialogs.script import names
from voice.prompts.splice import units_ahead
from voice.synthesise.synthesiser import ELDER, PLAIN, Manner

LOOK_SECONDS = 1.0
HANDOVER = "handover"  # the name of that work; those of questionnaires are content hashes
UNITS = "units"  # the beginning of the names of the pieces of work that no call waits for
BATCH = 12  # units rendered before it is looked again whether a campaign needs its prompts
MANNERS = (ELDER, PLAIN)  # whoever asks to be spoken to more slowly and loudly waits for it once


class PromptsAhead:
    """By questionnaire (content hash): has its prompts rendered, and says how far they are."""

    def __init__(self, line: MediaLine, conversation: Conversation, database: Database, settings: Settings) -> None:
        self._line = line
        self._database = database
        self._conversation = conversation
        self._settings = settings
        self._wanted: set[str] = set()
        self._rings: set[str] = set()  # questionnaires of campaigns
        self._spliced: set[str] = set()  # those whose units are waiting or rendered
        self._units: deque[tuple[tuple[str, ...], Manner]] = deque()
        self._batches = 0

    def may_ring(self, questionnaire: str) -> bool:
        """Whether its calls can speak without waiting; asked once, it is being prepared. Safe from any thread."""
        self._wanted.add(questionnaire)
        self._rings.add(questionnaire)
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
            if all(each.ready for each in self._line.prepared.values()):
                await self._render_units()
            await asyncio.sleep(LOOK_SECONDS)

    async def _render_units(self) -> None:
        """The next batch of what sentences with a name or a value are spliced from, once a campaign rings."""
        for questionnaire in sorted(self._rings - self._spliced):
            parts = await asyncio.to_thread(self._parts, questionnaire)
            self._units.extendleft(reversed([*_batches(parts)]))
            if not self._spliced:
                self._units.extend(_batches(tuple(units_ahead())))
            self._spliced.add(questionnaire)
        if self._units:
            texts, manner = self._units.popleft()
            self._batches += 1
            self._line.prepare(f"{UNITS}:{self._batches}", texts, (manner,))

    def _parts(self, questionnaire: str) -> tuple[str, ...]:
        return spoken_parts(*self._asked(questionnaire))

    def _texts(self, questionnaire: str) -> tuple[str, ...]:
        return fixed_texts(*self._asked(questionnaire))

    def _asked(self, questionnaire: str) -> tuple[Questionnaire, dict[str, str]]:
        asked = self._conversation.questionnaire(questionnaire)
        community, number = self._settings.community, self._settings.callback_number
        return asked, names(asked, community=community, callback_number=number)


def _batches(texts: Sequence[str]) -> Iterator[tuple[tuple[str, ...], Manner]]:
    for manner in MANNERS:
        yield from ((tuple(texts[at : at + BATCH]), manner) for at in range(0, len(texts), BATCH))


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
