"""A small community with a campaign under way, and the console over it. Everything is real but Rasa's choice of act."""

import secrets
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openpyxl import Workbook
from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, ConsoleMessage, Page, async_playwright, expect

from bot.auth.accounts import NewAccount, add_account, first_run
from bot.auth.passwords import Passwords
from bot.auth.roles import Role
from bot.conversation import Conversation, Opening
from bot.desk import free_talk
from bot.effects import Effects
from bot.installation import keep_questionnaire
from bot.rehearsal import Rehearsals
from bot.web.app import create_app
from bot.web.collaborators import Collaborators
from bot.writer import Database
from campaigns.audience import AudienceQuery
from campaigns.disposition import Disposition
from campaigns.forecast import Prices
from campaigns.policy import Policy
from dialogs import phases, turns
from dialogs.acts import ACTS
from dialogs.definitions import library
from dialogs.dictionary import Dictionary, load_dictionary
from dialogs.jobs import JOBS, own_questionnaires
from dialogs.questionnaire import Questionnaire, canonical, content_hash
from dialogs.turn import PROTOCOL, TurnReply, TurnRequest
from integrations.campaigns.book import create
from integrations.campaigns.dial import claim_due, start_dialling
from integrations.campaigns.ending import CallEnd, answered, ended
from integrations.campaigns.launch import launch
from integrations.registry.lookup import name_index, phone_index
from integrations.storage.audit import record
from integrations.storage.models import (
    CampaignRow,
    ContactRow,
    HouseholdRow,
    PlaceRow,
    ResidentRow,
    TicketRow,
    WorkerRow,
)
from integrations.storage.store import Store, StoreSession
from nlu.understanding import understand
from nlu.utterance import Utterance
from tests.workshop.chromium import CHROMIUM, DESK, FLAGS, MISSING, TELEPHONE
from voice.audio.dtmf import tones
from voice.audio.wav import wav_bytes

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # 09:00 in Beijing
DIALLER = "test"
SAID = {
    "转人工": "person_please",
    "报修": "repair_request",
    "别问了": "refuse_call",
}  # what the stand-in for the intent model knows
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PEOPLE = (
    # grid, house, room, name, phone, birth year
    (0, "3号楼", "501", "王秀英", "13812340001", 1941),
    (0, "3号楼", "502", "李建国", "13812340002", 1938),
    (0, "5号楼", "101", "张桂兰", "13812340003", 1945),
    (1, "1号楼", "202", "陈德福", "13812340004", 1936),
    (1, "1号楼", "303", "刘玉珍", "13812340005", 1943),
    (1, "2号楼", "404", "赵志强", "13812340006", 1950),
)


class HandClock:
    """A clock that stands, but for a millisecond a look, until it is advanced."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        self._now += timedelta(milliseconds=1)
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by

    async def idle_until(self, due: datetime) -> None:
        self._now = max(self._now, due)


class LoopDialogue:
    """The questionnaire loop in this process. Rasa's rules are replaced by the act that the understanding names."""

    def __init__(self, questionnaires: Mapping[str, Questionnaire]) -> None:
        self._questionnaires = questionnaires

    async def turn(self, request: TurnRequest) -> TurnReply:
        questionnaire, state = self._questionnaires[request.questionnaire], request.state
        if request.utterance is None:
            step = turns.begin(questionnaire, state, at=request.at)
        else:
            understood = understand(
                request.utterance,
                pending=phases.pending(questionnaire, state),
                others=phases.others(questionnaire, state),
                rank=lambda text: [(next((act for words, act in SAID.items() if words in text), "statement"), 0.9)],
                at=request.at,
            )
            by_phase = {
                "opening": "act_opening_answered",
                "reading_back": "act_read_back_answered",
                "red_flag": "act_red_flag_answered",
                "callback": "act_callback_answered",
                "correcting": "act_correction_answered",
                "identifying": "act_speaker_answered",
                "with_child": "act_child_answered",
                "desk": "act_not_understood",
                "proving": "act_proof_given",
            }
            named = f"act_{understood.act}"
            act = named if named in ACTS else by_phase.get(state.phase, "act_answered")
            act = "act_not_understood" if understood.act == "no_match" else act
            if understood.act in JOBS and named not in ACTS:
                act = {"desk": "act_want", "job_begun": "act_job_begun"}.get(state.phase, act)
            step = turns.take(questionnaire, state, request.utterance, understood, ACTS[act], at=request.at)
        return TurnReply(protocol=PROTOCOL, replies=step.replies, events=step.events, state=step.state)


