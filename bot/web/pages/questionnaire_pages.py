"""Questionnaires: read them, hear them, change the words, bring one's own file."""

from typing import Annotated

import msgspec
import yaml
from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import Response

from bot.auth.login import Visitor
from bot.installation import keep_questionnaire, newest_questionnaire
from bot.web.collaborators import Collaborators
from bot.web.errors import BadForm, NotFound, Overtaken
from bot.web.gate import CampaignReader, CampaignRunner, Given, OwnForm
from bot.web.pages.hearing import sound
from bot.web.reads.questionnaires import WholeQuestionnaire, listed, spoken_lines, whole_questionnaire
from bot.web.reads.questions import questionnaire_of
from bot.web.reads.seats import places_taken
from bot.web.rendering import Show, moved
from bot.web.rewording import checked, reworded, typed_names
from bot.web.trail import note
from dialogs.questionnaire import Questionnaire, content_hash
from integrations.storage.audit import record
from integrations.storage.store import StoreSession

router = APIRouter()
SECTION = "/questionnaires"


@router.get("/questionnaires")
def questionnaires_page(*, given: Given, known: CampaignReader, show: Show) -> Response:
    """All questionnaires in their newest versions."""
    with given.store.reading() as session:
        found = listed(session)
    return show.page(known, "questionnaires.html", section=SECTION, questionnaires=found)


@router.get("/questionnaires/{key}")
def questionnaire_page(*, key: str, given: Given, known: CampaignReader, show: Show) -> Response:
    """One questionnaire as it is said; who has a place where they run out."""
    whole = _whole(given, show, key)
    with given.store.reading() as session:
        places = places_taken(session, known.scope, whole.body)
    if places and known.may("see_people"):
        rows = sum(len(each.people) for each in places)
        note(given.store, known, "places.seen", "questionnaire", key, at=given.clock.now(), detail={"rows": rows})
    return show.page(
        known,
        "questionnaire.html",
        section=SECTION,
        questionnaire=whole,
        places=places,
        voice=given.voices.installed,
    )


@router.get("/questionnaires/{key}/lines/{number}")
async def line_heard(*, key: str, number: int, given: Given, known: CampaignReader) -> Response:  # noqa: ARG001
    """One of its sentences, to be heard."""
    lines = spoken_lines(_stored(given, key), community=given.community, callback_number=given.callback_number)
    if not 0 <= number < len(lines):
        raise NotFound
    return await sound(given, lines[number].words)


@router.get("/questionnaires/{key}/file")
def file_sent(*, key: str, given: Given, known: CampaignReader) -> Response:  # noqa: ARG001
    """The questionnaire as a YAML file, to be changed elsewhere and brought again."""
    body = _stored(given, key)
    text = yaml.safe_dump(msgspec.to_builtins(body), allow_unicode=True, sort_keys=False)
    headers = {"content-disposition": f'attachment; filename="{body.key}.yaml"'}
    return Response(text, media_type="application/yaml; charset=utf-8", headers=headers)


@router.get("/questionnaires/{key}/edit")
def edit_page(*, key: str, given: Given, known: CampaignRunner, show: Show) -> Response:
    """The form with the words that stand there now."""
    whole = _whole(given, show, key)
    return show.page(
        known, "questionnaire_edit.html", section=SECTION, questionnaire=whole, words=typed_names(whole.body)
    )


@router.post("/questionnaires/{key}/edit", dependencies=[OwnForm])
async def edited(*, request: Request, key: str, given: Given, known: CampaignRunner) -> Response:
    """A new version. Calls and campaigns under way keep theirs."""
    form = await request.form()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    body = _stored(given, key)
    with given.store.writing() as session:
        newest = newest_questionnaire(session, body.key)
        if newest is None or newest.hash != key:
            raise Overtaken("刚才有人存了更新的一版。您写的还在这一页上：请另开一页看看新的一版，再决定怎么改。")
        new = reworded(body, typed, version=body.version + 1, dictionary=given.dictionary)
        return moved(request, f"/questionnaires/{_kept(session, given, known, new)}")


@router.post("/questionnaires", dependencies=[OwnForm])
async def brought(
    *, request: Request, given: Given, known: CampaignRunner, file: Annotated[UploadFile, File()]
) -> Response:
    """A questionnaire from a file. One that is known gets a new version."""
    try:
        text = (await file.read()).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadForm("这不是 UTF-8 的文本文件，请另存为 UTF-8 编码的 YAML 再选一次。") from error
    questionnaire = checked(text, dictionary=given.dictionary)
    with given.store.writing() as session:
        return moved(request, f"/questionnaires/{_kept(session, given, known, _next(session, questionnaire))}")


def _next(session: StoreSession, questionnaire: Questionnaire) -> Questionnaire:
    """With the number after that of the newest stored version; as it is when it is new, or the same as one stored."""
    newest = newest_questionnaire(session, questionnaire.key)
    if newest is None or questionnaire_of(session, content_hash(questionnaire)) is not None:
        return questionnaire
    version = max(questionnaire.version, newest.version + 1)
    return msgspec.structs.replace(questionnaire, version=version)


def _kept(session: StoreSession, given: Collaborators, known: Visitor, questionnaire: Questionnaire) -> str:
    at = given.clock.now()
    key = keep_questionnaire(session, questionnaire, at=at)
    record(
        session,
        user_id=known.user_id,
        action="questionnaire.kept",
        object_kind="questionnaire",
        object_id=key,
        detail={"questionnaire": questionnaire.key, "version": questionnaire.version},
        at=at,
    )
    return key


def _stored(given: Collaborators, key: str) -> Questionnaire:
    with given.store.reading() as session:
        found = questionnaire_of(session, key)
    if found is None:
        raise NotFound
    return found


def _whole(given: Collaborators, show: Show, key: str) -> WholeQuestionnaire:
    with given.store.reading() as session:
        found = whole_questionnaire(
            session,
            key,
            given.dictionary,
            show.labels,
            community=given.community,
            callback_number=given.callback_number,
        )
    if found is None:
        raise NotFound
    return found
