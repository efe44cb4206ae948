"""Places that run out: counted over all sessions, and the last one goes to one of two."""

import asyncio

import msgspec
import pytest
from sqlalchemy import select

from bot.conversation import Answered, Opening
from dialogs.events import AnswerCaptured
from dialogs.questionnaire import Questionnaire
from integrations.bookings.seats import free_choices, take_seat
from integrations.storage.models import BookingRow, QuestionnaireRow, SessionRow

pytestmark = [pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]


async def appointment_with_one_place_left(desk) -> str:
    """The hash of the appointment, all but one seat of 八号上午 taken by somebody."""
    opened = await desk.open()
    with desk.store.writing() as session:
        row = session.scalars(select(QuestionnaireRow).where(QuestionnaireRow.key == "appointment")).one()
        time = msgspec.json.decode(row.body, type=Questionnaire).question("time")
        session.add_all(
            BookingRow(
                id=session.new_id(at=desk.at),
                seat=f"appointment:time:dec8_morning:{number}",
                questionnaire="appointment",
                question="time",
                choice="dec8_morning",
                session_id=opened.session,
                at=desk.at,
            )
            for number in range(time.choices[0].places - 1)
        )
    return row.hash


async def up_to_the_time(desk, resident: int, questionnaire: str) -> Answered:
    opening = Opening(
        questionnaire=questionnaire,
        channel="voice" if resident else "chat",
        community="育林社区",
        resident_id=f"r{resident}",
        household_id=f"h{resident}",
    )
    opened = await desk.conversation.open(opening, at=desk.at)
    await desk.say(opened.session, "方便")
    return await desk.say(opened.session, "体检")


def said(answered: Answered) -> str:
    return "".join(prompt.spoken for prompt in answered.replies)


def bookings(desk) -> list[BookingRow]:
    """Those of people, beside the seats that were taken before."""
    with desk.store.reading() as session:
        return list(session.scalars(select(BookingRow).where(BookingRow.resident_id.is_not(None))))


async def test_two_at_once_cannot_both_get_the_last_place(desk) -> None:
    questionnaire = await appointment_with_one_place_left(desk)
    one, other = [await up_to_the_time(desk, resident, questionnaire) for resident in (0, 1)]
    assert "八号上午" in said(one)
    assert "八号上午" in said(other)
    replies = await asyncio.gather(*(desk.say(each.session, "八号上午") for each in (one, other)))
    won = [each for each in replies if any(isinstance(event, AnswerCaptured) for event in each.events)]
    [lost] = [each for each in replies if each not in won]
    assert len(won) == 1
    assert "刚刚约满了" in said(lost)
    assert "八号上午" not in said(lost)
    assert "八号下午" in said(lost)
    assert [row.choice for row in bookings(desk)] == ["dec8_morning"]


async def test_a_full_time_is_not_offered_and_a_changed_mind_gives_the_place_back(desk) -> None:
    questionnaire = await appointment_with_one_place_left(desk)
    one = await up_to_the_time(desk, 0, questionnaire)
    await desk.say(one.session, "八号上午")
    assert "八号上午" not in said(await up_to_the_time(desk, 1, questionnaire))
    await desk.say(one.session, "前面说错了，是九号上午")
    assert [row.choice for row in bookings(desk)] == ["dec9_morning"]
    third = await up_to_the_time(desk, 1, questionnaire)
    assert "八号上午" in said(third)


async def test_whoever_calls_again_for_another_time_has_one_place_and_not_two(desk) -> None:
    questionnaire = await appointment_with_one_place_left(desk)
    for time in ("八号上午", "八号上午", "九号上午"):
        again = await up_to_the_time(desk, 0, questionnaire)
        await desk.say(again.session, time)
    assert [row.choice for row in bookings(desk)] == ["dec9_morning"]


async def test_a_seat_that_was_asked_for_twice_is_taken_once(desk) -> None:
    opened = await desk.open()
    with desk.store.writing() as session:
        row = session.get_one(SessionRow, opened.session)
        for _ in range(2):
            assert take_seat(
                session, "a", "time", "x", of=2, session_id=row.id, resident_id=row.resident_id, at=desk.at
            )
        assert free_choices(session, "a", "time", {"x": 2, "y": 0}) == ["x", "y"]
    assert len(bookings(desk)) == 1
