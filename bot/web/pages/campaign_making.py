"""Making a campaign and taking it through its life: new, looked over, approved, launched, paused, stopped."""

from datetime import datetime, time
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from bot.auth.login import Visitor
from bot.web.errors import BadForm, NotFound
from bot.web.gate import CampaignReader, CampaignRunner, Given, OwnForm
from bot.web.reads.plan import forecast, places, questionnaires
from bot.web.reads.questions import questionnaire_of
from bot.web.rendering import Show, moved
from campaigns.audience import AudienceQuery
from campaigns.lifecycle import Step
from campaigns.pacing import Pacing
from campaigns.policy import Policy
from campaigns.retry import RetryPolicy
from campaigns.window import CallingWindow
from dialogs.questionnaire import Questionnaire
from integrations.campaigns import book, course
from integrations.campaigns.launch import launch
from integrations.storage.audit import record
from integrations.storage.store import StoreSession

router = APIRouter()
OPENS = tuple(f"{hour:02}:{minute:02}" for hour in range(8, 13) for minute in (0, 30))
CLOSES = tuple(f"{hour:02}:00" for hour in range(12, 22))
DONE = {
    "rehearse": "campaign.rehearsed",
    "approve": "campaign.approved",
    "launch": "campaign.launched",
    "pause": "campaign.paused",
    "resume": "campaign.resumed",
    "stop": "campaign.stopped",
}


class Typed:
    """What is typed into the form of a new campaign, checked."""

    def __init__(
        self,
        *,
        title: Annotated[str, Form(max_length=80)] = "",
        questionnaire: Annotated[str, Form(max_length=64)] = "",
        place: Annotated[list[str] | None, Form()] = None,
        age_from: Annotated[str, Form(max_length=3)] = "",
        limit: Annotated[str, Form(max_length=6)] = "",
        opens: Annotated[str, Form(max_length=5)] = "09:00",
        closes: Annotated[str, Form(max_length=5)] = "20:00",
        lines: Annotated[int, Form(ge=1, le=5000)] = 30,
        cap: Annotated[int, Form(ge=1, le=10)] = 3,
    ) -> None:
        self.title = title.strip()
        self.questionnaire = questionnaire
        self.query = AudienceQuery(
            places=tuple(place or ()),
            age_from=_number(age_from, "年龄", most=120),
            limit=_number(limit, "户数", most=1_000_000),
        )
        try:
            window = CallingWindow(opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))
        except ValueError as error:
            raise BadForm("拨打时段的写法不对，请重新选择。") from error
        self.policy = Policy(window=window, retry=RetryPolicy(cap=cap), pacing=Pacing(lines=lines))


@router.get("/campaigns/new")
def new_page(*, given: Given, known: CampaignRunner, show: Show) -> Response:
    """The form: what to ask, whom, when."""
    with given.store.reading() as session:
        return show.page(
            known,
            "campaign_new.html",
            section="/campaigns",
            questionnaires=questionnaires(session),
            places=places(session),
            opens=OPENS,
            closes=CLOSES,
        )


@router.post("/campaigns/count", dependencies=[OwnForm])
def counted(*, given: Given, known: CampaignRunner, show: Show, typed: Annotated[Typed, Depends()]) -> Response:
    """What the choices come to, while they are made."""
    with given.store.reading() as session:
        questionnaire = questionnaire_of(session, typed.questionnaire) or _first(session)
        found = forecast(session, typed.query, typed.policy, questionnaire, given.dictionary, at=given.clock.now())
    return show.piece(known, "pieces/forecast.html", forecast=found, policy=typed.policy)


@router.post("/campaigns", dependencies=[OwnForm])
def created(*, request: Request, given: Given, known: CampaignRunner, typed: Annotated[Typed, Depends()]) -> Response:
    """A draft. Nobody is called before it was looked over, approved and launched."""
    at = given.clock.now()
    if not typed.title:
        raise BadForm("请给任务起个名字，比如“十一月健康随访”。")
    with given.store.writing() as session:
        draft = book.create(
            session,
            title=typed.title,
            questionnaire=typed.questionnaire,
            audience=typed.query,
            policy=typed.policy,
            at=at,
        )
        _written_down(session, known, "campaign.created", draft.id, at=at)
    return moved(request, f"/campaigns/{draft.id}")


@router.post("/campaigns/{campaign_id}/{step}", dependencies=[OwnForm])
def taken(*, request: Request, campaign_id: str, step: str, given: Given, known: CampaignReader) -> Response:
    """One step of the campaign's life; who may take it when is decided by `campaigns.lifecycle`."""
    what = next((each for each in get_args(Step) if each == step and each in DONE), None)
    if what is None:
        raise NotFound
    at = given.clock.now()
    with given.store.writing() as session:
        if what == "launch":
            launch(session, campaign_id, role=known.role, dictionary=given.dictionary, at=at)
        elif what == "stop":
            course.stop(session, campaign_id, role=known.role, at=at)
        else:
            book.step(session, campaign_id, what, role=known.role)
        _written_down(session, known, DONE[what], campaign_id, at=at)
    return moved(request, f"/campaigns/{campaign_id}")


def _written_down(session: StoreSession, known: Visitor, action: str, campaign_id: str, *, at: datetime) -> None:
    record(session, user_id=known.user_id, action=action, object_kind="campaign", object_id=campaign_id, at=at)


def _first(session: StoreSession) -> Questionnaire:
    found = questionnaires(session)
    if not found:
        raise BadForm("还没有问卷，请先用命令添加问卷。")
    return found[0].body


def _number(text: str, what: str, *, most: int) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal() or not 0 < int(text) <= most:
        raise BadForm(f"{what}要写成 1 到 {most} 之间的数字。")
    return int(text)
