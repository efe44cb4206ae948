"""The console inside the running program: the web application on its port."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import uvicorn

from bot.auth.accounts import first_run
from bot.auth.passwords import Passwords
from bot.desk import free_talk
from bot.errors import PortTaken
from bot.evidence.files import recordings_folder
from bot.media.line import Preparation
from bot.read_aloud import ReadAloud
from bot.rehearsal import Rehearsals
from bot.running import Running
from bot.settings import Settings
from bot.visits import Phone
from bot.web.app import create_app
from bot.web.collaborators import Collaborators
from integrations.export.results import export_campaign

SHUTDOWN_SECONDS = 5
STARTING_POLL_SECONDS = 0.02
HERE = frozenset({"127.0.0.1", "localhost", "::1"})  # browsers take these for secure without TLS


@asynccontextmanager
async def console(
    system: Running,
    *,
    progress: Callable[[str], None],
    speech: Settings | None = None,
    phone: Phone | None = None,
    prompts: Callable[[str], Preparation | None] = lambda _: None,
) -> AsyncIterator[str]:
    """The console's address while it is open. Raises PortTaken.

    `phone` and `prompts` are those of Collaborators. `speech` says where models and prompts lie when that is not in
    the system's own folder.
    The first time, the new administrator's password is said through `progress`, and nowhere else.
    """
    settings, passwords = system.settings, Passwords()
    refuse_taken_port(settings)
    password = first_run(system.store, passwords, below=secrets.randbelow, at=system.clock.now())
    voices = ReadAloud(speech or settings, system.store.keys)
    app = create_app(replace(_collaborators(system, passwords, voices), phone=phone, prompts=prompts))
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            ws="websockets-sansio",
            access_log=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            lifespan="off",
        )
    )
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]  # signals are the program's
    serving = asyncio.create_task(server.serve(), name="console")
    while not server.started and not serving.done():
        await asyncio.sleep(STARTING_POLL_SECONDS)
    if password is not None:
        progress(f"第一次使用：登录名 admin，密码 {password}（只显示这一次，请记下来，登录后修改）")
    try:
        yield f"http://{settings.host}:{settings.port}"
    finally:
        server.should_exit = True
        await serving
        voices.close()


def refuse_taken_port(settings: Settings) -> None:
    """Raises PortTaken when the console cannot listen."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTaken(
                f"端口 {settings.port} 已经被占用：请关掉占用它的程序，或设置 LINYIN_PORT 换一个端口。"
            ) from error


def _collaborators(system: Running, passwords: Passwords, voices: ReadAloud) -> Collaborators:
    def export(campaign_id: str, path: Path, *, user_id: str, at: datetime) -> None:
        export_campaign(system.store, campaign_id, path, user_id=user_id, at=at)

    def chat_questionnaire() -> str:
        with system.store.reading() as session:
            return free_talk(session)

    return Collaborators(
        store=system.store,
        conversation=system.conversation,
        clock=system.clock,
        export=export,
        voices=voices,
        rehearsals=Rehearsals.of(system),
        dictionary=system.dictionary,
        passwords=passwords,
        token=lambda: secrets.token_urlsafe(32),
        below=secrets.randbelow,
        workers=system.workers.status,
        chat_questionnaire=chat_questionnaire,
        community=system.settings.community,
        callback_number=system.settings.callback_number,
        emergency_number=system.settings.emergency_number,
        public_url=system.settings.public_url,
        data=system.settings.data,
        recordings=recordings_folder(system.settings.data),
        secure_cookies=system.settings.host not in HERE,
    )
