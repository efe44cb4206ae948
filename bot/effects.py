"""What a turn's events change outside the session, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from bot.evidence.callers import stranger
from bot.evidence.keeping import refuse_recording
from bot.sessions import read_events
from dialogs import events as e
from dialogs.dictionary import Dictionary
from dialogs.state import ASKED
from integrations.bookings.seats import give_back
from integrations.campaigns.ending import answered_elsewhere
from integrations.handover.opening import open_handover
from integrations.knowledge.unmet import note_unmet_question
from integrations.registry import lookup, records
from integrations.storage import audit
from integrations.storage.models import ContactRow, ResidentRow, SessionRow
from integrations.storage.store import StoreSession
from integrations.tickets import strangers
from integrations.tickets.kinds import label
from integrations.tickets.raising import Matter, add_words, raise_ticket
from integrations.tickets.strangers import Stranger

NEVER_AGAIN = "居民要求不再来电"
IN_DOUBT = "suspicious"  # the kind of escalation of whoever took us for a fraud and went
NOT_UNDERSTOOD = "question"  # the kind of ticket for words that nothing could be done with
OF_A_PERSON = (
    *(e.AnswerCaptured, e.EscalationRaised, e.JobFinished, e.PolicyQuestionAsked, e.RefusalHeard, e.SessionEnded),
)


class Effects:
    """Applies events to the registry, tickets and lists."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary

    def apply(self, session: StoreSession, row: SessionRow, events: Sequence[e.AnyEvent], *, at: datetime) -> None:
        """Every effect of these events of one session."""
        about_them = any(isinstance(each, OF_A_PERSON) for each in events)
        resident = records.whose(session, row.resident_id) if row.resident_id and about_them else None
        if taken_back := _taken_back(events):
            give_back(session, session_id=row.id, questions=taken_back)
        spoken_at = next((each.utterance.seconds for each in events if isinstance(each, e.UtteranceHeard)), None)
        for event in events:
            match event:
                case e.LookupAnswered(kind="identity", found={"resident": str(found), "household": str(home)}):
                    resident = self._recognised(session, row, found, home)
                    self.apply(session, row, self._told_before(session, row, events), at=at)
                case e.ProofGiven(step="place"):
                    strangers.told_where(session, row.id, event.value, at=event.at)
                case e.ProofGiven() if not row.household_id:
                    strangers.told_more(session, row.id, stranger(session, row.id))
                case e.JobFinished(questionnaire=str(done)) if resident and done:
                    answered_elsewhere(session, resident_id=resident.id, questionnaire=done, at=at)
                case e.AnswerCaptured() if resident:
                    whose = records.whose(session, event.member) if event.member else resident
                    self._keep(session, row, whose, event, spoken_at)
                case e.AnswerConfirmed():
                    records.confirm(session, source_id=row.id, question=event.question)
                case e.AnswerWithdrawn():
                    records.withdraw(session, source_id=row.id, question=event.question, at=event.at)
                case e.EscalationRaised():
                    self._raise(session, row, event)
                    if event.kind == IN_DOUBT and resident:
                        _in_doubt(session, resident.id, at=event.at)
                case e.SessionEnded(outcome="break_off") if resident and _took_us_for_a_fraud(session, row, events):
                    _in_doubt(session, resident.id, at=event.at)
                case e.RefusalHeard(scope="recording"):
                    refuse_recording(session, row.id, at=event.at)
                case e.RefusalHeard(scope="always") if resident:
                    self._never_again(session, session.get_one(ResidentRow, resident.id), event)
                case e.RefusalHeard(scope="always") if row.channel == "voice":
                    if shown := stranger(session, row.id).phone:
                        lookup.never_call(session, shown, reason=NEVER_AGAIN, at=event.at)
                        _noted(session, "session", row.id, at=event.at)
                case e.PolicyQuestionAsked(source=""):
                    note_unmet_question(session, event.heard, session_id=row.id, at=event.at)
                    self._raise(session, row, _as_question(event))
                    add_words(session, f"session:{row.id}:{ASKED}", event.heard)
                case e.MoreTold():
                    add_words(session, f"session:{row.id}:{event.key}", event.heard)
                case e.SessionEnded(outcome="complete") if resident and row.channel == "chat":
                    answered_elsewhere(session, resident_id=resident.id, questionnaire=row.questionnaire, at=at)

    @staticmethod
    def _told_before(session: StoreSession, row: SessionRow, now: Sequence[e.AnyEvent]) -> Sequence[e.AnyEvent]:
        """What was told before it was known who tells it: it is theirs as well."""
        kinds = (e.AnswerCaptured, e.EscalationRaised, e.RefusalHeard)
        return [each for each in read_events(session, row.id) if isinstance(each, kinds) and each not in now]

    @staticmethod
    def _recognised(session: StoreSession, row: SessionRow, resident: str, household: str) -> records.Whose:
        """Whoever talks showed who they are: from here on it is their session."""
        row.resident_id, row.household_id = resident, household
        came_themselves(session, resident)
        theirs = {"resident_id": resident, "household_id": household}
        session.execute(update(SessionRow).where(SessionRow.id == row.id).values(**theirs))
        strangers.recognised(session, row.id, resident=resident, household=household)
        return records.whose(session, resident)

    def _keep(
        self,
        session: StoreSession,
        row: SessionRow,
        resident: records.Whose,
        event: e.AnswerCaptured,
        spoken_at: tuple[float, float] | None,
    ) -> None:
        provenance = records.Provenance(
            source="session",
            source_id=row.id,
            channel="voice" if row.channel == "voice" else "chat",
            speaker=event.speaker,
            own_words=event.heard,
            confidence=event.confidence,
            question=event.question,
            recorded=spoken_at,
        )
        records.captured(
            session,
            resident,
            self.dictionary.by_key[event.field],
            value=event.value,
            shown=event.shown,
            provenance=provenance,
            at=event.at,
        )

    @staticmethod
    def _raise(session: StoreSession, row: SessionRow, event: e.EscalationRaised) -> None:
        """A ticket, and somebody's telephone when it cannot wait: also for whom we do not know.

        What nobody understood is no matter where nobody can be asked back.
        """
        ticket = None
        caller = Stranger() if row.household_id else stranger(session, row.id)
        if row.household_id or caller.phone or event.kind != NOT_UNDERSTOOD:
            campaign = None
            if row.contact_id:
                campaign = session.scalar(select(ContactRow.campaign_id).where(ContactRow.id == row.contact_id))
            matter = Matter(
                dedupe_key=f"session:{row.id}:{event.key}",
                kind=event.kind,
                severity=event.severity,
                household_id=row.household_id,
                resident_id=event.member or row.resident_id,
                session_id=row.id,
                campaign_id=campaign,
                summary=label(event.kind),
                own_words=event.heard,
                caller_phone=caller.phone,
                caller_name=caller.name,
            )
            ticket = raise_ticket(session, matter, at=event.at).id
        open_handover(
            session,
            session_id=row.id,
            key=event.key,
            kind=event.kind,
            severity=event.severity,
            heard=event.heard,
            ticket_id=ticket,
            household_id=row.household_id,
            resident_id=row.resident_id,
            at=event.at,
        )

    @staticmethod
    def _never_again(session: StoreSession, resident: ResidentRow, event: e.RefusalHeard) -> None:
        if resident.do_not_call_at is None:
            _noted(session, "resident", resident.id, at=event.at)
        resident.do_not_call_at = event.at
        if resident.phone:
            lookup.doubt_is_over(session, resident.phone)  # it is no doubt any more, and does not end by itself
            lookup.never_call(session, resident.phone, reason=NEVER_AGAIN, at=event.at)


