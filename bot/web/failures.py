"""Turns refusals into answers: JSON for programs and htmx, a plain Chinese page for people."""

import logging
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from bot.auth.errors import AuthError, NotLoggedIn
from bot.errors import BotError
from bot.web.errors import STATUS, BadForm, NotFound, WebError, status_of
from bot.web.headers import ALWAYS
from bot.web.rendering import screens
from campaigns.errors import CampaignError
from dialogs.errors import DialogsError
from integrations.errors import IntegrationError

log = logging.getLogger(__name__)
HEADINGS = {401: "请先登录", 403: "不能这样操作", 404: "没有找到", 413: "内容太大", 429: "请稍等", 503: "暂时不能用"}
OTHER_HEADING = "没有完成"
BROKEN = "程序出了差错，已经记录下来。请稍后再试，仍不行请联系管理员。"
PACKAGE_ERRORS = (AuthError, WebError, BotError, CampaignError, DialogsError, IntegrationError)


def handle_failures(app: FastAPI) -> None:
    """Adds the handlers to the application."""
    for kind in PACKAGE_ERRORS:
        app.add_exception_handler(kind, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _broken)


def wants_page(request: Request) -> bool:
    """Whether a person's browser asked, and not htmx or a program."""
    return "hx-request" not in request.headers and "text/html" in request.headers.get("accept", "")


def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, NotLoggedIn) and wants_page(request) and request.method == "GET":
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(path)}" if path != "/" else "/login", 303)
    code, message = getattr(error, "code", ""), getattr(error, "message", "")
    return _answer(request, status_of(error), code, message)


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        return _answer(request, status, NotFound.code, NotFound.message)
    if status == STATUS["too_large"]:
        return _answer(request, status, "too_large", str(getattr(error, "detail", "")))
    return _answer(request, status, f"http_{status}", "这个地址不能这样访问，请从首页重新进入。")


def _invalid(request: Request, _: Exception) -> Response:
    return _answer(request, STATUS[BadForm.code], BadForm.code, BadForm.message)


def _broken(request: Request, error: Exception) -> Response:
    """The trace goes to the log; the values in it may be personal, so only where it happened is written."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    route = getattr(request.scope.get("route"), "path", "other")
    log.error("request failed route=%s error=%s at=%s", route, type(error).__name__, where)
    return _answer(request, 500, "broken", BROKEN)


def _answer(request: Request, status: int, code: str, message: str) -> Response:
    answer: Response = JSONResponse({"code": code, "message": message}, status_code=status)
    if wants_page(request):
        heading = HEADINGS.get(status, OTHER_HEADING)
        answer = screens(request).bare("message.html", status=status, heading=heading, message=message)
    answer.headers.update(ALWAYS)  # the answer to a fault of the program passes no middleware of ours
    return answer
