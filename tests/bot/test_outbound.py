"""Whole campaigns over the loopback phone on a clock that jumps; and the program killed in the middle of its calls."""

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.clock import JumpingClock
from bot.conversation import Conversation
from bot.effects import Effects
from bot.installation import bodies, opened
from bot.outbound import Caller, Outbound
from bot.sessions import read_events
from bot.settings import ROOT, Settings
from bot.writer import Database
from campaigns.audience import AudienceQuery
from campaigns.policy import Policy
from campaigns.retry import DEFAULT_RULES
from campaigns.window import CallingWindow
from dialogs import events as e
from dialogs.dictionary import load_dictionary
from integrations.campaigns import announcing, book
from integrations.campaigns.launch import launch
from integrations.campaigns.rehearsals import keep, rules_of
from integrations.registry.importing import import_household_book
from integrations.registry.sample.workbook import sample_community
from integrations.storage.models import AttemptRow, ContactRow, QuestionnaireRow, SessionRow
from integrations.storage.store import Store
from integrations.telephony.loopback.process import loopback_line
from tests.bot.conftest import alive, until

pytestmark = [pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]

LATE = datetime(2026, 11, 23, 12, 50, tzinfo=UTC)  # ten minutes before no telephone may ring any more
ALWAYS = CallingWindow(opens=time(0), closes=time(23, 59, 59, 999999))
DIALLER = "main"


@contextmanager
def town(folder: Path, *, households: int, at: datetime, policy: Policy | None = None) -> Iterator[tuple[Store, str]]:
    """An installation with a sample community in it and a campaign that runs; the campaign's id."""
    with opened(Settings(data=folder), at=at) as store:
        file = folder / "名册.xlsx"
        sample_community(file, shape="yuling", seed=3, households=households)
        import_household_book(file, store, at=at)
        with store.writing() as session:
            questionnaire = session.scalars(
                select(QuestionnaireRow.hash).where(QuestionnaireRow.key == "health-follow-up")
            ).one()
            made = book.create(
                session,
                title="健康随访",
                questionnaire=questionnaire,
                audience=AudienceQuery(),
                policy=policy or Policy(),
                at=at,
            )
            keep(session, made.id, (), {}, rules=rules_of(made), role="staff", at=at)
            book.step(session, made.id, "approve", role="admin")
            launch(session, made.id, role="staff", dictionary=load_dictionary(), at=at)
        yield store, made.id


@asynccontextmanager
async def dialler(store, workers, folder, *, clock, lines=5, turn_seconds=(0.0, 0.0)):
    """The dialler of a program that has just started."""
    database, dictionary = Database(store), load_dictionary()
    async with loopback_line(folder / "far.jsonl", seed="town", now=clock.now, turn_seconds=turn_seconds) as line:
        yield Outbound(
            database=database,
            conversation=Conversation(database, workers.client, Effects(dictionary), bodies=bodies(store)),
            line=line,
            clock=clock,
            caller=Caller(name=DIALLER, community="育林社区", callback_number="", lines=lines),
            dictionary=dictionary,
        )
    database.close()


def all_rows(store, row):
    with store.reading() as session:
        return session.scalars(select(row).order_by(row.id)).all()


def dialled(session) -> int:
    return session.scalar(select(func.count()).select_from(AttemptRow).where(AttemptRow.dialled_at.is_not(None)))


def count_dialled(store) -> int:
    with store.reading() as session:
        return dialled(session)


def check_all_settled(store) -> None:
    for contact in all_rows(store, ContactRow):
        assert contact.status == "done"
        assert contact.disposition
        assert contact.outcome
        assert contact.owner
    assert {row.status for row in all_rows(store, AttemptRow)} <= {"ended", "interrupted", "cancelled"}
    assert all(row.ended_at is not None for row in all_rows(store, SessionRow))


async def test_every_contact_ends_with_a_disposition_and_an_owner_and_nobody_is_called_at_night(
    workers, tmp_path
) -> None:
    with town(tmp_path, households=25, at=LATE) as (store, _):
        async with dialler(store, workers, tmp_path, clock=JumpingClock(LATE, pace=30.0), lines=2) as outbound:
            await outbound.run(until_finished=True)
        check_all_settled(store)
        rang = [row.dialled_at for row in all_rows(store, AttemptRow) if row.dialled_at is not None]
    assert all(CallingWindow().allows(at=moment) for moment in rang)
    assert len({(moment + timedelta(hours=8)).date() for moment in rang}) > 1, "no call was left for the next day"


