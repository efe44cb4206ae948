"""Writes into the audit chain what a visitor saw or did."""

from datetime import datetime

from bot.auth.login import Visitor
from integrations.storage.audit import Detail, record
from integrations.storage.store import Store


def note(
    store: Store,
    visitor: Visitor,
    action: str,
    kind: str,
    object_id: str,
    *,
    at: datetime,
    detail: Detail | None = None,
) -> None:
    """One row. It is committed before the page is answered: nothing is seen that is not written down."""
    with store.writing() as session:
        record(
            session,
            user_id=visitor.user_id,
            action=action,
            object_kind=kind,
            object_id=object_id,
            at=at,
            detail=detail,
        )
