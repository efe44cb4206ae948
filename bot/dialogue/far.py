"""Dialogue workers that run elsewhere, started by somebody else: `./linyin serve --role dialogue`."""

import asyncio
from collections.abc import Callable

from bot.dialogue.client import Bodies, DialogueClient
from bot.dialogue.workers import POLL_SECONDS, READY_WITHIN_SECONDS
from bot.errors import WorkersUnavailable


class FarWorkers:
    """Workers at known addresses; used like `DialogueWorkers`, but neither started nor ended from here."""

    def __init__(self, addresses: tuple[str, ...], *, token: str, bodies: Bodies) -> None:
        """`addresses` are base URLs."""
        self._addresses = addresses
        self._up = dict.fromkeys(addresses, False)
        self.client = DialogueClient(addresses, token=token, bodies=bodies)

    @property
    def pids(self) -> tuple[int, ...]:
        """None: their processes are no business of this machine."""
        return ()

    def status(self) -> dict[str, bool]:
        """Each worker's address, and whether it was there when this process began."""
        return dict(self._up)

    async def start(self, *, progress: Callable[[str], None] = lambda _: None) -> None:
        """Returns when one of them takes turns; the others may come later. Raises WorkersUnavailable."""
        progress(f"等待 {len(self._addresses)} 个对话进程…")
        try:
            async with asyncio.timeout(READY_WITHIN_SECONDS):
                while not any(self._up.values()):
                    for address in self._addresses:
                        self._up[address] = await self.client.ready(address)
                    if not any(self._up.values()):
                        await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as error:
            await self.stop()
            raise WorkersUnavailable(
                "对话进程都没有回应：请核对 LINYIN_DIALOGUE_ADDRESSES 和 LINYIN_DIALOGUE_TOKEN，并看看它们是否在运行。"
            ) from error

    async def stop(self) -> None:
        """Lets go of the connections; the workers go on."""
        await self.client.close()
