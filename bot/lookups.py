"""What the dialogue asks the platform for in the middle of a turn: each kind of lookup, in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import select

from bot.evidence.callers import stranger
from bot.installation import newest_questionnaire
from bot.registry_view import caller_facts
from bot.sessions import decode_state, told_in
from bot.writer import Database
from dialogs.definitions import FREE_TALK
from dialogs.dictionary import Dictionary
from dialogs.events import LookupAnswered, LookupKind
from dialogs.questionnaire import Questionnaire
from dialogs.state import Lookup
from integrations.bookings.seats import free_choices, take_seat
from integrations.registry.lookup import residents_by_phone
from integrations.storage.models import (
    AttemptRow,
    CampaignRow,
    ContactRow,
    QuestionnaireRow,
    RecordRow,
    ResidentRow,
    SessionRow,
    TicketRow,
    WorkerRow,
)
from integrations.storage.store import StoreSession
from integrations.tickets.kinds import label
from integrations.tickets.named import worker_asked_for
from integrations.tickets.owners import owners_of
from integrations.tickets.raising import Matter, raise_ticket, tell_more
from integrations.tickets.states import LABELS
from integrations.tickets.strangers import Stranger, recognised
from nlu.pinyin import syllables

RECENT_CALLS = timedelta(days=7)  # 刚才是你们打的吗 is asked the same day, or by the daughter at the weekend
MAY_GO_ON = timedelta(days=7)  # a questionnaire that broke off earlier has answers that are no longer true
DONE_LATELY = timedelta(days=30)
WORKER, DESK = "网格员", "社区值班的"  # the desk sees to those whom the registry does not know
NOBODY = {WORKER: "", DESK: "人"}  # where nobody has a name yet
MOST_KEPT = 8  # values that are read to somebody in one go
# What residents asked for themselves; what others of the household told us is not read to whoever calls.
ASKED_FOR = ("repair_request", "complaint", "help_at_home", "callback_me", "data_correction", "data_deletion", "help")

_decode = msgspec.json.Decoder(Questionnaire).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Whose session asks."""

    session: str
    resident: str | None
    household: str | None


