"""Starts the dialogue workers of this machine, and starts again those that died."""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

from bot.dialogue.client import Bodies, DialogueClient
from bot.errors import ModelMissing, WorkersUnavailable
from bot.settings import ROOT

READY_WITHIN_SECONDS = 300.0  # 12 s as a rule; with ten times as much to do as a machine can, it took over two minutes
POLL_SECONDS = 0.25
RESTART_GAP_SECONDS = 1.0
TOKEN_BYTES = 24

log = logging.getLogger(__name__)


class DialogueWorkers:
    """The worker processes of this machine. `client` asks them, and shows them `token`."""

    def __init__(
        self,
        *,
        python: Path,
        model: Path,
        count: int,
        first_port: int,
        log_file: Path,
        bodies: Bodies,
        token: str = "",
        host: str = "127.0.0.1",
    ) -> None:
        """Without `token` one is made that nobody else knows; `host` is the interface on which they listen."""
        self._python = python
        self._model = model
        self._ports = _free_ports(count, first_port)
        self.token = token or secrets.token_urlsafe(TOKEN_BYTES)
        self._host = host
        self._log_file = log_file
        self._keepers: list[asyncio.Task[None]] = []
        self._processes: dict[int, asyncio.subprocess.Process] = {}
        self.client = DialogueClient(
            [f"http://127.0.0.1:{port}" for port in self._ports], token=self.token, bodies=bodies
        )

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers that run."""
        return tuple(each.pid for each in self._processes.values() if each.returncode is None)

    def status(self) -> dict[str, bool]:
        """Each worker's port, and whether its process runs."""
        return {str(port): process.returncode is None for port, process in self._processes.items()}

    async def start(self, *, progress: Callable[[str], None] = lambda _: None) -> None:
        """Returns when every worker takes turns. Raises ModelMissing, WorkersUnavailable."""
        if not self._model.exists() or not self._python.exists():
            raise ModelMissing("对话模型还没有训练，请运行 ./linyin demo 或 ./linyin serve，会自动训练。")
        progress(f"启动 {len(self._ports)} 个对话进程…")
        self._keepers = [asyncio.create_task(self._keep(port)) for port in self._ports]
        try:
            async with asyncio.timeout(READY_WITHIN_SECONDS):
                for port in self._ports:
                    while not await self.client.ready(f"http://127.0.0.1:{port}"):
                        await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as error:
            await self.stop()
            raise WorkersUnavailable(f"对话进程启动不了，请看 {self._log_file}。") from error

    async def _keep(self, port: int) -> None:
        while True:
            process = await self._spawn(port)
            self._processes[port] = process
            code = await process.wait()
            log.warning("worker_port=%d exit=%d restarting", port, code)
            await asyncio.sleep(RESTART_GAP_SECONDS)

    async def _spawn(self, port: int) -> asyncio.subprocess.Process:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("LINYIN_") and name not in ("VIRTUAL_ENV", "PYTHONHOME")
        } | {
            "LINYIN_WORKER_TOKEN": self.token,
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "RASA_TELEMETRY_ENABLED": "false",
        }
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        with self._log_file.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                str(self._python), "-m", "dialogs.rasa.worker", str(self._model), str(port), self._host,
                cwd=ROOT, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip

    async def stop(self) -> None:
        """Ends the workers."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for process in self._processes.values():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        for process in self._processes.values():
            await process.wait()
        await self.client.close()


def _free_ports(count: int, first: int) -> list[int]:
    ports: list[int] = []
    port = first
    while len(ports) < count:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            ports.append(port)
        port += 1
    return ports
