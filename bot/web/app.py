"""The web application: everything under one roof, wired by plain calls."""

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from prometheus_client import CollectorRegistry

from bot.web.collaborators import Collaborators
from bot.web.failures import handle_failures
from bot.web.headers import BodyLimit, SecurityHeaders
from bot.web.metrics import RequestFigures, StoreFigures
from bot.web.pages import (
    alarming,
    announcing,
    book_import,
    campaign_making,
    campaign_pages,
    comparing,
    entrance,
    erasing,
    front,
    health,
    incoming,
    message_link,
    office,
    own_pin,
    questionnaire_pages,
    recordings,
    registry_pages,
    rehearsal_pages,
    series_pages,
    ticket_pages,
    trying,
    urgency,
)
from bot.web.phone import pages as phone_pages
from bot.web.rehearsing import RehearsalsUnderWay
from bot.web.rendering import STATIC, Screens
from bot.web.resident import chat, rest
from bot.web.resident.pace import Pace

FORM_BYTES = 100_000  # the longest text field is 2 000 characters
UPLOAD_PATHS = frozenset({book_import.IMPORT, book_import.PREVIEW})


def create_app(given: Collaborators) -> FastAPI:
    """The console, the resident's chat page, the REST channel, health and metrics."""
    app = FastAPI(title="邻音", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.collaborators = given
    app.state.screens = Screens(given)
    app.state.registry = CollectorRegistry()
    app.state.registry.register(StoreFigures(given))
    app.state.pace = Pace()
    app.state.rehearsals = RehearsalsUnderWay(given.rehearsals, given.store, given.clock)
    handle_failures(app)
    for router in (
        entrance.router,
        front.router,
        alarming.router,
        office.router,
        own_pin.router,
        questionnaire_pages.router,
        announcing.router,
        rehearsal_pages.router,
        series_pages.router,
        urgency.router,
        trying.router,
        campaign_making.router,
        comparing.router,
        campaign_pages.router,
        recordings.router,
        ticket_pages.router,
        incoming.router,
        erasing.router,
        book_import.router,
        registry_pages.router,
        health.router,
        rest.router,
        chat.router,
        message_link.router,
        phone_pages.router,
    ):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_middleware(
        BodyLimit,
        limit_bytes=FORM_BYTES,
        upload_limit_bytes=book_import.UPLOAD_BYTES,
        upload_paths=UPLOAD_PATHS,
    )
    app.add_middleware(SecurityHeaders, secure=given.secure_cookies)
    app.add_middleware(RequestFigures, registry=app.state.registry)
    return app
