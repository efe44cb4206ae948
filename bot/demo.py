"""The main job, end to end: a household book becomes answered calls, registry records and tickets."""

import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.clock import BEIJING, JumpingClock
from bot.console import console
from bot.demo_audio import DemoVoices, can_be_heard, demo_voices
from bot.demo_handover import handing_over
from bot.demo_score import Score, score
from bot.installation import opened
from bot.outbound import Caller, Outbound
from bot.rehearsal import Rehearsals
from bot.running import Running, running
from bot.settings import Settings
from bot.speech import RECOGNISER_MODEL
from campaigns.audience import AudienceQuery
from campaigns.policy import Policy
from integrations.campaigns import book
from integrations.campaigns.figures import came_to
from integrations.campaigns.launch import launch
from integrations.export.results import export_campaign
from integrations.registry.importing import import_household_book
from integrations.registry.sample.workbook import sample_community
from integrations.storage.models import QuestionnaireRow, TicketRow
from integrations.storage.store import Store
from integrations.telephony.loopback.process import loopback_line

START = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)  # a Monday, when calling begins
QUESTIONNAIRE = "health-follow-up"
LINES = 30
# Watched, the residents take their time and the clock runs with them; headless nobody waits.
WATCHED_RING_SECONDS = (0.5, 2.0)
WATCHED_TURN_SECONDS = (0.4, 1.2)
PACE = 6.0
FORETOLD = ("hours", "calls", "completed", "tickets", "tickets_per_worker")
WORTH_TELLING = timedelta(minutes=1)  # shorter jumps only keep the campaign's pace


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlan:
    """What the demo is asked to do."""

    households: int
    seed: int
    watched: bool
    audio_calls: int  # how many calls are heard and spoken, where the models are installed


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport(Score):
    """What it came to; the keys of `--json`, see docs/commands.md."""

    tickets: int
    workbook: str
    telephony: str
    recogniser: str
    audio_calls: int
    predicted: Mapping[str, float]  # the keys in FORETOLD, by the rehearsal
    actual: Mapping[str, float]  # the same, as it came
    seconds: float


async def run_demo(
    settings: Settings,
    plan: DemoPlan,
    *,
    progress: Callable[[str], None],
    opened_console: Callable[[str], None],
) -> tuple[DemoReport, AsyncExitStack]:
    """Runs the whole campaign. The stack keeps the console open until it is closed."""
    began = time.monotonic()
    folder = settings.data / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    own = settings.model_copy(
        update={
            "data": folder,
            "database_url": "",
            "key_file": None,
            "model_folder": settings.model.parent,
            "community": "育林社区",
            "callback_number": "0716-1234567",
        }
    )
    clock = JumpingClock(START.astimezone(UTC), pace=PACE, on_jump=_tell_jump(progress))
    progress(f"时钟从 {START:%Y-%m-%d %H:%M} 开始，空闲时跳到下一个该打电话的时间；拨打时段照常遵守。")
    stack = AsyncExitStack()
    try:
        store = stack.enter_context(opened(own, at=clock.now()))
        _import(store, folder, plan, clock, progress)
        system = await stack.enter_async_context(running(own, store, clock, progress=progress))
        if plan.watched:
            opened_console(await stack.enter_async_context(console(system, progress=progress)))
        voices = _voices(stack, settings, plan, system, progress)
        campaign, predicted = await _launch(system, progress)
        ledger = folder / "far-end.jsonl"
        await _call_everybody(system, clock, ledger, plan, voices)
        workbook = folder / "结果.xlsx"
        export_campaign(store, campaign, workbook, at=clock.now())
        found = score(store, ledger, campaign)
    except BaseException:
        await stack.aclose()
        raise
    return _report(store, found, campaign, predicted, workbook, voices=voices, seconds=time.monotonic() - began), stack


def _voices(
    stack: AsyncExitStack, settings: Settings, plan: DemoPlan, system: Running, progress: Callable[[str], None]
) -> DemoVoices | None:
    """The voices of the calls that are heard; None where there are to be none, or the models are not installed."""
    if not plan.audio_calls:
        return None
    if not can_be_heard(settings):
        progress(
            "没有安装语音模型，全部通话用文字模拟；想听真的，先运行 ./linyin models install whisper-base 和 kokoro-zh。"
        )
        return None
    progress(f"其中 {plan.audio_calls} 个电话用合成的居民声音真说真听，其余用文字模拟。")
    return stack.enter_context(demo_voices(settings, system, plan.audio_calls))


