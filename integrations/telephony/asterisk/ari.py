"""Asterisk's REST interface: requests, and the event socket that is opened again whenever it closes."""

import asyncio
import base64
import contextlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp

from voice.media import LineError

log = logging.getLogger(__name__)
Json = dict[str, object]
_RECONNECT_FIRST_SECONDS = 0.05
_RECONNECT_LONGEST_SECONDS = 5.0
_REQUEST_SECONDS = 5.0  # Asterisk answers within milliseconds; what takes longer is stuck
_PING_SECONDS = 20.0  # notices an event socket that died without a word


@dataclass(frozen=True, slots=True, kw_only=True)
class AriAccount:
    url: str  # "http://127.0.0.1:8088"
    username: str
    password: str = field(repr=False)
    app: str = "linyin"


class AriRefused(LineError):
    """Asterisk refused a request."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(
            "line.asterisk-refused", f"Asterisk 拒绝了请求（{status} {why}），请检查 Asterisk 的线路配置。"
        )
        self.status = status


class AriAway(LineError):
    """Asterisk does not answer."""

    retryable = True

    def __init__(self) -> None:
        super().__init__("line.asterisk-away", "连接不上 Asterisk，请确认它已启动、ARI 地址和密码正确。")


class Ari:
    """`on_event` gets every event; `on_gap` is called after each reconnect: events in between are lost for good."""

    def __init__(self, account: AriAccount, on_event: Callable[[Json], None], on_gap: Callable[[], None]) -> None:
        self._account = account
        self._on_event = on_event
        self._on_gap = on_gap
        self._opened = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect and wait until events flow. Raises AriAway."""
        secret = base64.b64encode(f"{self._account.username}:{self._account.password}".encode()).decode()
        timeout = aiohttp.ClientTimeout(total=_REQUEST_SECONDS)
        self._http = aiohttp.ClientSession(
            self._account.url, headers={"Authorization": f"Basic {secret}"}, timeout=timeout
        )
        self._task = asyncio.create_task(self._listen())
        try:
            async with asyncio.timeout(_REQUEST_SECONDS):
                await self._opened.wait()
        except TimeoutError as error:
            await self.close()
            raise AriAway from error

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._http.close()

    @property
    def app(self) -> str:
        return self._account.app

    async def request(self, method: str, path: str, body: Json | None = None, **query: str) -> object:
        """The JSON of the answer, or None. Raises AriRefused, AriAway."""
        try:
            async with self._http.request(method, f"/ari/{path}", params=query, json=body) as response:
                text = await response.text()
                found = json.loads(text) if text else None
                if response.status >= 400:
                    why = found.get("message", "") if isinstance(found, dict) else ""
                    raise AriRefused(response.status, why)
                return found
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise AriAway from error

    async def remove(self, path: str, **query: str) -> None:
        """DELETE what may be gone already."""
        try:
            await self.request("DELETE", path, None, **query)
        except AriRefused as refused:
            if refused.status != 404:
                raise

    async def _listen(self) -> None:
        wait = _RECONNECT_FIRST_SECONDS
        had_gap = False
        while True:
            try:
                async with self._http.ws_connect(
                    "/ari/events",
                    params={"app": self._account.app, "subscribeAll": "false"},
                    heartbeat=_PING_SECONDS,
                ) as socket:
                    wait = _RECONNECT_FIRST_SECONDS
                    self._opened.set()
                    if had_gap:
                        self._on_gap()
                    async for message in socket:
                        if message.type is aiohttp.WSMsgType.TEXT:
                            self._on_event(json.loads(message.data))
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("ari events away error=%s", type(error).__name__)
            had_gap = had_gap or self._opened.is_set()
            await asyncio.sleep(wait)
            wait = min(2 * wait, _RECONNECT_LONGEST_SECONDS)
