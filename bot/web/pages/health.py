"""Whether all is well, for whoever watches the machine."""

import logging

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from sqlalchemy import select

from bot.web.gate import Given
from integrations.errors import IntegrationError
from integrations.storage.store import Store

router = APIRouter()
log = logging.getLogger(__name__)


@router.get("/healthz")
def healthz(*, given: Given) -> JSONResponse:
    """200 when the database answers and at least one dialogue worker does, else 503; the body says which."""
    database = _answers(given.store)
    workers = dict(given.workers())
    well = database and any(workers.values())
    return JSONResponse(
        {"status": "ok" if well else "unwell", "database": database, "workers": workers},
        status_code=200 if well else 503,
    )


@router.get("/metrics")
def metrics(*, request: Request) -> Response:
    """Prometheus text."""
    registry: CollectorRegistry = request.app.state.registry
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _answers(store: Store) -> bool:
    try:
        with store.reading() as session:
            session.execute(select(1))
    except IntegrationError as error:
        log.warning("health database=%s", error.code)
        return False
    return True
