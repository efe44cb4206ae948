"""Turns templates into answers."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.auth.login import Visitor
from bot.web import showing
from bot.web.collaborators import Collaborators
from bot.web.labels import Labels, load_labels, named, tone
from bot.web.reads import tickets
from bot.web.reads.alarms import Alarm, alarms

HERE = Path(__file__).parent
STATIC = HERE / "static"
SEE_OTHER = 303  # the answer to a form: now look at this page


class Screens:
    """The pages of one application."""

    def __init__(self, given: Collaborators) -> None:
        self._given = given
        self.labels: Labels = load_labels()
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(
            community=given.community,
            emergency_number=given.emergency_number,
            assets=_assets_version(),
            phone=given.phone is not None,
            prompts=given.prompts,
        )
        self._templates.filters.update(
            label=lambda code, kind: named(self.labels, kind, code),
            tone=lambda code, kind: tone(self.labels, kind, code),
            clock=showing.clock_time,
            day=showing.day_and_time,
            short=showing.short_time,
            span=showing.span,
            percent=showing.percent,
            figure=showing.figure,
        )

    def page(self, visitor: Visitor, template: str, *, section: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A whole page for somebody who is logged in. `section` is the menu entry that is marked."""
        waiting = 0
        unheard: Sequence[Alarm] = ()
        if visitor.may("work_tickets"):
            with self._given.store.reading() as session:
                waiting = tickets.counts(session, visitor.scope)["open"]
                unheard = alarms(session, visitor, at=self._given.clock.now())
        around = {"visitor": visitor, "section": section, "open_tickets": waiting, "alarms": unheard}
        values = {"done": "", **values, **around}
        return self.bare(template, status=status, **values)

    def piece(self, visitor: Visitor, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A part of a page, for htmx."""
        return self.bare(template, status=status, **values, visitor=visitor)

    def bare(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page for anybody."""
        return HTMLResponse(self._templates.get_template(template).render(**values), status_code=status)


def screens(request: Request) -> Screens:
    """The pages of the application that handles this request."""
    given: Screens = request.app.state.screens
    return given


def moved(request: Request, path: str) -> Response:
    """To another page after a form: by htmx's own header, so that a refused form stays as it was typed."""
    if "hx-request" in request.headers:
        return Response(headers={"HX-Redirect": path})
    return RedirectResponse(path, SEE_OTHER)


Show = Annotated[Screens, Depends(screens)]


def _assets_version() -> str:
    """Changes with any file under static, so that browsers fetch it anew."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
