"""Recordings of calls, heard in the browser: whole, or the seconds of one answer."""

from fastapi import APIRouter
from fastapi.responses import Response

from bot.evidence.playing import as_wav
from bot.web.errors import NotFound
from bot.web.gate import Given, PeopleReader
from bot.web.reads.recordings import recording
from bot.web.trail import note

router = APIRouter()


@router.get("/recordings/{recording_id}.wav")
def heard(
    *, recording_id: str, given: Given, known: PeopleReader, start: float = 0.0, end: float | None = None
) -> Response:
    """The sound; every hearing is audited, and nothing of it stays in the browser."""
    with given.store.reading() as session:
        found = recording(session, known.scope, recording_id)
    if found is None or given.recordings is None:
        raise NotFound
    sound = as_wav(given.recordings, found, given.store.keys, start_seconds=start, end_seconds=end)
    if sound is None:
        raise NotFound
    note(given.store, known, "recording.heard", "recording", found, at=given.clock.now())
    return Response(sound, media_type="audio/wav", headers={"cache-control": "no-store"})