@dataclass
class Town:
    """What the tests know of the community."""

    store: Store
    clock: HandClock
    conversation: Conversation
    dictionary: Dictionary
    questionnaire: str
    rehearsals: Rehearsals
    grids: list[str] = field(default_factory=list)
    workers: list[str] = field(default_factory=list)
    residents: dict[str, str] = field(default_factory=dict)  # name → id
    campaign: str = ""

    def contact(self, name: str) -> str:
        """The id of a person's contact."""
        with self.store.reading() as session:
            return next(row.id for row in session.query(ContactRow) if row.resident_id == self.residents[name])

    def asked_to_be_deleted(self, name: str) -> str:
        """The wish of a person, as a ticket; its id."""
        at = self.clock.now()
        with self.store.writing() as session:
            resident = session.get_one(ResidentRow, self.residents[name])
            row = TicketRow(
                id=session.new_id(at=at), number="T-9001", dedupe_key="asked", kind="data_deletion", severity="normal",
                household_id=resident.household_id, resident_id=resident.id, summary="要求删除信息",
                own_words="把我的信息删掉", state="open", created_at=at,
            )  # fmt: skip
            session.add(row)
            return row.id

    async def call(self, name: str, *, said: tuple[str, ...] = (), disposition: Disposition | None = None) -> None:
        """Rings somebody: they say these words one after the other, or the call ends with the disposition.

        With words but no disposition the call stays up.
        """
        ready = self.ready[name]
        del self.ready[name]
        if said:
            opened = await self.conversation.open(
                Opening(
                    questionnaire=self.questionnaire,
                    channel="voice",
                    community="育林社区",
                    resident_id=ready.resident_id,
                    household_id=ready.household_id,
                    contact_id=ready.contact_id,
                    attempt_id=ready.attempt_id,
                ),
                at=self.clock.now(),
            )
            state = opened.state
            with self.store.writing() as session:
                answered(session, ready.attempt_id, session_id=opened.session, at=self.clock.now())
            for words in said:
                self.clock.advance(timedelta(seconds=6))
                if state.outcome is None:
                    turn = await self.conversation.handle(opened.session, Utterance(text=words), at=self.clock.now())
                    state = turn.state
        if disposition is not None:
            outcome = state.outcome if said else None
            with self.store.writing() as session:
                ended(
                    session,
                    ready.attempt_id,
                    CallEnd(disposition=disposition, outcome=outcome, sip_code=200 if said else 486),
                    at=self.clock.now(),
                )

    def dial(self) -> None:
        """Everybody's telephone rings."""
        with self.store.writing() as session:
            claimed = claim_due(session, dialler=DIALLER, at=self.clock.now(), limit=100)
            ready, _ = start_dialling(session, claimed, dialler=DIALLER, at=self.clock.now())
        names = {resident: name for name, resident in self.residents.items()}
        self.ready = {names[each.resident_id]: each for each in ready}


HEALTHY = ("方便", "没有发烧", "不咳嗽", "不胸闷", "药还有", "不用", "好的")


class Beeps:
    """Reads every text aloud as one short tone of its own: enough to hear that something is played."""

    installed = True

    async def read(self, text: str, *, resident: str = "", elder: bool = False) -> bytes:
        return wav_bytes(tones("1" if resident else "2", tone_seconds=0.05, gap_seconds=0.01))


@pytest.fixture
def dictionary() -> Dictionary:
    return load_dictionary()


@pytest.fixture
def empty_town(store: Store, dictionary: Dictionary) -> Iterator[Town]:
    """A store with the library's questionnaires and nobody in it."""
    every = (*library(dictionary=dictionary), *own_questionnaires(dictionary=dictionary))
    questionnaires = {content_hash(each): each for each in every}
    clock = HandClock(AT)
    with store.writing() as session:
        for each in questionnaires.values():
            keep_questionnaire(session, each, at=AT)
    database = Database(store)
    dialogue = LoopDialogue(questionnaires)

    def body(key: str) -> bytes:
        return canonical(questionnaires[key])

    yield Town(
        store=store,
        clock=clock,
        conversation=Conversation(
            database,
            dialogue,
            Effects(dictionary),
            bodies=body,
        ),
        rehearsals=Rehearsals(
            database=database,
            dialogue=dialogue,
            bodies=body,
            dictionary=dictionary,
            clock=clock,
            community="育林社区",
            callback_number="027-12345678",
            prices=Prices(),
        ),
        dictionary=dictionary,
        questionnaire=next(key for key, each in questionnaires.items() if each.key == "health-follow-up"),
    )
    database.close()


