"""Residents who come to us: on the chat page, by message, or by calling the community's number."""

from datetime import datetime

from bot.conversation import Opening
from bot.installation import newest_questionnaire
from bot.lookups import broken_off, rung_in_vain
from bot.registry_view import ELDER_FROM
from dialogs.definitions import FREE_TALK
from dialogs.events import Channel
from integrations.registry.lookup import residents_by_phone
from integrations.storage.models import ResidentRow
from integrations.storage.store import StoreSession


def caller(session: StoreSession, number: str) -> ResidentRow | None:
    """The resident of this number, the head of the household where several share it; None when nobody has it."""
    return next(iter(residents_by_phone(session, number)), None)


def free_talk(session: StoreSession) -> str:
    """The content hash of the free talk as it is worded now."""
    newest = newest_questionnaire(session, FREE_TALK)
    return newest.hash if newest else ""


def inbound(
    session: StoreSession,
    resident: ResidentRow | None,
    *,
    channel: Channel,
    community: str,
    callback_number: str,
    at: datetime,
) -> Opening:
    """A free talk with somebody who came to us; whoever's questionnaire broke off, or whom we rang in vain, is asked
    whether to go on with it.

    A caller whose number nobody has says who they are once they want something that needs it.
    """
    halfway = resident is not None and broken_off(session, resident.id, at=at) is not None
    missed = resident is not None and not halfway and rung_in_vain(session, resident.id, at=at) is not None
    year = resident.birth_year if resident else None
    return Opening(
        questionnaire=free_talk(session),
        channel=channel,
        community=community,
        callback_number=callback_number,
        resident_id=resident.id if resident else None,
        household_id=resident.household_id if resident else None,
        elder=year is None or at.year - year >= ELDER_FROM,
        inbound=True,
        broken_off=halfway,
        missed=missed,
    )
