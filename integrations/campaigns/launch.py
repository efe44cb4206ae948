"""Launches a campaign: the audience is frozen, first attempts fall due, who cannot be called goes on the visit list."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import insert

from campaigns.audience import EXCLUSIONS, Chosen, Exclusion
from campaigns.errors import EmptyAudience
from campaigns.lifecycle import Role, advance
from campaigns.outcome import ContactOutcome
from campaigns.plan import plan
from dialogs.dictionary import Dictionary
from integrations.campaigns.audience import audience
from integrations.campaigns.book import Campaign, campaign_of, locked
from integrations.campaigns.closing import NOT_CALLED, visit_key
from integrations.storage.models import AttemptRow, ContactRow, Row
from integrations.storage.store import StoreSession
from integrations.storage.waking import wake_diallers
from integrations.tickets.owners import owners_of
from integrations.tickets.raising import Matter, raise_tickets

_AT_ONCE = 5000  # households held in memory at a time

_OUTCOMES: dict[Exclusion, ContactOutcome] = {
    "no_number": ContactOutcome.INELIGIBLE,
    "no_consent": ContactOutcome.NOT_REACHED,
    "do_not_call": ContactOutcome.NOT_REACHED,
    "no_common_hour": ContactOutcome.NOT_REACHED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """What a launch came to."""

    contacts: int  # to be called
    visits: Mapping[Exclusion, int]  # straight to the visit list, by reason


def launch(
    session: StoreSession,
    campaign_id: str,
    *,
    role: Role,
    dictionary: Dictionary,
    at: datetime,
    user_id: str | None = None,
) -> Launched:
    """Freezes the audience and starts the campaign, all of it or nothing.

    Raises CampaignNotFound, FieldUnknown, campaigns.errors.NotPermitted, WrongStatus (a second operator pressed too),
    EmptyAudience.
    """
    row = locked(session, campaign_id)
    campaign = campaign_of(row)
    row.status, row.launched_at = advance(campaign.status, "launch", role=role), at
    row.launched_by = user_id
    session.flush()
    window = campaign.policy.window_at(at)
    chosen = audience(session, campaign.audience, window, dictionary, at=at)
    contacts, visits = 0, Counter[Exclusion]()
    while batch := list(islice(chosen, _AT_ONCE)):
        owners = {key: each.owner for key, each in owners_of(session, [each.household for each in batch]).items()}
        contacts += _freeze_calls(session, campaign, batch, owners, at=at)
        visits.update(_freeze_visits(session, campaign, batch, owners, at=at))
    if not contacts and not visits:
        raise EmptyAudience("没有符合条件的住户，请放宽受众条件后再启动。")
    wake_diallers(session)
    return Launched(contacts=contacts, visits=visits)


def _freeze_calls(
    session: StoreSession,
    campaign: Campaign,
    batch: Sequence[Chosen],
    owners: Mapping[str, str | None],
    *,
    at: datetime,
) -> int:
    to_call = {session.new_id(at=at): each for each in batch if each.exclusion is None}
    if not to_call:
        return 0
    _insert(
        session,
        ContactRow,
        [_contact(contact, campaign, each, owners) | {"status": "open"} for contact, each in to_call.items()],
    )
    window = campaign.policy.window_at(at)
    _insert(
        session,
        AttemptRow,
        [
            {
                "id": session.new_id(at=at),
                "contact_id": each.contact,
                "campaign_id": campaign.id,
                "number": each.attempt.number,
                "due_at": each.attempt.due_at,
                "status": "due",
            }
            for each in plan(
                ((contact, each.household, each.preference) for contact, each in to_call.items()), window, at=at
            )
        ],
    )
    return len(to_call)


def _freeze_visits(
    session: StoreSession,
    campaign: Campaign,
    batch: Sequence[Chosen],
    owners: Mapping[str, str | None],
    *,
    at: datetime,
) -> Iterator[Exclusion]:
    """Contacts closed from the start, and a ticket for each household; a house without residents has no contact."""
    to_visit = [(each, each.exclusion) for each in batch if each.exclusion is not None]
    closed = [
        _contact(session.new_id(at=at), campaign, each, owners)
        | {
            "status": "done",
            "disposition": NOT_CALLED,
            "outcome": _OUTCOMES[exclusion],
            "closed_at": at,
        }
        for each, exclusion in to_visit
        if each.resident is not None
    ]
    if closed:
        _insert(session, ContactRow, closed)
    raise_tickets(
        session,
        [
            Matter(
                dedupe_key=visit_key(campaign.id, each.household),
                kind="visit",
                severity="normal",
                household_id=each.household,
                resident_id=each.resident,
                campaign_id=campaign.id,
                summary=f"{campaign.title}：{EXCLUSIONS[exclusion]}，请上门",
                due_at=at + campaign.policy.visit_within_at(at),
            )
            for each, exclusion in to_visit
        ],
        at=at,
    )
    return (exclusion for _, exclusion in to_visit)


def _contact(contact: str, campaign: Campaign, chosen: Chosen, owners: Mapping[str, str | None]) -> dict[str, object]:
    return {
        "id": contact,
        "campaign_id": campaign.id,
        "resident_id": chosen.resident,
        "household_id": chosen.household,
        "why": chosen.why if chosen.exclusion is None else chosen.why | {"exclusion": chosen.exclusion},
        "attempts_made": 0,
        "disposition": None,
        "outcome": None,
        "closed_at": None,
        "owner": owners.get(chosen.household),
    }


def _insert(session: StoreSession, model: type[Row], rows: Sequence[dict[str, object]]) -> None:
    """Past the mapper: a large launch writes a hundred thousand rows that nobody holds as objects."""
    session.connection().execute(insert(model), rows)
