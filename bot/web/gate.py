"""Who is let in: the visitor of a request, what their role allows, and whether a form is really theirs."""

import hmac
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from bot.auth.errors import NotAllowed, NotLoggedIn, StaleForm
from bot.auth.login import Visitor, who
from bot.auth.roles import Permission
from bot.web.collaborators import Collaborators

SAFE_SITES = frozenset({"same-origin", "none"})  # none: typed into the address bar
CSRF_HEADER = "x-csrf-token"


def collaborators(request: Request) -> Collaborators:
    """What the application was given."""
    given: Collaborators = request.app.state.collaborators
    return given


Given = Annotated[Collaborators, Depends(collaborators)]


def cookie_name(given: Collaborators) -> str:
    """With TLS the browser itself holds the cookie to this host and to TLS."""
    return "__Host-linyin" if given.secure_cookies else "linyin"


def visitor(request: Request, given: Given) -> Visitor:
    """The person logged in. Raises NotLoggedIn."""
    found = who(given.store, _token(request, given), at=given.clock.now())
    if found is None:
        raise NotLoggedIn
    return found


def watching(request: Request, given: Given) -> Visitor:
    """The person logged in, by a page that looks again by itself: nobody need be in front of it. Raises NotLoggedIn."""
    found = who(given.store, _token(request, given), at=given.clock.now(), there=False)
    if found is None:
        raise NotLoggedIn
    return found


def _token(request: Request, given: Collaborators) -> str:
    return request.cookies.get(cookie_name(given), "")


Known = Annotated[Visitor, Depends(visitor)]
Watching = Annotated[Visitor, Depends(watching)]


def allowed(permission: Permission) -> Callable[[Visitor], Visitor]:
    """A dependency that gives the visitor when their role includes the permission. It raises NotAllowed."""

    def check(known: Known) -> Visitor:
        if not known.may(permission):
            raise NotAllowed
        return known

    return check


PeopleReader = Annotated[Visitor, Depends(allowed(Permission.SEE_PEOPLE))]
PhoneReader = Annotated[Visitor, Depends(allowed(Permission.SEE_PHONE))]
CampaignReader = Annotated[Visitor, Depends(allowed(Permission.SEE_CAMPAIGNS))]
CampaignRunner = Annotated[Visitor, Depends(allowed(Permission.RUN_CAMPAIGNS))]
TicketWorker = Annotated[Visitor, Depends(allowed(Permission.WORK_TICKETS))]
Exporting = Annotated[Visitor, Depends(allowed(Permission.EXPORT))]
Auditor = Annotated[Visitor, Depends(allowed(Permission.SEE_AUDIT))]
UserManager = Annotated[Visitor, Depends(allowed(Permission.MANAGE_USERS))]


def same_origin(request: Request) -> None:
    """Raises StaleForm when a browser says that another site sent this."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site not in SAFE_SITES:
        raise StaleForm
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise StaleForm


async def own_form(request: Request, known: Known) -> None:
    """Raises StaleForm unless the request carries this session's token, as a header (htmx) or as a field."""
    same_origin(request)
    sent = request.headers.get(CSRF_HEADER) or ""
    if not sent:
        field = (await request.form()).get("csrf")
        sent = field if isinstance(field, str) else ""
    if not hmac.compare_digest(sent.encode(), known.csrf.encode()):
        raise StaleForm


OwnForm = Depends(own_form)