@pytest.fixture
async def town(empty_town: Town) -> Town:
    """Six households in two grids, and a campaign in which four calls are over and two are up."""
    town = empty_town
    with town.store.writing() as session:
        _settle_people(session, town)
        campaign = create(
            session,
            title="十一月健康随访",
            questionnaire=town.questionnaire,
            audience=AudienceQuery(),
            policy=Policy(),
            at=AT,
        )
        town.campaign = campaign.id
        session.get_one(CampaignRow, campaign.id).status = "approved"
        launch(session, campaign.id, role="staff", dictionary=town.dictionary, at=town.clock.now())
    town.dial()
    await town.call("王秀英", said=HEALTHY, disposition=Disposition.ANSWERED)
    town.clock.advance(timedelta(minutes=1))
    await town.call("李建国", disposition=Disposition.BUSY)
    await town.call(
        "张桂兰", said=("方便", "没发烧，就是昨天夜里胸口疼得厉害", "还疼"), disposition=Disposition.ANSWERED
    )
    town.clock.advance(timedelta(minutes=2))
    await town.call("陈德福", disposition=Disposition.EMPTY_NUMBER)
    await town.call("刘玉珍", said=("方便", "有点发烧"))
    return town


def _settle_people(session: StoreSession, town: Town) -> None:
    def place(kind: str, name: str, parent: str | None) -> str:
        row = PlaceRow(id=session.new_id(at=AT), parent_id=parent, kind=kind, name=name, sort=0)
        session.add(row)
        return row.id

    community = place("community", "育林社区", None)
    for number, worker in ((1, "周网格"), (2, "吴网格")):
        grid = place("grid", f"第{number}网格", community)
        town.grids.append(grid)
        row = WorkerRow(
            id=session.new_id(at=AT), name=worker, phone=f"1390000000{number}", role="grid_worker", grid_id=grid
        )
        session.add(row)
        town.workers.append(row.id)
    compounds = [place("compound", name, grid) for name, grid in zip(("康乐小区", "福寿里"), town.grids, strict=True)]
    houses: dict[tuple[int, str], str] = {}
    for grid, house, room, name, phone, born in PEOPLE:
        if (grid, house) not in houses:
            houses[grid, house] = place("building", house, compounds[grid])
        household = HouseholdRow(
            id=session.new_id(at=AT),
            place_id=houses[grid, house],
            grid_id=town.grids[grid],
            room=room,
            ref_idx=session.keys.blind_index("household", f"{grid}{house}{room}"),
            worker_id=town.workers[grid],
            deputy_id=town.workers[1 - grid],
        )
        resident = ResidentRow(
            id=session.new_id(at=AT),
            household_id=household.id,
            name=name,
            name_idx=name_index(session.keys, name),
            phone=phone,
            phone_idx=phone_index(session.keys, phone),
            birth_year=born,
            is_head=True,
            created_at=AT,
            updated_at=AT,
        )
        session.add_all([household, resident])
        town.residents[name] = resident.id


@pytest.fixture
def passwords() -> Passwords:
    """Argon2 at its cheapest."""
    return Passwords(QUICK)


@pytest.fixture
def given(empty_town: Town, passwords: Passwords) -> Collaborators:
    """What the console is given."""
    town = empty_town

    def export(campaign_id: str, path: Path, *, user_id: str, at: datetime) -> None:
        book = Workbook()
        book.save(path)
        with town.store.writing() as session:
            record(session, user_id=user_id, action="export", object_kind="campaign", object_id=campaign_id, at=at)

    return Collaborators(
        store=town.store,
        conversation=town.conversation,
        clock=town.clock,
        export=export,
        voices=Beeps(),
        rehearsals=town.rehearsals,
        dictionary=town.dictionary,
        passwords=passwords,
        token=lambda: secrets.token_urlsafe(32),
        below=secrets.randbelow,
        workers=lambda: {"http://127.0.0.1:5105": True},
        chat_questionnaire=free_talk_of(town),
        community="育林社区",
        callback_number="027-12345678",
        secure_cookies=False,
    )


def free_talk_of(town: Town) -> Callable[[], str]:
    """The hash of the free talk, as the running program looks it up."""

    def newest() -> str:
        with town.store.reading() as session:
            return free_talk(session)

    return newest


@pytest.fixture
def app(given: Collaborators) -> FastAPI:
    return create_app(given)


