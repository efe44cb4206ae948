"""Campaigns: the list, one as it goes, its contacts, one contact."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.orm import Session

from bot.auth.login import Visitor
from bot.web.collaborators import Collaborators
from bot.web.errors import NotFound
from bot.web.gate import CampaignReader, Given, PeopleReader
from bot.web.labels import Labels
from bot.web.reads.before_launch import plan_of
from bot.web.reads.campaigns import Campaign, campaign, campaigns, in_scope
from bot.web.reads.contacts import Filter, WholeContact, contact_list, count_contacts, questionnaire_hash, whole_contact
from bot.web.reads.figures import counted, figures
from bot.web.reads.live import Live, live
from bot.web.reads.paging import page
from bot.web.reads.questions import Names, questionnaire_of
from bot.web.rehearsing import RehearsalsUnderWay
from bot.web.rendering import Show
from bot.web.trail import note
from campaigns.lifecycle import DECLARES_URGENT, Status, steps_open
from campaigns.outcome import Rates
from campaigns.results import Coverage
from integrations.campaigns import book
from integrations.campaigns.borne_out import BorneOut, borne_out
from integrations.campaigns.figures import covered
from integrations.campaigns.figures import figures as book_figures
from integrations.storage.models import ContactRow
from integrations.storage.store import StoreSession

router = APIRouter()
SECTION = "/campaigns"
ENDED = frozenset({"finished", "stopped"})
STOP_POLLING = 286  # htmx takes the answer and asks no more


@router.get("/campaigns")
def campaigns_page(*, given: Given, known: CampaignReader, show: Show) -> Response:
    """All campaigns, newest first."""
    with given.store.reading() as session:
        found = campaigns(session, known.scope)
    return show.page(known, "campaigns.html", section=SECTION, campaigns=found)


@router.get("/campaigns/{campaign_id}")
def campaign_page(*, request: Request, campaign_id: str, given: Given, known: CampaignReader, show: Show) -> Response:
    """One campaign as planned or as it goes. Opening it is audited once, its refreshes are not."""
    rehearsals: RehearsalsUnderWay = request.app.state.rehearsals
    under_way = rehearsals.of(campaign_id)
    with given.store.reading() as session:
        found, wall = _wall(session, given, known, show.labels, campaign_id)
        urgent = book.read(session, campaign_id).policy.urgent_at(wall.at)
        plan = plan_of(session, given, found, show.labels)
        final = _final(session, known, found)
    steps = steps_open(cast("Status", found.status), role=known.role, urgent=urgent is not None)
    may_declare = known.role in DECLARES_URGENT
    if plan is not None:
        return show.page(
            known,
            "campaign_plan.html",
            section=SECTION,
            campaign=found,
            plan=plan,
            steps=steps,
            urgent=urgent,
            may_declare=may_declare,
            under_way=under_way,
            voice=given.voices.installed,
        )
    if known.may("see_people"):
        note(given.store, known, "campaign.watched", "campaign", campaign_id, at=wall.at)
    return show.page(
        known,
        "campaign.html",
        section=SECTION,
        campaign=found,
        live=wall,
        steps=steps,
        urgent=urgent,
        may_declare=may_declare,
        final=final,
    )


@router.get("/campaigns/{campaign_id}/live")
def campaign_live(*, campaign_id: str, given: Given, known: CampaignReader, show: Show) -> Response:
    """The part that refreshes itself."""
    with given.store.reading() as session:
        found, wall = _wall(session, given, known, show.labels, campaign_id)
    return show.piece(known, "pieces/live.html", campaign=found, live=wall)


@router.get("/campaigns/{campaign_id}/figures")
def campaign_figures(*, campaign_id: str, given: Given, known: CampaignReader, show: Show) -> JSONResponse:
    """The numbers behind the charts."""
    with given.store.reading() as session:
        found = _found(session, known, campaign_id)
        counted_now = figures(session, known.scope, found, show.labels, _names(given, session, found.questionnaire))
    return JSONResponse(
        {
            chart: [{"name": bar.name, "count": bar.count} for bar in bars]
            for chart, bars in (
                ("funnel", counted_now.funnel),
                ("dispositions", counted_now.dispositions),
                ("outcomes", counted_now.outcomes),
                ("pace", counted_now.pace),
            )
        }
    )


@router.get("/campaigns/{campaign_id}/contacts")
def contacts_page(
    *,
    campaign_id: str,
    given: Given,
    known: PeopleReader,
    show: Show,
    status: str = "",
    disposition: str = "",
    outcome: str = "",
    number: int = 1,
) -> Response:
    """The list of contacts, narrowed and in pages."""
    narrowed = Filter(status=status, disposition=disposition, outcome=outcome)
    with given.store.reading() as session:
        found = _found(session, known, campaign_id)
        where = page(number, count_contacts(session, known.scope, campaign_id, narrowed))
        rows = contact_list(session, known.scope, campaign_id, narrowed, where)
        mine = [ContactRow.campaign_id == campaign_id, *in_scope(known.scope, ContactRow.household_id)]
        dispositions = counted(session, mine, ContactRow.disposition)
        outcomes = counted(session, mine, ContactRow.outcome)
    note(given.store, known, "contacts.seen", "campaign", campaign_id, at=given.clock.now(), detail={"rows": len(rows)})
    return show.page(
        known,
        "contacts.html",
        section=SECTION,
        campaign=found,
        contacts=rows,
        page=where,
        narrowed=narrowed,
        dispositions=dispositions.items(),
        outcomes=outcomes.items(),
        href=f"/campaigns/{campaign_id}/contacts?status={status}&disposition={disposition}&outcome={outcome}&",
    )


@router.get("/contacts/{contact_id}")
def contact_page(*, contact_id: str, given: Given, known: PeopleReader, show: Show) -> Response:
    """One contact: what was said turn by turn, what was kept, how it was called."""
    found = _contact(given, known, show.labels, contact_id)
    note(given.store, known, "contact.seen", "contact", contact_id, at=given.clock.now())
    return show.page(known, "contact.html", section=SECTION, contact=found)


@router.get("/contacts/{contact_id}/live")
def contact_live(*, contact_id: str, given: Given, known: PeopleReader, show: Show) -> Response:
    """The part that refreshes itself while the call goes on."""
    found = _contact(given, known, show.labels, contact_id)
    return show.piece(known, "pieces/call.html", status=200 if found.live else STOP_POLLING, contact=found)


@dataclass(frozen=True, kw_only=True)
class Final:
    """What a campaign came to, over all grids."""

    rates: Rates
    coverage: Coverage
    foretold: Sequence[BorneOut]  # empty where there was no rehearsal


def _final(session: StoreSession, known: Visitor, found: Campaign) -> Final | None:
    """The final figures; None while it goes on, and for visitors who see only some grids."""
    if found.status not in ENDED or not known.everywhere:
        return None
    return Final(
        rates=book_figures(session, found.id).rates,
        coverage=covered(session, found.id),
        foretold=borne_out(session, found.id),
    )


def _wall(
    session: StoreSession, given: Collaborators, known: Visitor, labels: Labels, campaign_id: str
) -> tuple[Campaign, Live]:
    found = _found(session, known, campaign_id)
    names = _names(given, session, found.questionnaire)
    wall = live(session, known.scope, found.id, labels, names, people=known.may("see_people"), at=given.clock.now())
    return found, wall


def _contact(given: Collaborators, known: Visitor, labels: Labels, contact_id: str) -> WholeContact:
    with given.store.reading() as session:
        names = _names(given, session, questionnaire_hash(session, contact_id))
        found = whole_contact(session, known.scope, contact_id, labels, names)
    if found is None:
        raise NotFound
    return found


def _found(session: Session, known: Visitor, campaign_id: str) -> Campaign:
    found = campaign(session, known.scope, campaign_id)
    if found is None:
        raise NotFound
    return found


def _names(given: Collaborators, session: Session, content_hash: str) -> Names:
    return Names.of(given.dictionary, questionnaire_of(session, content_hash))
