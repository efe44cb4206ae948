"""Takes and gives back seats: two who want the last one at the same moment cannot both get it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, func, select

from integrations.storage.models import BookingRow
from integrations.storage.once import insert_once
from integrations.storage.store import StoreSession


def free_choices(session: StoreSession, questionnaire: str, question: str, places: Mapping[str, int]) -> list[str]:
    """The choices that have a seat left, in their order; `places` says how many each has, 0 without limit."""
    rows = session.execute(
        select(BookingRow.choice, func.count())
        .where(BookingRow.questionnaire == questionnaire, BookingRow.question == question)
        .group_by(BookingRow.choice)
    ).all()
    taken = {row[0]: row[1] for row in rows}
    return [choice for choice, number in places.items() if not number or taken.get(choice, 0) < number]


def take_seat(
    session: StoreSession,
    questionnaire: str,
    question: str,
    choice: str,
    *,
    of: int,
    session_id: str,
    resident_id: str | None,
    at: datetime,
) -> bool:
    """Takes one of `of` seats for a session; True also when it has one already. What it had elsewhere is given back.

    A resident has one seat, however often they call about it.
    """
    whose = BookingRow.session_id == session_id
    if resident_id is not None:
        whose |= BookingRow.resident_id == resident_id
    mine = select(BookingRow).where(whose, BookingRow.questionnaire == questionnaire, BookingRow.question == question)
    had = session.scalars(mine).first()
    if had is not None and had.choice == choice:
        had.session_id = session_id
        return True
    for number in range(of):
        values = {
            "id": session.new_id(at=at),
            "seat": f"{questionnaire}:{question}:{choice}:{number}",
            "questionnaire": questionnaire,
            "question": question,
            "choice": choice,
            "session_id": session_id,
            "resident_id": resident_id,
            "at": at,
        }
        if insert_once(session, BookingRow, values, unique="seat"):
            if had is not None:
                session.delete(had)
            return True
    return False


def give_back(session: StoreSession, *, session_id: str, questions: Collection[str]) -> None:
    """The seats that a session took for these questions are free again."""
    session.execute(
        delete(BookingRow).where(BookingRow.session_id == session_id, BookingRow.question.in_(list(questions)))
    )
