"""Rehearsals that are under way: started on a page, watched on any, over after a minute."""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.auth.login import Visitor
from bot.clock import Clock
from bot.errors import BotError
from bot.web.trail import note
from campaigns.errors import CampaignError
from campaigns.lifecycle import Role
from integrations.errors import IntegrationError
from integrations.storage.store import Store

log = logging.getLogger(__name__)
BROKEN = "演练没有做完，程序出了差错，已经记录下来。请再演练一次，仍不行请联系管理员。"


class Watcher(Protocol):
    """Is told how many of how many calls are over."""

    def __call__(self, done: int, of: int, /) -> None: ...


class Rehearser(Protocol):
    """Rehearses campaigns; see `bot.rehearsal.Rehearsals`."""

    async def run(self, campaign_id: str, *, role: Role, progress: Watcher) -> object:
        """Plays a campaign through, keeps that, and takes the campaign to `rehearsed`."""
        ...


@dataclass(slots=True, kw_only=True)
class UnderWay:
    """How far a rehearsal is. `error` says why it ended without a result."""

    began: datetime
    done: int = 0
    of: int = 0
    over: bool = False
    error: str = ""


class RehearsalsUnderWay:
    """One rehearsal of a campaign at a time, whoever asks for it."""

    def __init__(self, rehearser: Rehearser, store: Store, clock: Clock) -> None:
        self._rehearser = rehearser
        self._store = store
        self._clock = clock
        self._found: dict[str, UnderWay] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def of(self, campaign_id: str) -> UnderWay | None:
        """The rehearsal of this campaign that goes on, or ended without a result, as it is now.

        Ask before you read the store: a page that then still shows one under way asks again, while one that read
        the store first could miss the end in between and wait for ever.
        """
        found = self._found.get(campaign_id)
        return None if found is None else replace(found)

    def start(self, campaign_id: str, by: Visitor) -> None:
        """Begins a rehearsal, unless one of this campaign goes on already."""
        before = self._found.get(campaign_id)
        if before is not None and not before.over:
            return
        self._found[campaign_id] = now = UnderWay(began=self._clock.now())
        task = asyncio.get_running_loop().create_task(self._run(campaign_id, now, by), name=f"rehearse {campaign_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, campaign_id: str, now: UnderWay, by: Visitor) -> None:
        def watch(done: int, of: int, /) -> None:
            now.done, now.of = done, of

        try:
            await self._rehearser.run(campaign_id, role=by.role, progress=watch)
            await asyncio.to_thread(self._written_down, campaign_id, by)
            del self._found[campaign_id]
        except (BotError, CampaignError, IntegrationError) as error:
            now.error = error.message
        except Exception as error:
            log.exception("rehearsal failed campaign=%s error=%s", campaign_id, type(error).__name__)
            now.error = BROKEN
        finally:
            now.over = True

    def _written_down(self, campaign_id: str, by: Visitor) -> None:
        note(self._store, by, "campaign.rehearsed", "campaign", campaign_id, at=self._clock.now())
