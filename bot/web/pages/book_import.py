"""Bringing the household book: look first, then take it over. The file is not kept on this machine in between."""

import shutil
import tempfile
from pathlib import Path

from fastapi import APIRouter, Request, UploadFile
from fastapi.responses import Response

from bot.auth.login import Visitor
from bot.web.collaborators import Collaborators
from bot.web.errors import BadForm
from bot.web.gate import CampaignRunner, Given, OwnForm
from bot.web.reads.imports import brought
from bot.web.rendering import Show, moved
from integrations.registry.book.safety import LARGEST_FILE_BYTES
from integrations.registry.importing import NOBODY_AT_DESK, ImportReport, import_household_book
from integrations.registry.undoing import undo_import

router = APIRouter()
SECTION = "/registry"
UPLOAD_BYTES = LARGEST_FILE_BYTES + 100_000  # the form around the largest book
IMPORT, PREVIEW = "/registry/import", "/registry/import/preview"
BAD_ROWS_SHOWN = 200  # whoever has more repairs the file in a spreadsheet, not on this page
ADDRESSES_SHOWN = 50


@router.get(IMPORT)
def import_page(*, given: Given, known: CampaignRunner, show: Show) -> Response:
    """The form, and what was brought before."""
    with given.store.reading() as session:
        earlier = brought(session)
    return show.page(known, "book_import.html", section=SECTION, earlier=earlier, most_bytes=LARGEST_FILE_BYTES)


@router.post("/registry/imports/{import_id}/undo", dependencies=[OwnForm])
def undone(*, request: Request, import_id: str, given: Given, known: CampaignRunner) -> Response:
    """The newest import is taken out again, as long as nothing rests on it."""
    with given.store.writing() as session:
        undo_import(session, import_id, user_id=known.user_id, at=given.clock.now())
    return moved(request, IMPORT)


@router.post(PREVIEW, dependencies=[OwnForm])
def previewed(*, given: Given, known: CampaignRunner, show: Show, file: UploadFile) -> Response:
    """What the file would do. Nothing is kept."""
    return _reported(show, known, _imported(given, known, file, preview=True))


@router.post(IMPORT, dependencies=[OwnForm])
def imported(*, given: Given, known: CampaignRunner, show: Show, file: UploadFile) -> Response:
    """What the file did: good rows are in, bad ones are named."""
    return _reported(show, known, _imported(given, known, file, preview=False))


def _imported(given: Collaborators, known: Visitor, file: UploadFile, *, preview: bool) -> ImportReport:
    name = Path(file.filename or "").name
    if not name:
        raise BadForm("请先选择住户名册文件（.xlsx、.xls 或 .csv）。")
    with tempfile.TemporaryDirectory(prefix="linyin-book-") as folder:
        path = Path(folder) / name
        with path.open("wb") as out:
            shutil.copyfileobj(file.file, out)
        return import_household_book(
            path,
            given.store,
            at=given.clock.now(),
            community=given.community,
            user_id=known.user_id,
            preview=preview,
        )


def _reported(show: Show, known: Visitor, report: ImportReport) -> Response:
    return show.piece(
        known,
        "pieces/import_report.html",
        report=report,
        bad_rows=report.bad_rows[:BAD_ROWS_SHOWN],
        without_worker=report.households_without_worker[:ADDRESSES_SHOWN],
        without_deputy=report.households_without_deputy[:ADDRESSES_SHOWN],
        nobody_at_desk=NOBODY_AT_DESK,
    )
