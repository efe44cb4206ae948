"""Asks the dialogue workers; a turn that one of them does not answer is tried once more on another."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Sequence

import msgspec

from bot.dialogue.wire import Wire
from bot.errors import WorkerRefused, WorkersUnavailable
from dialogs.turn import TurnReply, TurnRequest

# A turn takes milliseconds; a worker that needs longer than this hangs.
TURN_TIMEOUT_SECONDS = 4.0
TRIES = 2
# A worker takes one turn at a time: a few more keep it busy while answers travel. Whoever comes later waits here, where
# waiting is not taken for a worker that hangs.
TURNS_IN_FLIGHT = 8  # a worker
UNKNOWN_QUESTIONNAIRE = 409

log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(TurnReply).decode

Bodies = Callable[[str], bytes]
"""The canonical bytes of a questionnaire by its content hash."""


class DialogueClient:
    """Spreads turns over workers. Keeps nothing about a session: any worker may take any turn."""

    def __init__(self, addresses: Sequence[str], *, token: str, bodies: Bodies) -> None:
        """`addresses` are base URLs, http://127.0.0.1:5105."""
        self._addresses = deque(addresses)  # whose turn it is first
        self._room = asyncio.Semaphore(TURNS_IN_FLIGHT * len(self._addresses))
        self._in_flight: Counter[str] = Counter()
        self._wires = {address: Wire(address, token=token) for address in addresses}
        self._bodies = bodies

    async def turn(self, request: TurnRequest) -> TurnReply:
        """A worker's reply. Raises WorkersUnavailable, also when those that were asked refuse, as one that is older or
        newer than this program does."""
        async with self._room:
            self._addresses.rotate(-1)
            by_load = sorted(self._addresses, key=self._in_flight.__getitem__)
            for number in range(TRIES):
                address = by_load[number % len(by_load)]
                self._in_flight[address] += 1
                try:
                    return await self._ask(address, request)
                except (OSError, WorkerRefused) as error:
                    log.warning("worker=%s session=%s error=%s", address, request.session, type(error).__name__)
                finally:
                    self._in_flight[address] -= 1
        raise WorkersUnavailable("对话进程没有回应，请稍等；一直这样，请看运行日志。")

    async def _ask(self, address: str, request: TurnRequest) -> TurnReply:
        body = _encode(request)
        status, answer = await self._post(address, body)
        if status == UNKNOWN_QUESTIONNAIRE:
            await self._send_questionnaire(address, request.questionnaire)
            status, answer = await self._post(address, body)
        if status >= 500:
            raise ConnectionError(f"status {status}")
        if status != 200:
            raise WorkerRefused(f"对话进程不接受这一轮对话（{status}），请更新程序后重启。")
        try:
            return _decode(answer)
        except msgspec.DecodeError as error:
            raise WorkerRefused("看不懂对话进程的回答，请更新程序后重启。") from error

    async def _post(self, address: str, body: bytes) -> tuple[int, bytes]:
        return await self._asked(address, "POST", "/turn", body)

    async def _send_questionnaire(self, address: str, key: str) -> None:
        status, _ = await self._asked(address, "PUT", f"/questionnaires/{key}", self._bodies(key))
        if status >= 300:
            raise WorkerRefused(f"对话进程不接受这份问卷（{status}），请更新程序后重启。")

    async def _asked(self, address: str, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Status and body. Raises OSError, of which TimeoutError is one."""
        async with asyncio.timeout(TURN_TIMEOUT_SECONDS):
            return await self._wires[address].ask(method, f"/webhooks/linyin{path}", body)

    async def warm(self, request: TurnRequest) -> None:
        """Lets every worker take one turn that nobody waits for: the first one loads lexicons and takes seconds."""
        for address in tuple(self._addresses):
            try:
                await self._ask(address, request)
            except (OSError, WorkerRefused) as error:
                log.warning("worker=%s warm-up error=%s", address, type(error).__name__)

    async def ready(self, address: str) -> bool:
        """Whether the worker at this address takes turns."""
        try:
            status, _ = await self._asked(address, "GET", "/ready")
            return status == 200
        except OSError:
            return False

    async def close(self) -> None:
        """Lets go of all connections."""
        for wire in self._wires.values():
            wire.close()
