"""An Asterisk that plays a recorded trace: a real HTTP server, event socket and AudioSocket client.

Events and sound wait for the requests that stood before them in the trace; time does not matter. Ids of the trace
are replaced by those our side chose.
"""

import asyncio
import base64
import contextlib
import json
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from aiohttp import WSMsgType, web

TRACES = Path(__file__).parent / "ari"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SOUND = 16
_TURNS = 5  # of the event loop: what the trace has in this order, our side sees in this order


class ScriptedAsterisk:
    def __init__(self, trace: str) -> None:
        self.lines = [json.loads(line) for line in (TRACES / f"{trace}.jsonl").read_text().splitlines()]
        self.unexpected: list[str] = []
        self.heard = bytearray()  # sound from our side, linear
        self.too_early: list[str] = []
        self._answers = {line["id"]: line for line in self.lines if line["dir"] == "response" and "id" in line}
        self._taken: set[int] = set()
        self._ids: dict[str, str] = {}
        self._socket: web.WebSocketResponse | None = None
        self._sockets = 0
        self._audio_address = ""
        self._media: dict[int, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}
        self._readers: list[asyncio.Task[None]] = []
        self._news = asyncio.Condition()
        self._in_stasis: set[str] = set()

    async def __aenter__(self) -> "ScriptedAsterisk":
        app = web.Application()
        app.router.add_get("/ari/events", self._events)
        app.router.add_route("*", "/{path:.*}", self._request)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])
        self._player = asyncio.create_task(self._play())
        return self

    async def __aexit__(self, *unused: object) -> None:
        for task in (self._player, *self._readers):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await task
        for _, writer in self._media.values():
            writer.close()
        if self._socket is not None:
            await self._socket.close()
        await self._runner.cleanup()

    async def verdict(self) -> str:
        """ "" once everything of the trace was asked for and nothing else was."""
        async with asyncio.timeout(10):
            await self._player
            await self._until(lambda: not self.missing)
        return "; ".join(self.unexpected + self.too_early)

    @property
    def missing(self) -> list[str]:
        return [
            f"{line['method']} {line['path']}"
            for at, line in enumerate(self.lines)
            if line["dir"] == "request" and at not in self._taken and not self._optional(line)
        ]

    # --- what our side asks

    def _optional(self, line: dict) -> bool:
        """Requests of the recording client that another client need not make: questions and mistakes."""
        if "ws_close" in line:
            return True
        mistake = self._answers.get(line["id"], {}).get("status") in {400, 422}
        return mistake or (line["method"] == "GET" and "upgrade" not in line)

    async def _request(self, request: web.Request) -> web.Response:
        asked = f"{request.method} {request.path_qs}"
        for at, line in enumerate(self.lines):
            if line["dir"] != "request" or at in self._taken or "method" not in line:
                continue
            answer = self._answers.get(line["id"])
            if answer is None or answer["status"] in {400, 422} or not self._same(line, request):
                continue
            if "addChannel" in line["path"]:
                self.too_early += [part for part in request.query["channel"].split(",") if part not in self._in_stasis]
            async with self._news:
                self._taken.add(at)
                self._news.notify_all()
            text = self._translated(answer["body"]) if answer["body"] is not None else ""
            return web.Response(status=answer["status"], text=text, content_type="application/json")
        if request.method == "GET":
            return web.json_response([])
        self.unexpected.append(asked)
        return web.json_response({"message": "not in the trace"}, status=404)

    def _same(self, line: dict, request: web.Request) -> bool:
        split = urlsplit(line["path"])
        wanted, given = dict(parse_qsl(split.query)), dict(request.query)
        if line["method"] != request.method or wanted.keys() - {"reason"} != given.keys() - {"reason"}:
            return False
        pairs = [(split.path, request.path)]
        pairs += [(wanted[key], given[key]) for key in ("channelId", "bridgeId", "data", "channel") if key in wanted]
        found = dict(self._ids)
        for theirs, ours in pairs:
            old, new = _UUID.findall(theirs), _UUID.findall(ours)
            if _UUID.sub("U", theirs) != _UUID.sub("U", ours):
                return False
            for one, two in zip(old, new, strict=True):
                if found.setdefault(one, two) != two:
                    return False
        self._ids = found
        if "externalMedia" in line["path"]:
            self._audio_address = given["external_host"]
        return True

    def _translated(self, body: object) -> str:
        return _UUID.sub(lambda match: self._ids.get(match.group(), match.group()), json.dumps(body))

    async def _events(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async with self._news:
            self._socket = socket
            self._sockets += 1
            self._news.notify_all()
        async for message in socket:
            assert message.type is WSMsgType.TEXT
        return socket

    # --- what the trace says

    async def _until(self, true) -> None:
        async with self._news:
            await self._news.wait_for(true)

    async def _play(self) -> None:
        for at, line in enumerate(self.lines):
            match line["dir"]:
                case "request" if "ws_close" in line:
                    assert self._socket is not None
                    await self._socket.close()
                case "request" if "upgrade" in line:
                    self._taken.add(at)
                    await self._until(lambda line=line: self._sockets >= line["ws"])
                case "request" if not self._optional(line):
                    await self._until(lambda at=at: at in self._taken)
                case "event":
                    await self._send_event(line["event"])
                case "audiosocket_in":
                    await self._send_sound(line)

    async def _send_event(self, event: dict) -> None:
        text = self._translated(event)
        if event["type"] == "StasisStart":
            self._in_stasis.add(json.loads(text)["channel"]["id"])
        assert self._socket is not None
        await self._socket.send_str(text)

    async def _send_sound(self, line: dict) -> None:
        connection = line["conn"]
        if line.get("tcp") == "connect":
            await self._until(lambda: self._audio_address != "")
            host, _, port = self._audio_address.rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            self._media[connection] = reader, writer
            self._readers.append(asyncio.create_task(self._listen(reader)))
            return
        _, writer = self._media[connection]
        if line.get("tcp") == "eof":
            writer.close()
            return
        if line["type"] == 1:
            data = bytes.fromhex(self._translated(str(_uuid_of(line["payload"]))).strip('"').replace("-", ""))
            writer.write(_frame(1, data))
        elif "payload" in line:
            payload = base64.b64decode(line["payload"])
            if line["type"] == _SOUND:
                self._last_sound = payload
            writer.write(_frame(line["type"], payload))
        else:
            writer.write(_frame(_SOUND, self._last_sound) * line["frames"])
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                kind, *length = await reader.readexactly(3)
                payload = await reader.readexactly(int.from_bytes(bytes(length), "big"))
                if kind == _SOUND:
                    self.heard += payload


def _frame(kind: int, payload: bytes) -> bytes:
    return bytes([kind]) + len(payload).to_bytes(2, "big") + payload


def _uuid_of(payload: str) -> str:
    raw = base64.b64decode(payload).hex()
    return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"