def _tell_jump(progress: Callable[[str], None]) -> Callable[[datetime, datetime], None]:
    def tell(before: datetime, after: datetime) -> None:
        if after - before < WORTH_TELLING:
            return
        progress(
            f"  时钟跳到 {after.astimezone(BEIJING):%m-%d %H:%M}（之前是 {before.astimezone(BEIJING):%m-%d %H:%M}）"
        )

    return tell


def _import(store: Store, folder: Path, plan: DemoPlan, clock: JumpingClock, progress: Callable[[str], None]) -> None:
    book_file = folder / "住户名册.xlsx"
    sample_community(book_file, shape="yuling", seed=plan.seed, households=plan.households)
    done = import_household_book(book_file, store, at=clock.now())
    progress(
        f"导入名册 {book_file.name}：{done.households.created} 户，{done.residents.created} 人，"
        f"{len(done.bad_rows)} 行有错没有导入。"
    )


async def _launch(system: Running, progress: Callable[[str], None]) -> tuple[str, Mapping[str, Any]]:
    """Draft, rehearsal, approval, launch; the campaign's id and what the rehearsal foretells."""
    with system.store.writing() as session:
        questionnaire = session.scalars(select(QuestionnaireRow).where(QuestionnaireRow.key == QUESTIONNAIRE)).one()
        campaign = book.create(
            session,
            title=f"{questionnaire.title}（演示）",
            questionnaire=questionnaire.hash,
            audience=AudienceQuery(),
            policy=Policy(),
            at=system.clock.now(),
        )
    rehearsed = await Rehearsals.of(system).run(campaign.id, role="staff")
    predicted = rehearsed.predicted
    progress(
        f"任务 {campaign.key} 演练了 {len(rehearsed.calls)} 通：预计 {predicted['predicted_hours']} 小时打完，"
        f"问完 {predicted['predicted_completed']} 户，每位网格员 {predicted['predicted_tickets_per_worker']} 张工单。"
    )
    with system.store.writing() as session:
        book.step(session, campaign.id, "approve", role="admin")
        at = system.clock.now()
        launched = launch(session, campaign.id, role="staff", dictionary=system.dictionary, at=at)
    progress(f"任务 {campaign.key} 启动：要打 {launched.contacts} 户，{sum(launched.visits.values())} 户直接上门。")
    return campaign.id, predicted


async def _call_everybody(
    system: Running, clock: JumpingClock, ledger: Path, plan: DemoPlan, voices: DemoVoices | None
) -> None:
    ring, turn = (WATCHED_RING_SECONDS, WATCHED_TURN_SECONDS) if plan.watched else ((0.0, 0.0), (0.0, 0.0))
    async with loopback_line(
        ledger, seed=str(plan.seed), now=system.clock.now, ring_seconds=ring, turn_seconds=turn
    ) as line:
        caller = Caller(
            name="demo",
            community=system.settings.community,
            callback_number=system.settings.callback_number,
            lines=LINES,
            recorded=True,
        )
        async with handing_over(system, line, clock) as handovers:
            outbound = Outbound(
                database=system.database,
                conversation=system.conversation,
                line=line if voices is None else voices.over(line),
                clock=clock,
                caller=caller,
                dictionary=system.dictionary,
                carry=handovers.converse,
            )
            await outbound.run(until_finished=True)


def _report(
    store: Store,
    found: Score,
    campaign: str,
    predicted: Mapping[str, Any],
    workbook: Path,
    *,
    voices: DemoVoices | None,
    seconds: float,
) -> DemoReport:
    with store.reading() as session:
        tickets = session.scalar(select(func.count()).select_from(TicketRow)) or 0
        came = asdict(came_to(session, campaign))
    return DemoReport(
        **asdict(found),
        tickets=tickets,
        workbook=str(workbook),
        telephony="loopback",
        recogniser="words" if voices is None else RECOGNISER_MODEL,
        audio_calls=0 if voices is None else voices.calls,
        predicted={name: predicted[f"predicted_{name}"] for name in FORETOLD},
        actual={name: round(came[name], 1) for name in FORETOLD},
        seconds=round(seconds, 1),
    )
