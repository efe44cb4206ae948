"""How a resident pauses on the telephone, kept from call to call so that nobody is cut off twice."""

from sqlalchemy import update

from integrations.storage.models import ResidentRow
from integrations.storage.store import StoreSession
from voice.turns.policy import Pace


def learned_pace(resident: ResidentRow) -> Pace | None:
    """The pace learned in earlier calls; None before the first."""
    if resident.pause_seconds is None:
        return None
    return Pace(pause_seconds=resident.pause_seconds, turns=resident.pause_turns or 0)


def keep_pace(session: StoreSession, resident_id: str, pace: Pace) -> None:
    """The pace after a call."""
    session.execute(
        update(ResidentRow)
        .where(ResidentRow.id == resident_id)
        .values(pause_seconds=round(pace.pause_seconds, 2), pause_turns=pace.turns)
    )
