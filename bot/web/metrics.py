"""Figures for Prometheus. Counts and times only, never a person."""

import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Select, func, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.collaborators import Collaborators
from integrations.storage.models import AttemptRow, CampaignRow, HandoverRow, OutboxRow, SessionRow, TicketRow

# A page is read in a tenth of a second; a turn waits for a dialogue worker, an export for a workbook.
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class StoreFigures(Collector):
    """Counts the rows when it is asked."""

    def __init__(self, given: Collaborators) -> None:
        self._given = given

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge for each kind of row, by state."""
        with self._given.store.reading() as session:
            for name, about, query in _GAUGES:
                family = GaugeMetricFamily(name, about, labels=["state"])
                for state, count in session.execute(query):
                    family.add_metric([state], count)
                yield family
            for name, about, waiting in _COUNTS:
                yield GaugeMetricFamily(name, about, value=session.scalar(waiting) or 0)
        answering = GaugeMetricFamily("linyin_dialogue_worker_up", "Whether a worker answers", labels=["worker"])
        for worker, up in self._given.workers().items():
            answering.add_metric([worker], int(up))
        yield answering


_GAUGES: tuple[tuple[str, str, Select[str, int]], ...] = (
    (
        "linyin_campaigns",
        "Campaigns by status",
        select(CampaignRow.status, func.count()).group_by(CampaignRow.status),
    ),
    ("linyin_attempts", "Attempts by status", select(AttemptRow.status, func.count()).group_by(AttemptRow.status)),
    ("linyin_tickets", "Tickets by state", select(TicketRow.state, func.count()).group_by(TicketRow.state)),
)
_COUNTS: tuple[tuple[str, str, Select[int]], ...] = (
    (
        "linyin_sessions_open",
        "Sessions that have not ended",
        select(func.count()).select_from(SessionRow).where(SessionRow.ended_at.is_(None)),
    ),
    (
        "linyin_handovers_unheard",
        "Urgent matters that everybody was rung about and nobody has taken",
        select(func.count())
        .select_from(HandoverRow)
        .join(TicketRow, TicketRow.id == HandoverRow.ticket_id)
        .where(
            HandoverRow.unheard_at.is_not(None),
            HandoverRow.status.in_(("open", "given_up")),
            TicketRow.state == "open",
        ),
    ),
    (
        "linyin_outbox_waiting",
        "Messages not yet sent",
        select(func.count()).select_from(OutboxRow).where(OutboxRow.sent_at.is_(None)),
    ),
)


class RequestFigures:
    """Counts requests and their time by route, never by address or path."""

    def __init__(self, app: ASGIApp, *, registry: CollectorRegistry) -> None:
        self._app = app
        self._requests = Counter("linyin_requests", "Requests", ["method", "route", "status"], registry=registry)
        self._seconds = Histogram(
            "linyin_request_seconds", "Time to answer", ["route"], registry=registry, buckets=SECONDS
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()
        status = 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self._requests.labels(scope["method"], route, str(status)).inc()
            self._seconds.labels(route).observe(time.monotonic() - started)
