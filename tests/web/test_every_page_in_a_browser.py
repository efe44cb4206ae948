"""axe-core and the browser's own complaints on every page of the console that no other walk comes by."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from campaigns.audience import AudienceQuery
from campaigns.policy import Policy
from integrations.campaigns import book
from integrations.campaigns.following import create, enrol
from integrations.storage.models import IncomingCallRow

pytestmark = pytest.mark.browser
NAME = "王秀英"


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """One engine is enough here: the other tests of this folder run on both."""
    return f"sqlite:///{tmp_path}/linyin.db"


def a_series(town: Any) -> str:
    at = town.clock.now()
    with town.store.writing() as session:
        row = create(
            session, title="出院随访", questionnaire=town.questionnaire, days=[1, 3, 7], policy=Policy(), at=at
        )
        enrol(session, row.id, [town.residents[NAME]], event_on=date(2026, 11, 20), at=at)
        return row.id


def an_incoming_call(town: Any) -> str:
    at = town.clock.now()
    with town.store.writing() as session:
        row = IncomingCallRow(
            id=session.new_id(at=at), at=at, caller="13812340001", resident_id=town.residents[NAME],
            ended_at=at, disposition="answered", ended_by="them",
        )  # fmt: skip
        session.add(row)
        return row.id


def a_draft(town: Any) -> str:
    at = town.clock.now()
    with town.store.writing() as session:
        whom = AudienceQuery(residents=(town.residents[NAME],))
        return book.create(
            session, title="试打一轮", questionnaire=town.questionnaire, audience=whom, policy=Policy(), at=at
        ).id


async def test_no_page_has_a_serious_fault(town: Any, desk: Any, administrator: Any) -> None:
    campaign = a_draft(town)
    pages = (
        f"/campaigns/{campaign}/edit",
        f"/campaigns/compare?of={campaign}&of={town.campaign}",
        f"/campaigns/{town.campaign}/contacts",
        "/series",
        f"/series/{a_series(town)}",
        "/incoming",
        f"/incoming/{an_incoming_call(town)}",
        "/erasures",
        f"/erasures/{town.asked_to_be_deleted(NAME)}",
        f"/questionnaires/{town.questionnaire}/edit",
    )
    await administrator(desk)
    for number, path in enumerate(pages, 70):
        await desk.go(path)
        assert await desk.page.get_by_role("heading", level=1).count() == 1, path
        await desk.check(f"{number}{path.split('?')[0].replace('/', '-')}")


async def test_the_page_behind_a_link_that_is_no_longer_good_has_no_serious_fault(town: Any, telephone: Any) -> None:
    await telephone.go("/q/none")
    telephone.complaints.clear()  # the browser itself reports a 404
    await telephone.check("90-link")
