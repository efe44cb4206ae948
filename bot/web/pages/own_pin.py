"""One's own PIN: by which a grid worker is known on the telephone."""

from typing import Annotated

from argon2 import PasswordHasher
from fastapi import APIRouter, Form
from fastapi.responses import Response

from bot.auth.login import Visitor
from bot.web.collaborators import Collaborators
from bot.web.errors import NotFound
from bot.web.gate import Given, Known, OwnForm
from bot.web.rendering import Show
from integrations.handover.errors import PinWeak
from integrations.handover.pins import set_pin
from integrations.storage.audit import record

router = APIRouter()
REFUSED = 422


@router.get("/me/pin")
def pin_page(*, known: Known, show: Show) -> Response:
    """The form; accounts that belong to no worker have none."""
    _worker(known)
    return show.page(known, "own_pin.html", section="", error="")


@router.post("/me/pin", dependencies=[OwnForm])
def pin_set(
    *,
    given: Given,
    known: Known,
    show: Show,
    wanted: Annotated[str, Form(max_length=20)] = "",
    again: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """The new PIN holds from now on."""
    try:
        if wanted != again:
            raise PinWeak("两次输入的工作密码不一样，请再输一次。")
        _set(given, known, wanted)
    except PinWeak as error:
        return show.page(known, "own_pin.html", section="", error=error.message, status=REFUSED)
    return show.page(known, "own_pin.html", section="", error="", done="工作密码已设置。")


def _set(given: Collaborators, known: Visitor, pin: str) -> None:
    worker, at = _worker(known), given.clock.now()
    with given.store.writing() as session:
        set_pin(session, worker, pin, hasher=PasswordHasher(), at=at)
        record(session, user_id=known.user_id, action="worker.pin_set", object_kind="worker", object_id=worker, at=at)


def _worker(known: Visitor) -> str:
    if known.scope.worker_id is None:
        raise NotFound
    return known.scope.worker_id
