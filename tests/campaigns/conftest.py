"""A small community in a store: three grids, a lead and a worker in two of them, and as many households as wanted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from campaigns.audience import AudienceQuery
from campaigns.policy import Policy
from dialogs.dictionary import load_dictionary
from integrations.campaigns import book
from integrations.campaigns.launch import Launched, launch
from integrations.campaigns.rehearsals import keep, rules_of
from integrations.storage.models import HouseholdRow, PlaceRow, QuestionnaireRow, ResidentRow, WorkerRow
from integrations.storage.store import Store, StoreSession

QUESTIONNAIRE = "q" * 64


@dataclass(slots=True)
class Community:
    """What is in the store, by the names that tests use."""

    store: Store
    at: datetime
    households: list[str] = field(default_factory=list)
    residents: list[str] = field(default_factory=list)

    def settle_in(self, count: int, **resident: Any) -> list[str]:
        """Households with one resident each; every third lies in a grid without workers. Their residents' ids."""
        with self.store.writing() as session:
            return [
                self._household(session, number, resident)
                for number in range(len(self.households), count + len(self.households))
            ]

    def _household(self, session: StoreSession, number: int, resident: Mapping[str, Any]) -> str:
        household, person = f"h{number:06}", f"r{number:06}"
        grid = f"g{number % 3}"
        session.add(
            HouseholdRow(
                id=household,
                place_id=f"b{number % 3}",
                grid_id=grid,
                room=f"{number:06}",
                ref_idx=f"{number:064}",
                worker_id=None if grid == "g2" else f"w{number % 3}",
                deputy_id=None,
            )
        )
        phone = f"139{number:08}"
        values = {
            "name": f"住户{number}",
            "name_idx": self.store.keys.blind_index("name", f"住户{number}"),
            "phone": phone,
            "phone_idx": self.store.keys.blind_index("phone", phone),
            "is_head": True,
            "consent": "given",
            "birth_year": 1950,
            "created_at": self.at,
            "updated_at": self.at,
        }
        session.add(ResidentRow(id=person, household_id=household, **(values | resident)))
        self.households.append(household)
        self.residents.append(person)
        return person

    def campaign(self, policy: Policy | None = None, audience: AudienceQuery | None = None) -> str:
        """An approved campaign's id."""
        with self.store.writing() as session:
            made = book.create(
                session,
                title="健康随访",
                questionnaire=QUESTIONNAIRE,
                audience=audience or AudienceQuery(),
                policy=policy or Policy(),
                at=self.at,
            )
            keep(session, made.id, (), {}, rules=rules_of(made), role="staff", at=self.at)
            book.step(session, made.id, "approve", role="admin")
        return made.id

    def launch(self, campaign: str, *, at: datetime | None = None) -> Launched:
        """Launches it."""
        with self.store.writing() as session:
            return launch(session, campaign, role="staff", dictionary=load_dictionary(), at=at or self.at)

    def running(self, households: int, policy: Policy | None = None) -> str:
        """The id of a campaign that runs over so many new households."""
        self.settle_in(households)
        campaign = self.campaign(policy)
        self.launch(campaign)
        return campaign


@pytest.fixture
def community(store: Store, at: datetime) -> Community:
    """An empty community with places, workers and one questionnaire."""
    with store.writing() as session:
        session.add(PlaceRow(id="c", parent_id=None, kind="community", name="育林社区", sort=0))
        for number in range(3):
            session.add(PlaceRow(id=f"g{number}", parent_id="c", kind="grid", name=f"第{number}网格", sort=number))
            session.add(PlaceRow(id=f"b{number}", parent_id="c", kind="compound", name=f"{number}号院", sort=number))
        for number in range(2):
            session.add(WorkerRow(id=f"w{number}", name=f"网格员{number}", role="grid_worker", grid_id=f"g{number}"))
        session.add(WorkerRow(id="lead", name="网格长", role="grid_lead", grid_id="g0"))
        session.add(WorkerRow(id="desk", name="值班", role="desk", grid_id=None))
        session.add(
            QuestionnaireRow(
                hash=QUESTIONNAIRE, key="health-follow-up", version=1, title="健康随访", body=b"{}", added_at=at
            )
        )
    return Community(store=store, at=at)


@pytest.fixture
def at() -> datetime:
    """09:00 in Beijing on a Saturday."""
    return datetime.fromisoformat("2026-11-21T01:00:00+00:00")
