"""Making a campaign and taking it through its life: new, changed, approved, launched, paused, stopped."""

from datetime import datetime
from typing import Annotated, get_args

import msgspec
from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from bot.auth.login import Visitor
from bot.web.campaign_form import CLOSES, OF_OUTCOME, OPENS, WEEKDAYS, FormValues, Typed, earlier_rounds
from bot.web.collaborators import Collaborators
from bot.web.errors import BadForm, NotFound
from bot.web.gate import CampaignReader, CampaignRunner, Given, OwnForm
from bot.web.reads.plan import Choice, forecast, places, questionnaires
from bot.web.reads.questions import questionnaire_of
from bot.web.rendering import Show, moved
from campaigns.audience import AudienceQuery
from campaigns.lifecycle import Step, advance
from dialogs.questionnaire import Questionnaire
from integrations.campaigns import book, course
from integrations.campaigns.launch import launch
from integrations.campaigns.proposals import proposals
from integrations.storage.audit import record
from integrations.storage.store import StoreSession

router = APIRouter()
PROPOSED = 4  # more is no proposal any more
DONE = {
    "approve": "campaign.approved",
    "launch": "campaign.launched",
    "pause": "campaign.paused",
    "resume": "campaign.resumed",
    "stop": "campaign.stopped",
}


@router.get("/campaigns/new")
def new_page(
    *,
    given: Given,
    known: CampaignRunner,
    show: Show,
    questionnaire: str = "",
    missing: Annotated[list[str] | None, Query(max_length=100)] = None,
) -> Response:
    """The form: what to ask, whom, when. `missing` are fields that the registry lacks, from a proposal."""
    values = FormValues(questionnaire=questionnaire, query=AudienceQuery(missing=tuple(missing or ())))
    return _form(given, known, show, values)


@router.get("/campaigns/proposals")
def proposed(*, given: Given, known: CampaignRunner, show: Show) -> Response:
    """What the registry lacks, as campaigns to make. A part of the list's page, for it is counted over all records."""
    with given.store.reading() as session:
        found = proposals(session, given.dictionary, at=given.clock.now())[:PROPOSED]
    names = {field.key: field.label for field in given.dictionary.fields}
    return show.piece(known, "pieces/proposals.html", proposals=found, names=names)


@router.get("/campaigns/{campaign_id}/edit")
def edit_page(*, campaign_id: str, given: Given, known: CampaignRunner, show: Show) -> Response:
    """The form as the campaign stands."""
    with given.store.reading() as session:
        found = book.read(session, campaign_id)
    advance(found.status, "revise", role=known.role)
    return _form(given, known, show, FormValues.of(found), campaign_id=found.id)


@router.post("/campaigns/count", dependencies=[OwnForm])
def counted(
    *,
    given: Given,
    known: CampaignRunner,
    show: Show,
    typed: Annotated[Typed, Depends()],
    of: Annotated[str, Form(max_length=32)] = "",
) -> Response:
    """What the choices come to, while they are made. `of` is the campaign that is changed."""
    with given.store.reading() as session:
        questionnaire = questionnaire_of(session, typed.questionnaire) or _first(session)
        query = typed.audience(session, before=book.read(session, of).audience if of else None)
        found = forecast(session, query, typed.policy, questionnaire, given.dictionary, at=given.clock.now())
    return show.piece(known, "pieces/forecast.html", forecast=found, policy=typed.policy, rehearsal=None)


@router.post("/campaigns", dependencies=[OwnForm])
def created(*, request: Request, given: Given, known: CampaignRunner, typed: Annotated[Typed, Depends()]) -> Response:
    """A draft. Nobody is called before it was rehearsed, approved and launched."""
    at = given.clock.now()
    _refuse_nameless(typed)
    with given.store.writing() as session:
        draft = book.create(
            session,
            title=typed.title,
            questionnaire=typed.questionnaire,
            audience=typed.audience(session),
            policy=typed.policy,
            priority=typed.priority,
            at=at,
        )
        _written_down(session, known, "campaign.created", draft.id, at=at)
    return moved(request, f"/campaigns/{draft.id}")


@router.post("/campaigns/{campaign_id}/edit", dependencies=[OwnForm])
def revised(
    *, request: Request, campaign_id: str, given: Given, known: CampaignRunner, typed: Annotated[Typed, Depends()]
) -> Response:
    """Other rules: a draft again, to be rehearsed again."""
    _refuse_nameless(typed)
    with given.store.writing() as session:
        before = book.read(session, campaign_id)
        book.revise(
            session,
            campaign_id,
            role=known.role,
            title=typed.title,
            questionnaire=typed.questionnaire,
            audience=typed.audience(session, before=before.audience),
            policy=msgspec.structs.replace(typed.policy, urgent=before.policy.urgent),
            priority=typed.priority,
        )
        _written_down(session, known, "campaign.revised", campaign_id, at=given.clock.now())
    return moved(request, f"/campaigns/{campaign_id}")


@router.post("/campaigns/{campaign_id}/{step}", dependencies=[OwnForm])
def taken(*, request: Request, campaign_id: str, step: str, given: Given, known: CampaignReader) -> Response:
    """One step of the campaign's life; who may take it when is decided by `campaigns.lifecycle`."""
    what = next((each for each in get_args(Step) if each == step and each in DONE), None)
    if what is None:
        raise NotFound
    at = given.clock.now()
    with given.store.writing() as session:
        if what == "launch":
            launch(session, campaign_id, role=known.role, dictionary=given.dictionary, user_id=known.user_id, at=at)
        elif what == "stop":
            course.stop(session, campaign_id, role=known.role, at=at)
        else:
            book.step(session, campaign_id, what, role=known.role, user_id=known.user_id, at=at)
        _written_down(session, known, DONE[what], campaign_id, at=at)
    return moved(request, f"/campaigns/{campaign_id}")


def _written_down(session: StoreSession, known: Visitor, action: str, campaign_id: str, *, at: datetime) -> None:
    record(session, user_id=known.user_id, action=action, object_kind="campaign", object_id=campaign_id, at=at)


def _first(session: StoreSession) -> Questionnaire:
    found = questionnaires(session)
    if not found:
        raise BadForm("还没有问卷，请先用命令添加问卷。")
    return found[0].body


def _refuse_nameless(typed: Typed) -> None:
    if not typed.title:
        raise BadForm("请给任务起个名字，比如“十一月健康随访”。")


def _form(given: Collaborators, known: Visitor, show: Show, values: FormValues, campaign_id: str = "") -> Response:
    with given.store.reading() as session:
        choices = questionnaires(session)
        stored = questionnaire_of(session, values.questionnaire)
        if stored is not None and all(each.hash != values.questionnaire for each in choices):
            choices = [Choice(hash=values.questionnaire, body=stored), *choices]
        choices.sort(key=lambda each: each.hash != values.questionnaire)  # the one that was chosen, first
        return show.page(
            known,
            "campaign_form.html",
            section="/campaigns",
            campaign_id=campaign_id,
            values=values,
            link_possible=bool(given.public_url),
            questionnaires=choices,
            places=places(session),
            fields=given.dictionary.fields,
            rounds=earlier_rounds(session),
            outcomes=OF_OUTCOME,
            weekdays=WEEKDAYS,
            opens=OPENS,
            closes=CLOSES,
        )
