"""All that the rules want to know about attempts at the moment of dialling, read for many at once."""

from bisect import insort
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, func, select

from campaigns.caps import REMEMBERED
from campaigns.permission import Standing
from integrations.campaigns.audience import preference
from integrations.campaigns.book import Campaign
from integrations.storage.models import AttemptRow, ContactRow, DoNotCallRow, ResidentRow, SessionRow
from integrations.storage.store import StoreSession

# Built once and run past the mapper: several times a second building these costs more than running them.
_RESIDENTS, _ATTEMPTS = cast(Table, ResidentRow.__table__), cast(Table, AttemptRow.__table__)
_CONTACTS, _SESSIONS = cast(Table, ContactRow.__table__), cast(Table, SessionRow.__table__)
_NEVER = select(DoNotCallRow.phone_idx).where(DoNotCallRow.phone_idx.in_(bindparam("phones", expanding=True)))
_DIALLED = tuple(
    select(_RESIDENTS.c[number], _ATTEMPTS.c.dialled_at)
    .join_from(_RESIDENTS, _CONTACTS, _CONTACTS.c.resident_id == _RESIDENTS.c.id)
    .join(_ATTEMPTS, _ATTEMPTS.c.contact_id == _CONTACTS.c.id)
    .where(
        _RESIDENTS.c[number].in_(bindparam("phones", expanding=True)),
        _ATTEMPTS.c.channel == channel,
        _ATTEMPTS.c.dialled_at > bindparam("since"),
    )
    for number, channel in (("phone_idx", "voice"), ("family_phone_idx", "family"))
)
_COMPLETED = select(_SESSIONS.c.resident_id, _SESSIONS.c.questionnaire, _SESSIONS.c.ended_at).where(
    _SESSIONS.c.resident_id.in_(bindparam("residents", expanding=True)),
    _SESSIONS.c.questionnaire.in_(bindparam("questionnaires", expanding=True)),
    _SESSIONS.c.outcome == "complete",
)


@dataclass(slots=True, kw_only=True)
class Known:
    """Facts about the numbers and residents of a batch of attempts; `rang` adds the calls of the batch itself."""

    never: frozenset[str]  # phone indexes on the do-not-call list
    dials: dict[str, list[datetime]]  # phone index → calls of the last 24 hours in any campaign, oldest first
    completed: dict[tuple[str, str], datetime] = field(default_factory=dict)  # (resident, questionnaire) → when
    family_calls: dict[str, int] = field(default_factory=dict)  # contact → calls made to the family's number
    at: datetime

    @classmethod
    def read(
        cls, session: StoreSession, residents: Collection[ResidentRow], campaigns: Iterable[Campaign], *, at: datetime
    ) -> "Known":
        """What the store knows about these residents now."""
        phones = {
            number for each in residents for number in (each.phone_idx, each.family_phone_idx) if number is not None
        }
        session.flush()  # what is pending goes first; the statements below pass by the mapper
        return cls(
            never=frozenset(session.connection().scalars(_NEVER, {"phones": list(phones)})),
            dials=_dials(session, phones, at=at),
            completed=_completed(session, {each.id for each in residents}, {each.questionnaire for each in campaigns}),
            family_calls=_family_calls(session, residents),
            at=at,
        )

    def standing(self, attempt: AttemptRow, contact: ContactRow, resident: ResidentRow, campaign: Campaign) -> Standing:
        """Where one attempt stands."""
        family = attempt.channel == "family"
        number = resident.family_phone_idx if family else resident.phone_idx
        answered = self.completed.get((resident.id, campaign.questionnaire))
        since = self.at - timedelta(days=campaign.policy.answered_elsewhere_days)
        return Standing(
            status=campaign.status,
            due_at=attempt.due_at,
            attempts_made=self.family_calls.get(contact.id, 0) if family else contact.attempts_made,
            contact_open=contact.status == "open",
            number_known=number is not None,
            consent_refused=resident.consent == "refused",
            do_not_call=resident.do_not_call_at is not None or number in self.never,
            refused=contact.outcome == "refusal",
            answered_elsewhere=answered is not None and answered >= since,
            preference=preference(resident.calling_hours),
            dials=self.dials.get(number, ()) if number is not None else (),
        )

    def rang(self, attempt: AttemptRow, resident: ResidentRow, *, at: datetime) -> None:
        """A call to the number of this attempt starts now."""
        number = resident.family_phone_idx if attempt.channel == "family" else resident.phone_idx
        if number is not None:
            insort(self.dials.setdefault(number, []), at)


def _dials(session: StoreSession, phones: Collection[str], *, at: datetime) -> dict[str, list[datetime]]:
    """Calls to these numbers, whether as a resident's own or as that of somebody's family."""
    dials: dict[str, list[datetime]] = {}
    since = {"phones": list(phones), "since": at - REMEMBERED}
    for statement in _DIALLED:
        rows = session.connection().execute(statement, since)
        for phone, dialled in rows:
            if phone is not None and dialled is not None:
                insort(dials.setdefault(phone, []), dialled)
    return dials


def _family_calls(session: StoreSession, residents: Collection[ResidentRow]) -> dict[str, int]:
    """By contact; only people with a family's number are looked up."""
    ids = [each.id for each in residents if each.family_phone_idx is not None]
    if not ids:
        return {}
    rows = session.execute(
        select(AttemptRow.contact_id, func.count())
        .join(ContactRow, ContactRow.id == AttemptRow.contact_id)
        .where(ContactRow.resident_id.in_(ids), AttemptRow.channel == "family", AttemptRow.dialled_at.is_not(None))
        .group_by(AttemptRow.contact_id)
    )
    return {row[0]: row[1] for row in rows}


def _completed(
    session: StoreSession, residents: Collection[str], questionnaires: Collection[str]
) -> dict[tuple[str, str], datetime]:
    of_whom = {"residents": list(residents), "questionnaires": list(questionnaires)}
    rows = session.connection().execute(_COMPLETED, of_whom)
    latest: dict[tuple[str, str], datetime] = {}
    for resident, questionnaire, ended in rows:
        if resident is not None and ended is not None:
            key = (resident, questionnaire)
            latest[key] = max(ended, latest.get(key, ended))
    return latest