@dataclass
class Browser:
    """A browser without a screen: keeps cookies, knows the form token."""

    client: TestClient
    csrf: str = ""

    def log_in(self, login: str, password: str) -> None:
        answer = self.client.post("/login", data={"login": login, "password": password})
        assert answer.status_code == 200, answer.text
        self.csrf = self.client.get("/me/token").json()["csrf"]

    def page(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, headers={"accept": "text/html"})
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, status: int = 200, **fields: str) -> str:
        answer = self.client.post(path, data={"csrf": self.csrf, **fields}, headers={"accept": "text/html"})
        assert answer.status_code == status, answer.text
        return answer.text


@pytest.fixture
def visitor(app: FastAPI) -> Iterator[Browser]:
    """Somebody who is not logged in."""
    with TestClient(app) as client:
        yield Browser(client)


@pytest.fixture
def admin(visitor: Browser, given: Collaborators) -> Browser:
    """The administrator, logged in with the first password."""
    password = first_run(given.store, given.passwords, below=given.below, at=given.clock.now())
    assert password is not None
    visitor.log_in("admin", password)
    return visitor


@pytest.fixture
def account(given: Collaborators) -> "Account":
    return Account(given)


@dataclass
class Account:
    """Makes accounts."""

    given: Collaborators

    def __call__(self, login: str, role: Role, worker_id: str | None = None) -> str:
        """The password of a new account."""
        return add_account(
            self.given.store,
            self.given.passwords,
            NewAccount(login=login, display=login, role=role, worker_id=worker_id),
            by=None,
            below=self.given.below,
            at=self.given.clock.now(),
        )


AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = {"serious", "critical"}


@pytest.fixture
def site(app: FastAPI) -> Iterator[str]:
    """The address of the served console."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture
async def chromium() -> AsyncIterator[Chromium]:
    if not CHROMIUM.exists():
        pytest.skip(MISSING)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        await browser.close()


@dataclass
class Screen:
    """A page with what the browser complained about, and a folder for pictures."""

    page: Page
    site: str
    pictures: Path
    complaints: list[str] = field(default_factory=list)

    async def go(self, path: str) -> None:
        await self.page.goto(self.site + path)

    async def picture(self, name: str) -> None:
        await self.page.screenshot(path=self.pictures / f"{name}.png")

    async def check(self, name: str) -> None:
        """No serious fault for people who see, hear or move otherwise."""
        await self.picture(name)
        await self.page.evaluate(AXE)
        found = await self.page.evaluate("axe.run()")
        faults = [
            f"{each['id']}: {[node['html'][:160] for node in each['nodes']][:3]}"
            for each in found["violations"]
            if each["impact"] in SERIOUS
        ]
        assert not faults, f"{name}: {faults}"
        assert not self.complaints, f"{name}: {self.complaints}"


async def screen(browser: Chromium, site: str, tmp_path: Path, size: dict[str, int]) -> Screen:
    context: BrowserContext = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = await context.new_page()
    shown = Screen(page, site, tmp_path)

    def complain(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            shown.complaints.append(message.text)

    page.on("console", complain)
    page.on("pageerror", lambda error: shown.complaints.append(str(error)))
    return shown


@pytest.fixture
async def desk(chromium: Chromium, site: str, tmp_path: Path) -> Screen:
    return await screen(chromium, site, tmp_path, DESK)


@pytest.fixture
async def telephone(chromium: Chromium, site: str, tmp_path: Path) -> Screen:
    return await screen(chromium, site, tmp_path, TELEPHONE)


@pytest.fixture
async def second_desk(chromium: Chromium, site: str, tmp_path: Path) -> Screen:
    """A colleague's screen, with a login of its own."""
    return await screen(chromium, site, tmp_path, DESK)


@pytest.fixture
def password(given: Collaborators) -> str:
    """The administrator's."""
    found = first_run(given.store, given.passwords, below=given.below, at=given.clock.now())
    assert found is not None
    return found


@pytest.fixture
def administrator(password: str) -> Callable[[Screen], Awaitable[None]]:
    """Logs the administrator in at a screen."""

    async def log_in(shown: Screen) -> None:
        await shown.go("/login")
        await shown.page.get_by_label("登录名").fill("admin")
        await shown.page.get_by_label("密码").fill(password)
        await shown.page.get_by_role("button", name="登录").click()
        await expect(shown.page.get_by_role("heading", level=1)).to_contain_text("管理员")

    return log_in
