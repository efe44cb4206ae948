"""The registry: browse, find, one household, a telephone number on purpose."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from bot.auth.login import Visitor
from bot.web.collaborators import Collaborators
from bot.web.errors import NotFound
from bot.web.gate import Given, OwnForm, PeopleReader, PhoneReader, TicketWorker
from bot.web.reads.answers import answers
from bot.web.reads.paging import page
from bot.web.reads.places import IN_ADDRESS
from bot.web.reads.questions import Names
from bot.web.reads.registry import children, hits, household, household_count, household_list, sizes
from bot.web.rendering import SEE_OTHER, Show
from bot.web.trail import note
from integrations.registry.lookup import id_index, name_index, phone_index
from integrations.registry.records import verify
from integrations.registry.watchwords import agree
from integrations.storage.audit import record
from integrations.storage.models import HouseholdRow, PlaceRow, RecordRow, ResidentRow

router = APIRouter()
SECTION = "/registry"


@router.get("/registry")
def registry_page(*, given: Given, known: PeopleReader, show: Show, place: str = "", number: int = 1) -> Response:
    """The places below one place, and the households in it."""
    return _browsed(given, known, show, place, number, wanted="", indexes=None)


@router.post("/registry/search", dependencies=[OwnForm])
def searched(
    *, given: Given, known: PeopleReader, show: Show, wanted: Annotated[str, Form(max_length=60)] = ""
) -> Response:
    """People by whole name, telephone or identity number. Posted, so that no address bar or log keeps it."""
    keys = given.store.keys
    text = wanted.strip()
    indexes = [name_index(keys, text), phone_index(keys, text), id_index(keys, text)] if text else []
    return _browsed(given, known, show, "", 1, wanted=text, indexes=indexes)


@router.get("/households/{household_id}")
def household_page(*, household_id: str, given: Given, known: PeopleReader, show: Show) -> Response:
    """One household with all that is known."""
    with given.store.reading() as session:
        found = household(session, known.scope, household_id, Names.of(given.dictionary))
    if found is None:
        raise NotFound
    note(given.store, known, "household.seen", "household", household_id, at=given.clock.now())
    return show.page(known, "household.html", section=SECTION, household=found)


@router.post("/residents/{resident_id}/phone", dependencies=[OwnForm])
def phone_shown(*, resident_id: str, given: Given, known: PhoneReader, show: Show) -> Response:
    """The whole number, in place of the masked one; each look is audited."""
    at = given.clock.now()
    with given.store.writing() as session:
        resident = session.scalar(
            select(ResidentRow)
            .join(HouseholdRow, HouseholdRow.id == ResidentRow.household_id)
            .where(ResidentRow.id == resident_id, known.scope.households())
        )
        if resident is None:
            raise NotFound
        record(
            session,
            user_id=known.user_id,
            action="phone.shown",
            object_kind="resident",
            object_id=resident_id,
            at=at,
        )
    return show.piece(known, "pieces/phone.html", of="residents", whose=resident_id, phone=resident.phone or "没有登记")


@router.post("/households/{household_id}/watchword", dependencies=[OwnForm])
def watchword_agreed(
    *, household_id: str, given: Given, known: TicketWorker, word: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """The word that was agreed at the door; it is never shown again."""
    with given.store.writing() as session:
        row = session.scalar(select(HouseholdRow).where(HouseholdRow.id == household_id, known.scope.households()))
        if row is None:
            raise NotFound
        agree(session, row, word, user_id=known.user_id, at=given.clock.now())
    return RedirectResponse(f"/households/{household_id}", SEE_OTHER)


@router.post("/records/{record_id}/verify", dependencies=[OwnForm])
def verified(*, record_id: str, given: Given, known: TicketWorker, show: Show) -> Response:
    """A person has checked the value, at the door or by telephone; the answer with its new state."""
    with given.store.writing() as session:
        row = session.scalar(
            select(RecordRow)
            .join(HouseholdRow, HouseholdRow.id == RecordRow.household_id)
            .where(RecordRow.id == record_id, RecordRow.superseded_at.is_(None), known.scope.households())
        )
        if row is None:
            raise NotFound
        verify(session, record_id, user_id=known.user_id, at=given.clock.now())
        (answer,) = answers(session, [row], Names.of(given.dictionary).fields)
    return show.piece(known, "pieces/answer.html", row=answer)


def _browsed(
    given: Collaborators,
    known: Visitor,
    show: Show,
    place_id: str,
    number: int,
    *,
    wanted: str,
    indexes: list[str] | None,
) -> Response:
    with given.store.reading() as session:
        found = None if indexes is None else hits(session, known.scope, indexes)
        here = session.get(PlaceRow, place_id) if place_id else None
        if place_id and here is None:
            raise NotFound
        where = page(number, household_count(session, known.scope, place_id) if here else 0)
        households = household_list(session, known.scope, place_id, where) if here else []
        below = children(session, known.scope, place_id or None)
        while here is None and len(below) == 1 and below[0].kind not in IN_ADDRESS:
            below = children(session, known.scope, below[0].id)
        size = sizes(session, known.scope)
    if found is not None:
        note(given.store, known, "registry.searched", "registry", "", at=given.clock.now(), detail={"hits": len(found)})
    if households:
        note(
            given.store,
            known,
            "household.seen",
            "registry",
            place_id,
            at=given.clock.now(),
            detail={"rows": len(households)},
        )
    return show.page(
        known,
        "registry.html",
        section=SECTION,
        counts=size,
        place=here,
        children=below,
        households=households,
        page=where,
        href=f"/registry?place={place_id}&",
        wanted=wanted,
        hits=found,
    )
