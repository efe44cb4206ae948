"""A household with worker, deputy, lead and desk, and a matter of it that somebody must take now."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bot.clock import JumpingClock
from bot.handover import Handovers
from bot.writer import Database
from campaigns.disposition import Disposition
from integrations.handover import pins
from integrations.handover.opening import open_handover
from integrations.registry.lookup import name_index, phone_index
from integrations.storage.models import (
    HandoverRingRow,
    HandoverRow,
    HouseholdRow,
    PlaceRow,
    QuestionnaireRow,
    ResidentRow,
    SessionRow,
    TicketRow,
    WorkerRow,
)
from integrations.storage.store import Store
from integrations.telephony.loopback.ledger import Closed, read
from integrations.telephony.loopback.population import Population
from integrations.telephony.loopback.process import loopback_line
from integrations.telephony.loopback.worker import simulated_pin
from integrations.tickets.raising import Matter, raise_ticket

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # 09:00 in Beijing
PEOPLE = (
    ("worker", "李芳", "13900000001", "grid_worker"),
    ("deputy", "王强", "13900000002", "grid_worker"),
    ("lead", "赵敏", "13900000003", "grid_lead"),
    ("desk", "值班室", "13900000004", "desk"),
)
NAME, PHONE, HEARD = "尉迟秀英", "13812340001", "胸口闷，坐起来才喘得上气"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # what is tested is not the hash
# Everybody answers and takes what they are offered, and nobody forgets a PIN.
WILLING = Population(fates={}, dead={}, declines=0, ignores=0, wrong_pin=0)


class Town:
    """The store with one household in it, and what was written down about its matter."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.database = Database(store)
        self.clock = JumpingClock(AT)

    def raise_matter(self, *, kind: str = "chest_pain", severity: str = "emergency", number: int = 0) -> str:
        """A session in which something was said; the id of its hand-over."""
        at, session_id = self.clock.now(), f"s{number}"
        with self.store.writing() as session:
            session.add(
                SessionRow(
                    id=session_id,
                    resident_id="r",
                    household_id="h",
                    questionnaire="q" * 64,
                    channel="voice",
                    state=b"{}",
                    opened_at=at,
                )
            )
            session.flush()
            matter = Matter(
                dedupe_key=session_id,
                kind=kind,
                severity="emergency",
                household_id="h",
                resident_id="r",
                session_id=session_id,
                summary=kind,
                own_words=HEARD,
            )
            ticket = raise_ticket(session, matter, at=at).id
            assert open_handover(
                session,
                session_id=session_id,
                key=f"flag:{kind}",
                kind=kind,
                severity=severity,
                heard=HEARD,
                ticket_id=ticket,
                household_id="h",
                resident_id="r",
                at=at,
            )
            return session.query(HandoverRow.id).filter_by(session_id=session_id).one()[0]

    def give_pins(self) -> None:
        """Every worker knows the PIN that simulated workers press."""
        with self.store.writing() as session:
            for worker, _, phone, _ in PEOPLE:
                pins.set_pin(session, worker, simulated_pin(phone), hasher=CHEAP, at=AT)

    def handover(self, handover_id: str) -> HandoverRow:
        """The hand-over as it stands."""
        with self.store.reading() as session:
            return session.get_one(HandoverRow, handover_id)

    def rings(self, handover_id: str) -> list[HandoverRingRow]:
        """Its calls in order."""
        with self.store.reading() as session:
            return (
                session.query(HandoverRingRow).filter_by(handover_id=handover_id).order_by(HandoverRingRow.number).all()
            )

    def ticket(self) -> TicketRow:
        """Its ticket."""
        with self.store.reading() as session:
            return session.query(TicketRow).one()


@pytest.fixture
def town(store: Store) -> Town:
    """The community."""
    with store.writing() as session:
        places = (("g", None, "grid", "第一网格"), ("c", "g", "compound", "康乐小区"), ("b", "c", "building", "3号楼"))
        for place, parent, kind, name in (*places, ("u", "b", "unit", "2单元")):
            session.add(PlaceRow(id=place, parent_id=parent, kind=kind, name=name, sort=0))
            session.flush()
        for worker, name, phone, role in PEOPLE:
            session.add(WorkerRow(id=worker, name=name, phone=phone, role=role, grid_id="g"))
        session.add(QuestionnaireRow(hash="q" * 64, key="q", version=1, title="健康随访", body=b"{}", added_at=AT))
        session.add(
            HouseholdRow(
                id="h", place_id="u", grid_id="g", room="301", ref_idx="h" * 64, worker_id="worker", deputy_id="deputy"
            )
        )
        session.add(
            ResidentRow(
                id="r",
                household_id="h",
                name=NAME,
                name_idx=name_index(store.keys, NAME),
                phone=PHONE,
                phone_idx=phone_index(store.keys, PHONE),
                birth_year=1941,
                created_at=AT,
                updated_at=AT,
            )
        )
    return Town(store)


class Phones:
    """The service over a loopback line, and the far ends' own ledger."""

    def __init__(self, handovers: Handovers, ledger: Path) -> None:
        self.handovers = handovers
        self.rendered: list[str] = []  # before it was said
        self._ledger = ledger

    def heard(self, number: str) -> list[str]:
        """All that was said to this number, call by call and turn by turn."""
        return [turn.heard for each in self.calls(number) for turn in each.turns]

    def calls(self, number: str) -> list[Closed]:
        """The calls to this number that are over."""
        entries = read(self._ledger)
        return [each for each in entries if isinstance(each, Closed) and each.number == number]


@pytest.fixture
def open_phones(town: Town, tmp_path: Path):
    """Opens the telephones of people who behave in one way."""

    @asynccontextmanager
    async def opened(population: Population = WILLING, *, name: str = "main", seed: str = "1") -> AsyncIterator[Phones]:
        ledger = tmp_path / "far.jsonl"
        async with loopback_line(ledger, seed=seed, now=town.clock.now, population=population) as line:
            rendered: list[str] = []
            phones = Phones(
                Handovers(
                    database=town.database,
                    line=line,
                    clock=town.clock,
                    name=name,
                    community="育林社区",
                    hasher=CHEAP,
                    render=rendered.extend,
                ),
                ledger,
            )
            phones.rendered = rendered
            yield phones

    return opened


NOBODY_ANSWERS = Population(fates={Disposition.NO_ANSWER: 1.0}, dead={})
