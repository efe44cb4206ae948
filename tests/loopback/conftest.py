"""Lines for the contract suite: each way to make calls brings the situations that the contract speaks of."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from campaigns.disposition import Disposition
from integrations.telephony.loopback.bank import Bank, load_bank
from integrations.telephony.loopback.population import Population
from integrations.telephony.loopback.process import loopback_line
from voice.line import Line

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
CALM = Population(fates={}, dead={}, endings={}, red_flags=0, corrections=0, stories=0, asides=0)

Situation = Literal["answers", "busy", "rings_for_ever", "machine", "hangs_up", "says_nothing"]
OpenLine = Callable[[Situation], AbstractAsyncContextManager[Line]]

SITUATIONS: dict[Situation, dict[str, object]] = {
    "answers": {},
    "busy": {"fates": {Disposition.BUSY: 1.0}},
    "rings_for_ever": {"fates": {Disposition.NO_ANSWER: 1.0}},
    "machine": {"fates": {Disposition.VOICEMAIL: 1.0}},
    "hangs_up": {"endings": {"hangs_up": 1.0}},
    "says_nothing": {"endings": {"mute": 1.0}},
}


def population(situation: Situation) -> Population:
    """Residents of one mind."""
    calm = {name: getattr(CALM, name) for name in CALM.__struct_fields__}
    return Population(**(calm | SITUATIONS[situation]))


@pytest.fixture(params=["loopback"])
def open_line(request: pytest.FixtureRequest, tmp_path: Path) -> OpenLine:
    """Opens a line whose far ends all behave in one way. Audio lines join here, by name."""

    @asynccontextmanager
    async def loopback(situation: Situation) -> AsyncIterator[Line]:
        async with loopback_line(
            tmp_path / "ledger.jsonl", seed="contract", now=lambda: AT, population=population(situation)
        ) as line:
            yield line

    return {"loopback": loopback}[request.param]


@pytest.fixture(scope="session")
def bank() -> Bank:
    """The phrase bank."""
    return load_bank()
