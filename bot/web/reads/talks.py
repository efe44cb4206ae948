"""Sessions read back from their events."""

from collections import defaultdict
from collections.abc import Iterable

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from dialogs.events import AnyEvent
from integrations.storage.models import EventRow

_decoder = msgspec.json.Decoder(AnyEvent)


def events_of(session: Session, session_ids: Iterable[str]) -> dict[str, list[AnyEvent]]:
    """Id of a session → its events in order; a session without events is not in it."""
    wanted = list(session_ids)
    found: dict[str, list[AnyEvent]] = defaultdict(list)
    if wanted:
        rows = session.execute(
            select(EventRow.session_id, EventRow.payload)
            .where(EventRow.session_id.in_(wanted))
            .order_by(EventRow.session_id, EventRow.turn, EventRow.ordinal)
        )
        for session_id, payload in rows:
            found[session_id].append(_decoder.decode(payload))
    return found
