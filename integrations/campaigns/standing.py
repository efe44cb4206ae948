"""All that the rules want to know about attempts at the moment of dialling, read for many at once."""

from bisect import insort
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from campaigns.caps import REMEMBERED
from campaigns.permission import Standing
from integrations.campaigns.audience import preference
from integrations.campaigns.book import Campaign
from integrations.storage.models import AttemptRow, ContactRow, DoNotCallRow, ResidentRow, SessionRow
from integrations.storage.store import StoreSession


@dataclass(slots=True, kw_only=True)
class Known:
    """Facts about the numbers and residents of a batch of attempts; `rang` adds the calls of the batch itself."""

    never: frozenset[str]  # phone indexes on the do-not-call list
    dials: dict[str, list[datetime]]  # phone index → calls of the last 24 hours in any campaign, oldest first
    completed: dict[tuple[str, str], datetime] = field(default_factory=dict)  # (resident, questionnaire) → when
    at: datetime

    @classmethod
    def read(
        cls, session: StoreSession, residents: Collection[ResidentRow], campaigns: Iterable[Campaign], *, at: datetime
    ) -> "Known":
        """What the store knows about these residents now."""
        phones = {each.phone_idx for each in residents if each.phone_idx is not None}
        return cls(
            never=frozenset(session.scalars(select(DoNotCallRow.phone_idx).where(DoNotCallRow.phone_idx.in_(phones)))),
            dials=_dials(session, phones, at=at),
            completed=_completed(session, {each.id for each in residents}, {each.questionnaire for each in campaigns}),
            at=at,
        )

    def standing(self, attempt: AttemptRow, contact: ContactRow, resident: ResidentRow, campaign: Campaign) -> Standing:
        """Where one attempt stands."""
        number = resident.phone_idx
        answered = self.completed.get((resident.id, campaign.questionnaire))
        since = self.at - timedelta(days=campaign.policy.answered_elsewhere_days)
        return Standing(
            status=campaign.status,
            due_at=attempt.due_at,
            attempts_made=contact.attempts_made,
            contact_open=contact.status == "open",
            number_known=bool(resident.phone),
            consent_refused=resident.consent == "refused",
            do_not_call=resident.do_not_call_at is not None or number in self.never,
            refused=contact.outcome == "refusal",
            answered_elsewhere=answered is not None and answered >= since,
            preference=preference(resident.calling_hours),
            dials=self.dials.get(number, ()) if number is not None else (),
        )

    def rang(self, resident: ResidentRow, *, at: datetime) -> None:
        """A call to this resident's number starts now."""
        if resident.phone_idx is not None:
            insort(self.dials.setdefault(resident.phone_idx, []), at)


def _dials(session: StoreSession, phones: Collection[str], *, at: datetime) -> dict[str, list[datetime]]:
    rows = session.execute(
        select(ResidentRow.phone_idx, AttemptRow.dialled_at)
        .join(ContactRow, ContactRow.resident_id == ResidentRow.id)
        .join(AttemptRow, AttemptRow.contact_id == ContactRow.id)
        .where(ResidentRow.phone_idx.in_(phones), AttemptRow.dialled_at > at - REMEMBERED)
        .order_by(AttemptRow.dialled_at)
    )
    dials: dict[str, list[datetime]] = {}
    for phone, dialled in rows:
        if phone is not None and dialled is not None:
            dials.setdefault(phone, []).append(dialled)
    return dials


def _completed(
    session: StoreSession, residents: Collection[str], questionnaires: Collection[str]
) -> dict[tuple[str, str], datetime]:
    rows = session.execute(
        select(SessionRow.resident_id, SessionRow.questionnaire, SessionRow.ended_at).where(
            SessionRow.resident_id.in_(residents),
            SessionRow.questionnaire.in_(questionnaires),
            SessionRow.outcome == "complete",
        )
    )
    latest: dict[tuple[str, str], datetime] = {}
    for resident, questionnaire, ended in rows:
        if resident is not None and ended is not None:
            key = (resident, questionnaire)
            latest[key] = max(ended, latest.get(key, ended))
    return latest
