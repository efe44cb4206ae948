"""The tables, one class each. Importing this package knows them all."""

from integrations.storage.models.accounts import LoginFailureRow, LoginSessionRow, UserRow
from integrations.storage.models.bookings import BookingRow
from integrations.storage.models.calling import AttemptRow, CampaignRow, ContactRow
from integrations.storage.models.community import DoNotCallRow, HouseholdRow, PlaceRow, ResidentRow, WorkerRow
from integrations.storage.models.declarative import Row
from integrations.storage.models.evidence import ErasureRow, RecordingRow, StrangerErasureRow
from integrations.storage.models.following import EnrolmentRow, MessageRow, SeriesRow
from integrations.storage.models.handover import HandoverRingRow, HandoverRow, HandoverWordRow, WorkerPinRow
from integrations.storage.models.importing import ImportChangeRow, ImportRow
from integrations.storage.models.incoming import IncomingCallRow
from integrations.storage.models.knowledge import KnowledgePassageRow, UnmetQuestionRow
from integrations.storage.models.records import RecordRow
from integrations.storage.models.rehearsing import RehearsalCallRow, RehearsalRow, TrialCallRow
from integrations.storage.models.talk import EventRow, QuestionnaireRow, SessionRow
from integrations.storage.models.watch import AuditRow, KeyCheckRow, KeyRotationRow
from integrations.storage.models.work import OutboxRow, TicketRow

__all__ = [
    "AttemptRow",
    "AuditRow",
    "BookingRow",
    "CampaignRow",
    "ContactRow",
    "DoNotCallRow",
    "EnrolmentRow",
    "ErasureRow",
    "EventRow",
    "HandoverRingRow",
    "HandoverRow",
    "HandoverWordRow",
    "HouseholdRow",
    "ImportChangeRow",
    "ImportRow",
    "IncomingCallRow",
    "KeyCheckRow",
    "KeyRotationRow",
    "KnowledgePassageRow",
    "LoginFailureRow",
    "LoginSessionRow",
    "MessageRow",
    "OutboxRow",
    "PlaceRow",
    "QuestionnaireRow",
    "RecordRow",
    "RecordingRow",
    "RehearsalCallRow",
    "RehearsalRow",
    "ResidentRow",
    "Row",
    "SeriesRow",
    "SessionRow",
    "StrangerErasureRow",
    "TicketRow",
    "TrialCallRow",
    "UnmetQuestionRow",
    "UserRow",
    "WorkerPinRow",
    "WorkerRow",
]