async def test_a_paused_campaign_dials_nothing_more_until_it_is_resumed(workers, tmp_path) -> None:
    at = LATE - timedelta(hours=8)
    with town(tmp_path, households=12, at=at) as (store, campaign):
        clock = JumpingClock(at)
        async with dialler(store, workers, tmp_path, clock=clock, lines=2, turn_seconds=(0.1, 0.2)) as outbound:
            running = asyncio.create_task(outbound.run(until_finished=True))
            await until(lambda: count_dialled(store) >= 3)
            with store.writing() as session:
                book.step(session, campaign, "pause", role="staff")
                before = dialled(session)
            await running
            assert outbound.calls_up == 0
            assert count_dialled(store) == before
            assert any(row.status == "due" for row in all_rows(store, AttemptRow))
            with store.writing() as session:
                told_before = set(session.scalars(select(SessionRow.id)))
                announcing.declare(session, campaign, hangs=True, role="grid_worker", user_id=None, at=clock.now())
                book.step(session, campaign, "resume", role="staff")
            await outbound.run(until_finished=True)
        check_all_settled(store)
        first_words = {key: log[0] for key, log in logs(store).items()}
    # Calls speak of the notice only once it hangs.
    assert {each.announced for key, each in first_words.items() if key in told_before} == {False}
    assert {each.announced for key, each in first_words.items() if key not in told_before} == {True}


async def test_a_dialler_that_drains_finishes_its_calls_and_starts_none(workers, tmp_path) -> None:
    at = LATE - timedelta(hours=8)
    with town(tmp_path, households=12, at=at) as (store, _):
        clock = JumpingClock(at)
        async with dialler(store, workers, tmp_path, clock=clock, lines=2, turn_seconds=(0.1, 0.2)) as outbound:
            running = asyncio.create_task(outbound.run())
            await until(lambda: all_rows(store, SessionRow))
            outbound.drain()
            before = count_dialled(store)
            await running
        assert count_dialled(store) - before <= 2  # what had been claimed at that moment
        statuses = {row.status for row in all_rows(store, AttemptRow)}
        assert "due" in statuses
        assert not statuses & {"dialling", "answered", "interrupted"}
        assert all(row.ended_at is not None for row in all_rows(store, SessionRow))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]


async def serve(folder: Path) -> asyncio.subprocess.Process:
    """`./linyin serve` as it runs every day."""
    settings = {
        "LINYIN_DATA": str(folder),
        "LINYIN_MODEL_FOLDER": str(Path(os.environ.get("LINYIN_DATA", ROOT / "var")) / "model"),
        "LINYIN_PORT": str(free_port()),
        "LINYIN_WORKERS": "1",
        "LINYIN_WORKER_PORT": str(free_port()),
        "LINYIN_LINES": "4",
    }
    with (folder / "serve.log").open("wb") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", cwd=ROOT, env=os.environ | settings, stdout=log, stderr=log
        )


def in_the_middle(store) -> list[str]:
    """Sessions under way in which an answer is kept."""
    with store.reading() as session:
        return [
            row.id
            for row in session.scalars(select(SessionRow).where(SessionRow.ended_at.is_(None)))
            if any(isinstance(event, e.AnswerCaptured) for event in read_events(session, row.id))
        ]


def logs(store) -> dict[str, tuple[e.AnyEvent, ...]]:
    with store.reading() as session:
        return {id_: read_events(session, id_) for id_ in session.scalars(select(SessionRow.id))}


async def test_the_program_killed_in_the_middle_of_calls_loses_nothing_and_goes_on(workers, tmp_path) -> None:
    with town(tmp_path, households=10, at=datetime.now(UTC), policy=Policy(window=ALWAYS)) as (store, _):
        platform = await serve(tmp_path)
        try:
            await until(lambda: in_the_middle(store) or platform.returncode is not None, within=240)
        finally:
            offspring = children(platform.pid)
            platform.kill()
            await platform.wait()
        assert len(offspring) == 2, (tmp_path / "serve.log").read_text(encoding="utf-8")
        await until(lambda: not any(map(alive, offspring)))
        before, cut = logs(store), in_the_middle(store)
        assert cut

        clock = JumpingClock(datetime.now(UTC))
        async with dialler(store, workers, tmp_path, clock=clock) as outbound:
            await outbound.run(until_finished=True)
        check_all_settled(store)
        after = logs(store)
        for session, events in before.items():
            assert after[session][: len(events)] == events
        check_went_on(store, after, cut)


def check_went_on(store, after, cut) -> None:
    sessions = {row.id: row for row in all_rows(store, SessionRow)}
    attempts = all_rows(store, AttemptRow)
    for id_ in cut:
        attempt = next(row for row in attempts if row.id == sessions[id_].attempt_id)
        assert (attempt.status, attempt.disposition) == ("interrupted", "interrupted")
        following = next(
            row for row in attempts if (row.contact_id, row.number) == (attempt.contact_id, attempt.number + 1)
        )
        assert following.due_at >= attempt.ended_at + DEFAULT_RULES["interrupted"].gap
        told = {event.question for event in after[id_] if isinstance(event, e.AnswerCaptured)}
        told -= {key for event in after[id_] if isinstance(event, e.AnswersReadBack) for key in event.questions}
        asked = {event.question for event in after.get(following.session_id, ()) if isinstance(event, e.QuestionAsked)}
        assert not told & asked
