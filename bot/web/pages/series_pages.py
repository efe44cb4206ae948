"""Follow-ups: a questionnaire on set days after an event, who is due when, and stopping one person."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from bot.web.errors import BadForm, NotFound
from bot.web.gate import CampaignReader, CampaignRunner, Given, OwnForm, PeopleReader
from bot.web.reads.plan import questionnaires
from bot.web.reads.series import listed, people, rounds
from bot.web.rendering import Show, moved
from campaigns.policy import Policy
from campaigns.series import LABELS
from integrations.campaigns import following
from integrations.registry.lookup import residents_by_phone
from integrations.storage.models import EnrolmentRow
from integrations.storage.store import StoreSession

router = APIRouter()
SECTION = "/campaigns"
STATUSES = {"draft": "草稿", "running": "进行中", "ended": "已结束"}
_APART = re.compile(r"[\s,，、;；]+")


@router.get("/series")
def series_list(*, given: Given, known: CampaignReader, show: Show) -> Response:
    """All series, and the form for a new one."""
    with given.store.reading() as session:
        found = listed(session)
        choices = questionnaires(session)
    return show.page(
        known,
        "series_list.html",
        section=SECTION,
        series=found,
        questionnaires=choices,
        states=LABELS,
        statuses=STATUSES,
    )


@router.post("/series", dependencies=[OwnForm])
def created(
    *,
    request: Request,
    given: Given,
    known: CampaignRunner,  # noqa: ARG001  only they may
    questionnaire: Annotated[str, Form(max_length=64)] = "",
    title: Annotated[str, Form(max_length=80)] = "",
    days: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """A new draft."""
    if not title.strip():
        raise BadForm("请给随访起个名字，比如“出院随访”。")
    with given.store.writing() as session:
        row = following.create(
            session,
            title=title.strip(),
            questionnaire=questionnaire,
            days=_days(days),
            policy=Policy(),
            at=given.clock.now(),
        )
        made = row.id
    return moved(request, f"/series/{made}")


@router.get("/series/{series_id}")
def series_page(*, series_id: str, given: Given, known: CampaignReader, show: Show) -> Response:
    """One series: its people and its rounds. Names are for those who may see people."""
    with given.store.reading() as session:
        found = listed(session, series_id)
        if not found:
            raise NotFound
        return show.page(
            known,
            "series.html",
            section=SECTION,
            series=found[0],
            people=people(session, known.scope, series_id) if known.may("see_people") else (),
            rounds=rounds(session, series_id) if known.everywhere else (),
            states=LABELS,
            statuses=STATUSES,
            may_approve=known.role in following.APPROVES,
        )


@router.post("/series/{series_id}/people", dependencies=[OwnForm])
def enrolled(
    *,
    request: Request,
    series_id: str,
    given: Given,
    known: CampaignRunner,  # noqa: ARG001  only they may
    lines: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Puts people in: a line for each, telephone and date. All of them or, with a line that is wrong, none."""
    at = given.clock.now()
    with given.store.writing() as session:
        for event_on, residents in _told(session, lines).items():
            following.enrol(session, series_id, residents, event_on=event_on, at=at)
    return moved(request, f"/series/{series_id}")


@router.post("/series/{series_id}/approve", dependencies=[OwnForm])
def approved(*, request: Request, series_id: str, given: Given, known: CampaignReader) -> Response:
    """Its days call by themselves from now on; who may is decided by `following.approve`."""
    with given.store.writing() as session:
        following.approve(session, series_id, role=known.role, user_id=known.user_id, at=given.clock.now())
    return moved(request, f"/series/{series_id}")


@router.post("/series/{series_id}/end", dependencies=[OwnForm])
def ended(*, request: Request, series_id: str, given: Given, known: CampaignRunner) -> Response:
    """No further day calls."""
    with given.store.writing() as session:
        following.end(session, series_id, user_id=known.user_id, at=given.clock.now())
    return moved(request, f"/series/{series_id}")


@router.post("/series/{series_id}/people/{enrolment_id}/stop", dependencies=[OwnForm])
def stopped(
    *, request: Request, series_id: str, enrolment_id: str, given: Given, known: CampaignRunner, _: PeopleReader
) -> Response:
    """One person leaves."""
    with given.store.writing() as session:
        row = session.get(EnrolmentRow, enrolment_id)
        if row is None or row.series_id != series_id:
            raise NotFound
        following.withdraw(session, enrolment_id, user_id=known.user_id, at=given.clock.now())
    return moved(request, f"/series/{series_id}")


def _days(text: str) -> Sequence[int]:
    try:
        return [int(each) for each in _APART.split(text.strip())]
    except ValueError as error:
        raise BadForm(f"天数“{text}”看不懂，请写成 1、3、7 这样，用逗号分开；提前一天写 -1。") from error


def _told(session: StoreSession, lines: str) -> dict[date, list[str]]:
    """Whom the lines mean, by the date of their event. Raises BadForm with the number of the line."""
    found: dict[date, list[str]] = {}
    for number, line in enumerate(lines.splitlines(), 1):
        if not line.strip():
            continue
        parts = _APART.split(line.strip())
        if len(parts) != 2:
            raise BadForm(f"第 {number} 行要写电话和日期两样，比如 13812340001 2026-11-20。")
        phone, day = parts
        try:
            event_on = date.fromisoformat(day)
        except ValueError as error:
            raise BadForm(f"第 {number} 行的日期“{day}”看不懂，请写成 2026-11-20 这样。") from error
        residents = residents_by_phone(session, phone)
        if not residents:
            raise BadForm(f"第 {number} 行的电话登记册里没有，请核对号码，或先把这一户登记好。")
        found.setdefault(event_on, []).append(residents[0].id)
    if not found:
        raise BadForm("请写上要随访的人，一行一个：电话和日期。")
    return found
