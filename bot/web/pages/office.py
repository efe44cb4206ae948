"""What only some do: exports, the audit trail, accounts."""

import re
import tempfile
from pathlib import Path
from typing import Annotated, cast
from urllib.parse import quote

from fastapi import APIRouter, Form
from fastapi.responses import FileResponse, Response
from sqlalchemy import select
from starlette.background import BackgroundTask

from bot.auth.accounts import NewAccount, add_account, disable, enable, reset_password
from bot.auth.errors import AuthError
from bot.auth.login import Visitor
from bot.auth.roles import ROLES, Role
from bot.clock import BEIJING
from bot.web.collaborators import Collaborators
from bot.web.errors import BadForm, NotFound, status_of
from bot.web.gate import Auditor, Exporting, Given, OwnForm, UserManager
from bot.web.reads.accounts import accounts, workers
from bot.web.reads.campaigns import campaign, campaigns
from bot.web.reads.paging import page
from bot.web.reads.watch import actions, entries, entry_count
from bot.web.rendering import Show
from integrations.storage import audit
from integrations.storage.models import UserRow

router = APIRouter()
FORMS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
EXPORTED = "export"
EARLIER_SHOWN = 10


@router.get("/exports")
def exports_page(*, given: Given, known: Exporting, show: Show) -> Response:
    """What can be exported, and what was."""
    with given.store.reading() as session:
        found = campaigns(session, known.scope)
        earlier = entries(session, page(1, EARLIER_SHOWN), action=EXPORTED)[:EARLIER_SHOWN]
    return show.page(known, "exports.html", section="/exports", campaigns=found, earlier=earlier)


@router.post("/campaigns/{campaign_id}/export", dependencies=[OwnForm])
def exported(
    *, campaign_id: str, given: Given, known: Exporting, form: Annotated[str, Form(max_length=4)] = "xlsx"
) -> Response:
    """The results of one campaign: a workbook, its answers as CSV, or all of it as JSON. Not kept on this machine."""
    at = given.clock.now()
    if form not in FORMS:
        raise BadForm("只能导出成 Excel、CSV 或 JSON，请重新选择。")
    with given.store.reading() as session:
        found = campaign(session, known.scope, campaign_id)
    if found is None:
        raise NotFound
    folder = tempfile.TemporaryDirectory(prefix="linyin-export-")
    path = Path(folder.name) / f"results.{form}"
    try:
        given.export(campaign_id, path, user_id=known.user_id, at=at)
    except BaseException:
        folder.cleanup()
        raise
    title = re.sub(r'[\\/:*?"<>|\s]+', "_", found.title)
    filename = f"{title}_{at.astimezone(BEIJING):%Y%m%d_%H%M}.{form}"
    return FileResponse(
        path,
        media_type=FORMS[form],
        headers={"content-disposition": f"attachment; filename=\"results.{form}\"; filename*=UTF-8''{quote(filename)}"},
        background=BackgroundTask(folder.cleanup),
    )


@router.get("/audit")
def audit_page(
    *, given: Given, known: Auditor, show: Show, action: str = "", user: str = "", number: int = 1
) -> Response:
    """The trail, newest first."""
    return _trail(given, known, show, action=action, user=user, number=number)


@router.post("/audit/verify", dependencies=[OwnForm])
def audit_verified(*, given: Given, known: Auditor, show: Show) -> Response:
    """The trail with the result of walking its chain from the first row."""
    return _trail(given, known, show, verdict=audit.verify(given.store))


@router.get("/users")
def users_page(*, given: Given, known: UserManager, show: Show) -> Response:
    """All accounts."""
    return _users(given, known, show)


@router.post("/users", dependencies=[OwnForm])
def user_added(
    *,
    given: Given,
    known: UserManager,
    show: Show,
    login: Annotated[str, Form(max_length=60)] = "",
    display: Annotated[str, Form(max_length=60)] = "",
    role: Annotated[str, Form()] = "",
    worker_id: Annotated[str, Form()] = "",
) -> Response:
    """A new account and its first password, shown once."""
    account = NewAccount(
        login=login.strip().lower(), display=display, role=cast("Role", role), worker_id=worker_id or None
    )
    try:
        password = add_account(
            given.store, given.passwords, account, by=known.user_id, below=given.below, at=given.clock.now()
        )
    except AuthError as error:
        return _users(given, known, show, error=error, typed=account)
    return _users(given, known, show, new=(account.login, password))


@router.post("/users/{user_id}/reset", dependencies=[OwnForm])
def user_reset(*, user_id: str, given: Given, known: UserManager, show: Show) -> Response:
    """A new password for who forgot theirs, shown once."""
    new = reset_password(
        given.store, given.passwords, user_id, by=known.user_id, below=given.below, at=given.clock.now()
    )
    return _users(given, known, show, new=new)


@router.post("/users/{user_id}/disable", dependencies=[OwnForm])
def user_disabled(*, user_id: str, given: Given, known: UserManager, show: Show) -> Response:
    """The account is closed at once."""
    try:
        disable(given.store, user_id, by=known.user_id, at=given.clock.now())
    except AuthError as error:
        return _users(given, known, show, error=error)
    return _users(given, known, show)


@router.post("/users/{user_id}/enable", dependencies=[OwnForm])
def user_enabled(*, user_id: str, given: Given, known: UserManager, show: Show) -> Response:
    """The account is open again."""
    enable(given.store, user_id, by=known.user_id, at=given.clock.now())
    return _users(given, known, show)


def _trail(
    given: Collaborators,
    known: Visitor,
    show: Show,
    *,
    action: str = "",
    user: str = "",
    number: int = 1,
    verdict: audit.AuditReport | None = None,
) -> Response:
    with given.store.reading() as session:
        where = page(number, entry_count(session, action=action, user=user))
        rows = entries(session, where, action=action, user=user)
        occurring = actions(session)
        people = session.scalars(select(UserRow)).all()
    return show.page(
        known,
        "audit.html",
        section="/audit",
        rows=rows,
        page=where,
        actions=occurring,
        people=people,
        action=action,
        user=user,
        verdict=verdict,
        href=f"/audit?action={action}&user={user}&",
    )


def _users(
    given: Collaborators,
    known: Visitor,
    show: Show,
    *,
    error: AuthError | None = None,
    typed: NewAccount | None = None,
    new: tuple[str, str] | None = None,
) -> Response:
    with given.store.reading() as session:
        found = accounts(session)
        choices = workers(session)
    return show.page(
        known,
        "users.html",
        section="/users",
        status=200 if error is None else status_of(error),
        users=found,
        workers=choices,
        roles=ROLES,
        error=error.message if error else "",
        typed=typed or NewAccount(login="", display="", role="staff"),
        new_password={"login": new[0], "password": new[1]} if new else None,
    )