class Lookups:
    """Answers lookups. What it writes, a ticket or a place, may be asked for twice and is there once."""

    def __init__(self, database: Database, dictionary: Dictionary) -> None:
        self._database = database
        self._dictionary = dictionary
        self._kinds: Mapping[
            LookupKind, Callable[[StoreSession, Asker, Mapping[str, Any], datetime], dict[str, Any]]
        ] = {
            "job": self._job,
            "ticket": self._ticket,
            "tickets": self._tickets,
            "calls": self._calls,
            "broken_off": self._broken_off,
            "identity": self._identity,
            "proof": self._proof,
            "data": self._data,
            "worker": self._worker,
            "places": self._places,
            "place": self._place,
            "this_line": self._this_line,
        }

    async def answer(self, asker: Asker, lookup: Lookup, *, at: datetime) -> LookupAnswered:
        """What the platform knows about it; empty when it knows nothing."""
        run = self._database.write if lookup.kind in _WRITING else self._database.read
        look = self._kinds[lookup.kind]
        found = await run(lambda session: look(session, asker, lookup.about, at))
        return LookupAnswered(at=at, kind=lookup.kind, found=found)

    @staticmethod
    def _job(session: StoreSession, _: Asker, about: Mapping[str, Any], at: datetime) -> dict[str, Any]:  # noqa: ARG004
        newest = newest_questionnaire(session, about["questionnaire"])
        return {"questionnaire": newest.hash} if newest else {}

    @staticmethod
    def _ticket(session: StoreSession, asker: Asker, about: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        if asker.household and asker.resident:  # known since this turn: what was raised before it is theirs as well
            recognised(session, asker.session, resident=asker.resident, household=asker.household)
        caller = Stranger() if asker.household else stranger(session, asker.session)
        raised = raise_ticket(
            session,
            Matter(
                dedupe_key=f"session:{asker.session}:{about['key']}",
                kind=about["kind"],
                severity=about["severity"],
                household_id=asker.household,
                resident_id=asker.resident,
                session_id=asker.session if session.get(SessionRow, asker.session) else None,  # the first turn has none
                summary=label(about["kind"]),
                own_words=about["heard"],
                caller_phone=caller.phone,
                caller_name=caller.name,
            ),
            at=at,
        )
        session.flush()
        ticket = session.get_one(TicketRow, raised.id)
        tell_more(ticket, about.get("details", ""))
        worker = session.get(WorkerRow, ticket.owner_id) if ticket.owner_id else None
        title = WORKER if asker.household else DESK
        return {"number": raised.number, "worker": f"{title}{worker.name if worker else NOBODY[title]}"}

    @staticmethod
    def _tickets(session: StoreSession, asker: Asker, about: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        """Of the household; of somebody whom nobody knows, those that were raised with this number and this name."""
        rows: Sequence[TicketRow] = session.scalars(
            select(TicketRow)
            .where(TicketRow.household_id == asker.household, TicketRow.kind.in_(ASKED_FOR))
            .where((TicketRow.done_at.is_(None)) | (TicketRow.done_at >= at - DONE_LATELY))
            .order_by(TicketRow.created_at.desc())
        ).all()
        if asker.household is None:
            phone, name = about.get("phone"), syllables(about.get("name", ""))
            rows = [
                each
                for each in rows
                if phone and (each.caller_phone, syllables(each.caller_name or "")) == (phone, name)
            ]
        return {
            "tickets": [
                {"what": label(row.kind), "number": row.number, "state": LABELS.get(row.state, row.state)}
                for row in rows
            ]
        }

    @staticmethod
    def _calls(session: StoreSession, asker: Asker, _: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        rows = session.execute(
            select(AttemptRow.dialled_at, QuestionnaireRow.body)
            .join(ContactRow, ContactRow.id == AttemptRow.contact_id)
            .join(CampaignRow, CampaignRow.id == ContactRow.campaign_id)
            .join(QuestionnaireRow, QuestionnaireRow.hash == CampaignRow.questionnaire)
            .where(ContactRow.household_id == asker.household, AttemptRow.dialled_at >= at - RECENT_CALLS)
            .order_by(AttemptRow.dialled_at.desc())
        ).all()
        told = [(dialled, _decode(body)) for dialled, body in rows if dialled]
        return {
            "calls": [
                {"at": dialled.isoformat(), "title": asked.title, "purpose": asked.purpose} for dialled, asked in told
            ]
        }

    def _broken_off(
        self, session: StoreSession, asker: Asker, about: Mapping[str, Any], at: datetime
    ) -> dict[str, Any]:
        if asker.resident is None:
            return {}
        row = _of_ticket(session, asker, about.get("ticket", "")) or broken_off(session, asker.resident, at=at)
        if row is None:
            return self._rung_in_vain(session, asker.resident, at=at)
        facts = caller_facts(session, asker.resident, row.questionnaire, self._dictionary, at=at)
        told = told_in(decode_state(row.state))
        return {
            "questionnaire": row.questionnaire,
            "known": facts.known | told.known,
            "left_open": msgspec.to_builtins(told.left_open),
            "members": msgspec.to_builtins(facts.members),
        }

    def _rung_in_vain(self, session: StoreSession, resident: str, *, at: datetime) -> dict[str, Any]:
        questionnaire = rung_in_vain(session, resident, at=at)
        if questionnaire is None:
            return {}
        facts = caller_facts(session, resident, questionnaire, self._dictionary, at=at)
        members = msgspec.to_builtins(facts.members)
        return {"questionnaire": questionnaire, "known": facts.known, "members": members, "in_vain": True}

    @staticmethod
    def _identity(session: StoreSession, _: Asker, about: Mapping[str, Any], at: datetime) -> dict[str, Any]:  # noqa: ARG004
        """Equal numbers and names that sound alike: a recogniser writes names as it likes."""
        meant = syllables(about["name"])
        for resident in residents_by_phone(session, about["phone"]):
            if syllables(resident.name) == meant:
                return {"resident": resident.id, "household": resident.household_id}
        return {}

    @staticmethod
    def _proof(session: StoreSession, asker: Asker, about: Mapping[str, Any], at: datetime) -> dict[str, Any]:  # noqa: ARG004
        resident = session.get(ResidentRow, asker.resident) if asker.resident else None
        known = resident.id_number if resident else None
        return {"proved": True} if known and known[-4:].upper() == about["id_tail"] else {}

    @staticmethod
    def _worker(session: StoreSession, asker: Asker, about: Mapping[str, Any], at: datetime) -> dict[str, Any]:  # noqa: ARG004
        """Who is asked for by name, else the household's own worker."""
        if asker.household is None:
            return {}
        named = worker_asked_for(session, asker.household, about["heard"])
        owner = named.id if named else owners_of(session, [asker.household])[asker.household].owner
        worker = session.get(WorkerRow, owner) if owner else None
        return {"worker": f"{WORKER}{worker.name}", "named": named is not None} if worker else {}

    def _data(self, session: StoreSession, asker: Asker, _: Mapping[str, Any], at: datetime) -> dict[str, Any]:  # noqa: ARG002
        rows = session.scalars(
            select(RecordRow)
            .where(RecordRow.resident_id == asker.resident, RecordRow.superseded_at.is_(None))
            .order_by(RecordRow.at.desc())
            .limit(MOST_KEPT)
        )
        labels = {key: each.label for key, each in self._dictionary.by_key.items()}
        return {"kept": [{"label": labels.get(row.field, row.field), "shown": row.shown} for row in rows]}

    @staticmethod
    def _places(session: StoreSession, _: Asker, about: Mapping[str, Any], at: datetime) -> dict[str, Any]:  # noqa: ARG004
        return {"free": free_choices(session, about["questionnaire"], about["question"], about["places"])}

    @staticmethod
    def _place(session: StoreSession, asker: Asker, about: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        places = about["places"]
        number = places[about["option"]]
        taken = not number or take_seat(
            session,
            about["questionnaire"],
            about["question"],
            about["option"],
            of=number,
            session_id=asker.session,
            resident_id=asker.resident,
            at=at,
        )
        return {"taken": taken, "free": free_choices(session, about["questionnaire"], about["question"], places)}

    @staticmethod
    def _this_line(session: StoreSession, asker: Asker, _: Mapping[str, Any], at: datetime) -> dict[str, Any]:  # noqa: ARG004
        """The number that we rang, a relative's where we rang them; else the one that is registered."""
        resident = session.get(ResidentRow, asker.resident) if asker.resident else None
        if resident is None:
            return {}
        channel = session.scalar(
            select(AttemptRow.channel)
            .join(SessionRow, SessionRow.attempt_id == AttemptRow.id)
            .where(SessionRow.id == asker.session)
        )
        number = resident.family_phone if channel == "family" else resident.phone
        return {"phone": number} if number else {}


_WRITING: frozenset[LookupKind] = frozenset({"ticket", "place"})


def broken_off(session: StoreSession, resident: str, *, at: datetime) -> SessionRow | None:
    """The resident's last talk, if it was about a questionnaire that broke off and can still be gone on with."""
    newest = session.execute(
        select(SessionRow, QuestionnaireRow.key)
        .join(QuestionnaireRow, QuestionnaireRow.hash == SessionRow.questionnaire)
        .where(SessionRow.resident_id == resident, SessionRow.ended_at.is_not(None), QuestionnaireRow.key != FREE_TALK)
        .order_by(SessionRow.opened_at.desc(), SessionRow.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None:
        return None
    row: SessionRow = newest[0]
    return row if row.outcome in _UNFINISHED and at - row.opened_at <= MAY_GO_ON else None


def rung_in_vain(session: StoreSession, resident: str, *, at: datetime) -> str | None:
    """The questionnaire of a campaign under way that rang this resident lately and has not reached them."""
    found: str | None = session.scalars(
        select(CampaignRow.questionnaire)
        .join(ContactRow, ContactRow.campaign_id == CampaignRow.id)
        .join(AttemptRow, AttemptRow.contact_id == ContactRow.id)
        .where(ContactRow.resident_id == resident, ContactRow.status == "open", CampaignRow.status == "running")
        .where(AttemptRow.dialled_at >= at - RECENT_CALLS)
        .order_by(AttemptRow.dialled_at.desc())
        .limit(1)
    ).first()
    return found


def _of_ticket(session: StoreSession, asker: Asker, number: str) -> SessionRow | None:
    """The talk from which a ticket of this very household came, if it broke off."""
    if not number:
        return None
    ticket = session.scalars(
        select(TicketRow).where(TicketRow.number == f"T-{int(number):04d}", TicketRow.household_id == asker.household)
    ).first()
    row = session.get(SessionRow, ticket.session_id) if ticket and ticket.session_id else None
    return row if row is not None and row.outcome != "complete" else None


_UNFINISHED = ("partial", "break_off", "callback", "refused")  # refused: who took us for a fraud and calls to check
