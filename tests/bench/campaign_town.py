"""A town of any size for benches: households with one telephone each, made faster than a book can be read."""

from collections.abc import Iterator
from datetime import datetime, time

import msgspec
from sqlalchemy import insert, select

from campaigns.audience import AudienceQuery
from campaigns.pacing import Pacing
from campaigns.policy import Policy
from campaigns.window import CallingWindow
from dialogs.dictionary import load_dictionary
from integrations.campaigns import book
from integrations.campaigns.launch import launch
from integrations.campaigns.rehearsals import keep, rules_of
from integrations.registry.lookup import name_index, phone_index
from integrations.storage.models import HouseholdRow, PlaceRow, QuestionnaireRow, ResidentRow, WorkerRow
from integrations.storage.store import Store

ALWAYS = CallingWindow(opens=time(0), closes=time(23, 59, 59, 999999))
AT_ANY_HOUR = Policy(window=ALWAYS)
GRID_HOUSEHOLDS = 400  # as many as one grid worker looks after
BATCH = 5000
COMMUNITY = "育林社区"


def settle(store: Store, households: int, *, at: datetime) -> None:
    """So many households, in grids of GRID_HOUSEHOLDS with a worker each."""
    with store.writing() as session:
        session.execute(insert(PlaceRow), [{"id": "c", "kind": "community", "name": COMMUNITY, "sort": 0}])
        grids = range(-(-households // GRID_HOUSEHOLDS))
        session.execute(
            insert(PlaceRow),
            [
                {"id": f"g{each}", "parent_id": "c", "kind": "grid", "name": f"第{each}网格", "sort": each}
                for each in grids
            ],
        )
        session.execute(
            insert(WorkerRow),
            [
                {"id": f"w{each}", "name": f"网格员{each}", "role": "grid_worker", "grid_id": f"g{each}"}
                for each in grids
            ],
        )
    for start in range(0, households, BATCH):
        numbers = range(start, min(start + BATCH, households))
        with store.writing() as session:
            session.execute(insert(HouseholdRow), list(_households(numbers)))
            session.execute(insert(ResidentRow), list(_residents(store, numbers, at=at)))


def _households(numbers: range) -> Iterator[dict[str, object]]:
    for each in numbers:
        grid = each // GRID_HOUSEHOLDS
        yield {
            "id": f"h{each:07}",
            "place_id": f"g{grid}",
            "grid_id": f"g{grid}",
            "room": f"{each:07}",
            "ref_idx": f"{each:064}",
            "worker_id": f"w{grid}",
        }


def _residents(store: Store, numbers: range, *, at: datetime) -> Iterator[dict[str, object]]:
    for each in numbers:
        name, phone = f"住户{each}", f"13{each:09}"
        yield {
            "id": f"r{each:07}",
            "household_id": f"h{each:07}",
            "name": name,
            "name_idx": name_index(store.keys, name),
            "phone": phone,
            "phone_idx": phone_index(store.keys, phone),
            "is_head": True,
            "consent": "given",
            "birth_year": 1950,
            "created_at": at,
            "updated_at": at,
        }


def start_campaign(
    store: Store, questionnaire: str, pacing: Pacing, *, at: datetime, policy: Policy = AT_ANY_HOUR
) -> tuple[str, int]:
    """Launches a campaign to everybody, at any hour; its id and how many contacts it has."""
    with store.writing() as session:
        content = session.scalars(select(QuestionnaireRow.hash).where(QuestionnaireRow.key == questionnaire)).one()
        made = book.create(
            session,
            title="健康随访",
            questionnaire=content,
            audience=AudienceQuery(),
            policy=msgspec.structs.replace(policy, pacing=pacing),
            at=at,
        )
        keep(session, made.id, (), {}, rules=rules_of(made), role="staff", at=at)
        book.step(session, made.id, "approve", role="admin")
    with store.writing() as session:
        return made.id, launch(session, made.id, role="staff", dictionary=load_dictionary(), at=at).contacts
