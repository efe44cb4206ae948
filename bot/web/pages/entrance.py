"""Logging in and out, one's own password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from bot.auth.accounts import change_password
from bot.auth.errors import AuthError
from bot.auth.login import LONGEST_SESSION, log_in, log_out
from bot.web.collaborators import Collaborators
from bot.web.errors import status_of
from bot.web.gate import Given, Known, OwnForm, cookie_name, same_origin
from bot.web.rendering import SEE_OTHER, Show

router = APIRouter()


@router.get("/login")
def login_page(*, show: Show, next: str = "/") -> Response:  # noqa: A002  # the field's usual name
    """The form."""
    return show.bare("login.html", error="", login="", next=inside(next))


@router.post("/login", dependencies=[Depends(same_origin)])
def logged_in(
    *,
    request: Request,
    given: Given,
    show: Show,
    login: Annotated[str, Form(max_length=60)] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form(max_length=500)] = "/",  # noqa: A002
) -> Response:
    """A new session, or the form again with what was wrong."""
    name = login.strip().lower()
    address = request.client.host if request.client else ""
    try:
        token = log_in(
            given.store, given.passwords, name, password, address=address, token=given.token, at=given.clock.now()
        )
    except AuthError as error:
        return show.bare("login.html", status=status_of(error), error=error.message, login=name, next=inside(next))
    answer = RedirectResponse(inside(next), SEE_OTHER)
    answer.set_cookie(
        cookie_name(given),
        token,
        max_age=int(LONGEST_SESSION.total_seconds()),
        httponly=True,
        secure=given.secure_cookies,
        samesite="lax",
        path="/",
    )
    return answer


@router.post("/logout", dependencies=[OwnForm])
def logged_out(*, given: Given, known: Known) -> Response:
    """The session is over in the database, not only in the browser."""
    log_out(given.store, known, at=given.clock.now())
    answer = RedirectResponse("/login", SEE_OTHER)
    answer.delete_cookie(cookie_name(given), path="/", secure=given.secure_cookies, httponly=True)
    return answer


@router.get("/me/token")
def form_token(*, known: Known) -> JSONResponse:
    """The token for forms of pages that were opened in an earlier session of the same browser."""
    return JSONResponse({"csrf": known.csrf})


@router.get("/me/password")
def password_page(*, known: Known, show: Show) -> Response:
    """The form."""
    return show.page(known, "password.html", section="", error="")


@router.post("/me/password", dependencies=[OwnForm])
def password_changed(
    *,
    given: Given,
    known: Known,
    show: Show,
    current: Annotated[str, Form()] = "",
    wanted: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """The new password holds from now on."""
    try:
        _change(given, known.user_id, current, wanted, again, keep=known.token_hash)
    except AuthError as error:
        status = 422 if status_of(error) == 401 else status_of(error)  # 401 would look like a lost session
        return show.page(known, "password.html", section="", error=error.message, status=status)
    return show.page(known, "password.html", section="", error="", done="密码已修改。")


def _change(given: Collaborators, user_id: str, current: str, wanted: str, again: str, *, keep: str) -> None:
    if wanted != again:
        raise AuthError("两次输入的新密码不一样，请再输一次。")
    change_password(
        given.store, given.passwords, user_id, current=current, wanted=wanted, keep=keep, at=given.clock.now()
    )


def inside(path: str) -> str:
    """A path of this site, the front page when it would lead elsewhere."""
    elsewhere = not path.startswith("/") or path.startswith("//") or "\\" in path or any(c < " " for c in path)
    return "/" if elsewhere else path
