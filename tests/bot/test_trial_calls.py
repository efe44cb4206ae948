"""A call to one's own number: real, and nothing of it is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.clock import JumpingClock
from bot.conversation import Opening
from bot.installation import newest_questionnaire
from bot.trial_calls import TrialCalls
from bot.trial_talk import TrialTalk
from integrations.campaigns import trials
from integrations.campaigns.errors import TrialRefused
from integrations.registry.lookup import never_call
from integrations.storage.models import AttemptRow, BookingRow, EventRow, RecordRow, SessionRow, TicketRow, TrialCallRow
from integrations.telephony.loopback.ledger import Closed, read
from integrations.telephony.loopback.population import Population
from integrations.telephony.loopback.process import loopback_line
from nlu.utterance import Utterance

OWN = "13900000042"
pytestmark = pytest.mark.asyncio(loop_scope="session")


def ask(desk, *, phone: str = OWN, after: timedelta = timedelta()) -> str:
    with desk.store.writing() as session:
        return trials.ask(session, questionnaire=desk.questionnaire, phone=phone, asked_by=None, at=desk.at + after)


@pytest.mark.rasa
async def test_a_trial_call_is_a_whole_conversation_of_which_nothing_is_kept(desk, tmp_path) -> None:
    ask(desk)
    clock = JumpingClock(desk.at)
    everybody_answers = Population(fates={}, dead={}, endings={}, red_flags=1.0, over=0.0)
    async with loopback_line(tmp_path / "far.jsonl", seed="t", now=clock.now, population=everybody_answers) as line:
        caller = TrialCalls(
            database=desk.database,
            conversation=desk.conversation,
            dialogue=desk.client,
            line=line,
            clock=clock,
            name="t",
            community="育林社区",
            callback_number="",
        )
        with desk.store.writing() as session:
            [trial] = trials.claim(session, caller="t", at=clock.now())
            assert trials.claim(session, caller="u", at=clock.now()) == []
        await caller.call(trial)
    [call] = [each for each in read(tmp_path / "far.jsonl") if isinstance(each, Closed)]
    assert call.number == OWN
    assert len(call.turns) > 2
    with desk.store.reading() as session:
        for kept in (AttemptRow, EventRow, RecordRow, SessionRow, TicketRow):
            assert session.scalar(select(func.count()).select_from(kept)) == 0
        row = session.scalars(select(TrialCallRow)).one()
        assert (row.status, row.disposition) == ("ended", "answered")


@pytest.mark.rasa
async def test_a_trial_offers_the_times_and_takes_none_of_the_places(desk) -> None:
    with desk.store.reading() as session:
        newest = newest_questionnaire(session, "appointment")
    opening = Opening(questionnaire=newest.hash, channel="voice", community="育林社区")
    talk = TrialTalk(desk.conversation, desk.client, opening, JumpingClock(desk.at))
    await talk.begin()
    said = [
        "".join(prompt.spoken for prompt in (await talk.hear(Utterance(text=words))).prompts)
        for words in ("方便", "体检", "八号上午")
    ]
    assert "还有这些时间：八号上午" in said[1]
    assert said[2].startswith("八号上午，给您约上了。")
    with desk.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(BookingRow)) == 0


async def test_a_number_is_tried_only_so_often_and_never_against_its_will(desk) -> None:
    for minute in range(3):
        ask(desk, after=timedelta(minutes=minute))
    with pytest.raises(TrialRefused, match="太多"):
        ask(desk, after=timedelta(minutes=4))
    ask(desk, phone="13900000043", after=timedelta(minutes=4))
    with desk.store.writing() as session:
        never_call(session, "13900000044", reason="x", at=desk.at)
    with pytest.raises(TrialRefused, match="免打扰"):
        ask(desk, phone="13900000044")
    with pytest.raises(TrialRefused, match="号码不对"):
        ask(desk, phone="12")


async def test_a_trial_call_that_was_up_when_the_program_died_is_over(desk) -> None:
    trial = ask(desk)
    with desk.store.writing() as session:
        trials.claim(session, caller="t", at=desk.at)
        assert trials.end_lost(session, caller="t", at=desk.at) == 1
        assert session.get_one(TrialCallRow, trial).disposition == "interrupted"
