"""Sends what waits in the outbox: after the commit, at least once, with its key; given up, it goes to a person."""

import asyncio
import logging
from datetime import timedelta
from functools import partial

from bot.clock import Clock
from bot.writer import Database
from integrations.campaigns import messages
from integrations.campaigns.ladder import SMS
from integrations.campaigns.messages import Later
from integrations.channels.errors import ChannelDown, ChannelError
from integrations.channels.sms.sender import ShortMessage, SmsSender
from integrations.storage import outbox
from integrations.storage.errors import StorageError
from integrations.storage.models import OutboxRow
from integrations.storage.store import StoreSession
from integrations.tickets.notices import Notices, PreparedNotice
from integrations.tickets.raising import NOTIFY

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)  # a provider answers within ten seconds
AT_ONCE = 20
LOOK_AGAIN = timedelta(seconds=30)
# After each failure, the next try; then it is given up. A provider's bad hour is outlasted, a bad day is not.
RETRY_AFTER = tuple(timedelta(minutes=each) for each in (1, 5, 30, 120, 360))
TOLD_AGAIN = 2  # of these, for a worker who is told of a ticket: it stands in the console all the same


class Outgoing:
    """The consumer of one process; any number may run. Without a sender, messages are given up at once."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        sms: SmsSender | None,
        community: str,
        callback_number: str,
        public_url: str = "",
        notices: Notices | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._sms = sms
        self._community = community
        self._callback_number = callback_number
        self._public_url = public_url
        self._notices = notices

    async def run(self) -> None:
        """Sends until it is cancelled."""
        try:
            while True:
                try:
                    handled = await self.send_due()
                except StorageError as error:  # the next look tries again
                    log.warning("outbox=failed error=%s", error.code)
                    handled = 0
                if not handled:
                    await self._clock.idle_until(self._clock.now() + LOOK_AGAIN)
        finally:
            if self._sms is not None:
                await self._sms.close()

    async def send_due(self) -> int:
        """Sends what is due now; how many messages were looked at."""
        rows = await self._database.write(self._claim)
        await asyncio.gather(*(self._send(row) for row in rows))
        return len(rows)

    def _claim(self, session: StoreSession) -> list[OutboxRow]:
        return list(outbox.claim(session, at=self._clock.now(), lease=LEASE, limit=AT_ONCE, kinds=(SMS, NOTIFY)))

    async def _send(self, row: OutboxRow) -> None:
        if row.kind == NOTIFY:
            await self._tell_worker(row)
            return
        message_id = str(row.payload["message"])
        prepared = await self._database.read(
            partial(
                messages.prepare,
                message_id=message_id,
                key=row.key,
                community=self._community,
                callback_number=self._callback_number,
                public_url=self._public_url,
                at=self._clock.now(),
            )
        )
        match prepared:
            case ShortMessage():
                await self._hand_over(row, message_id, prepared)
            case Later(until=until):
                await self._database.write(partial(outbox.postpone, message_id=row.id, until=until))
            case _:
                await self._database.write(
                    partial(outbox.give_up, message_id=row.id, error="not needed", at=self._clock.now())
                )

    async def _tell_worker(self, row: OutboxRow) -> None:
        """That there is a ticket; what cannot be told is no loss, the ticket stands in the console all the same."""
        at = self._clock.now()
        prepared: PreparedNotice = "drop"
        if self._sms is not None and self._notices is not None:
            prepared = await self._database.read(
                partial(self._notices.prepare, payload=row.payload, key=row.key, at=at)
            )
        match prepared:
            case ShortMessage() if self._sms is not None:
                try:
                    await self._sms.send(prepared, at=at)
                except ChannelError as error:
                    await self._not_told(row, error)
                else:
                    await self._database.write(partial(outbox.mark_sent, message_id=row.id, at=at))
            case Later(until=until):
                await self._database.write(partial(outbox.postpone, message_id=row.id, until=until))
            case _:
                await self._database.write(partial(outbox.give_up, message_id=row.id, error="not needed", at=at))

    async def _not_told(self, row: OutboxRow, error: ChannelError) -> None:
        """Soon again where the provider was away; by then the ticket may be seen to, and nothing is sent."""
        at = self._clock.now()
        log.warning("outbox=%s tries=%d worker not told: %s", row.id, row.attempts, error.code)
        if isinstance(error, ChannelDown) and row.attempts <= TOLD_AGAIN:
            again = partial(
                outbox.mark_failed, message_id=row.id, error=error.code, retry_at=at + RETRY_AFTER[row.attempts - 1]
            )
            await self._database.write(again)
        else:
            await self._database.write(partial(outbox.give_up, message_id=row.id, error=error.code, at=at))

    async def _hand_over(self, row: OutboxRow, message_id: str, message: ShortMessage) -> None:
        if self._sms is None:
            await self._give_up(row, message_id, "no provider")
            return
        try:
            receipt = await self._sms.send(message, at=self._clock.now())
        except ChannelDown as error:
            await self._later(row, message_id, error)
        except ChannelError as error:
            await self._give_up(row, message_id, getattr(error, "reason", error.code))
        else:
            await self._database.write(partial(self._sent, row=row, message_id=message_id, receipt=receipt))

    def _sent(self, session: StoreSession, *, row: OutboxRow, message_id: str, receipt: str) -> None:
        at = self._clock.now()
        outbox.mark_sent(session, row.id, at=at)
        messages.sent(session, message_id, receipt=receipt, at=at)

    async def _later(self, row: OutboxRow, message_id: str, error: ChannelDown) -> None:
        if row.attempts > len(RETRY_AFTER):
            await self._give_up(row, message_id, error.reason)
            return
        retry_at = self._clock.now() + RETRY_AFTER[row.attempts - 1]
        log.warning("outbox=%s tries=%d error=%s", row.id, row.attempts, error.reason)
        await self._database.write(
            partial(outbox.mark_failed, message_id=row.id, error=error.reason, retry_at=retry_at)
        )

    async def _give_up(self, row: OutboxRow, message_id: str, reason: str) -> None:
        def give_up(session: StoreSession) -> None:
            outbox.give_up(session, row.id, error=reason, at=self._clock.now())
            messages.failed(session, message_id, at=self._clock.now())

        log.warning("outbox=%s given_up=%s", row.id, reason)
        await self._database.write(give_up)