def _as_question(asked: e.PolicyQuestionAsked) -> e.EscalationRaised:
    """我帮您问社区，回头答复您: somebody has to."""
    return e.EscalationRaised(at=asked.at, kind=NOT_UNDERSTOOD, severity="normal", heard=asked.heard, key=ASKED)


def _noted(session: StoreSession, kind: str, object_id: str, *, at: datetime) -> None:
    """That they are left alone from now on can be shown."""
    audit.record(session, user_id=None, action="contact.refused", object_kind=kind, object_id=object_id, at=at)


def _taken_back(events: Sequence[e.AnyEvent]) -> set[str]:
    """The questions whose answers were taken back and not given anew."""
    questions: set[str] = set()
    for event in events:
        match event:
            case e.AnswerWithdrawn():
                questions.add(event.question)
            case e.AnswerCaptured():
                questions.discard(event.question)
    return questions


def _in_doubt(session: StoreSession, resident: str, *, at: datetime) -> None:
    phone = session.get_one(ResidentRow, resident).phone
    if phone:
        lookup.never_call_in_doubt(session, phone, at=at)


def came_themselves(session: StoreSession, resident: str) -> None:
    """A resident called or wrote to us: whoever took us for a fraud may be rung again."""
    phone = session.get_one(ResidentRow, resident).phone
    if phone:
        lookup.doubt_is_over(session, phone)


def _took_us_for_a_fraud(session: StoreSession, row: SessionRow, now: Sequence[e.AnyEvent]) -> bool:
    """Whether somebody hung up on us without a word after saying so, and had answered nothing."""
    said = [*read_events(session, row.id), *now]
    in_doubt = any(isinstance(each, e.SuspicionHeard) for each in said)
    return in_doubt and not any(isinstance(each, e.AnswerCaptured) for each in said)
