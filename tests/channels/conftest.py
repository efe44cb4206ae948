"""A household whose telephone nobody answered, and a gateway on this machine."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime

import pytest
import pytest_asyncio
from aiohttp import web
from sqlalchemy import select

from campaigns.audience import AudienceQuery
from campaigns.outcome import ContactOutcome
from campaigns.policy import Policy
from campaigns.settle import NextChannel
from integrations.campaigns import book
from integrations.campaigns.ladder import climb
from integrations.storage.models import CampaignRow, ContactRow, HouseholdRow, PlaceRow, QuestionnaireRow, ResidentRow
from integrations.storage.store import Store


@dataclass
class Gateway:
    """A gateway that takes messages; before that, it answers with each of `statuses` once."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    tries: list[str] = field(default_factory=list)  # idempotency keys
    taken: list[dict[str, str]] = field(default_factory=list)


@pytest_asyncio.fixture
async def gateway() -> AsyncIterator[Gateway]:
    """A gateway that listens on 127.0.0.1."""
    made = Gateway()

    async def handle(request: web.Request) -> web.Response:
        made.tries.append(request.headers["Idempotency-Key"])
        if made.statuses:
            return web.Response(status=made.statuses.pop(0))
        made.taken.append(await request.json())
        return web.json_response({"id": f"receipt-{len(made.taken)}"})

    app = web.Application()
    app.router.add_post("/", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
def at() -> datetime:
    """09:00 in Beijing."""
    return datetime.fromisoformat("2026-11-23T01:00:00+00:00")


@pytest.fixture
def unanswered(store: Store, at: datetime) -> Callable[[], str]:
    """Makes a contact whose telephone nobody answered and whose message waits in the outbox; the campaign's id."""

    def make() -> str:
        with store.writing() as session:
            session.add(PlaceRow(id="g", parent_id=None, kind="grid", name="第一网格", sort=0))
            session.add(HouseholdRow(id="h", place_id="g", grid_id="g", room="1", ref_idx="0" * 64))
            session.add(
                ResidentRow(
                    id="r",
                    household_id="h",
                    name="陈秀英",
                    name_idx="0" * 64,
                    phone="13912345678",
                    phone_idx=store.keys.blind_index("phone", "13912345678"),
                    is_head=True,
                    consent="given",
                    created_at=at,
                    updated_at=at,
                )
            )
            session.add(QuestionnaireRow(hash="q" * 64, key="q", version=1, title="问卷", body=b"{}", added_at=at))
            session.flush()
            policy = Policy(ladder=("voice", "sms", "visit"))
            made = book.create(
                session, title="随访", questionnaire="q" * 64, audience=AudienceQuery(), policy=policy, at=at
            )
            session.scalars(select(CampaignRow)).one().status = "running"
            contact = ContactRow(
                id="c", campaign_id=made.id, resident_id="r", household_id="h", why={}, status="open", attempts_made=3
            )
            session.add(contact)
            session.flush()
            climb(session, contact, made, NextChannel(channel="sms", outcome=ContactOutcome.NOT_REACHED), at=at)
        return made.id

    return make
