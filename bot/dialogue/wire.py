"""HTTP/1.1 to one dialogue worker, over connections that are kept: as little as a turn needs.

A general client costs more processor time for a turn than everything else that the platform does with it but writing it
down. What is sent and understood is plain HTTP/1.1 (RFC 9112), parsed by llhttp: whatever stands in front of workers on
other machines sees nothing unusual.
"""

import asyncio
from typing import Protocol, cast
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpResponseParser

_PORTS = {"http": 80, "https": 443}


class _Parser(Protocol):
    def feed_data(self, data: bytes) -> None: ...
    def get_status_code(self) -> int: ...
    def should_keep_alive(self) -> bool: ...


class Wire:
    """The connections to one worker. Keeps those that are idle."""

    def __init__(self, address: str, *, token: str) -> None:
        """`address` is a base URL, http://127.0.0.1:5105."""
        url = urlsplit(address)
        self._host, self._port = url.hostname or "", url.port or _PORTS[url.scheme]
        self._encrypted = url.scheme == "https"
        self._path = url.path.rstrip("/")
        self._headers = f"Host: {url.netloc}\r\nAuthorization: Bearer {token}\r\n"
        self._idle: list[_Connection] = []

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """The status and the body of the answer. Raises OSError when there is none.

        Whatever is asked of a worker may be asked again: a connection that its far side had meanwhile closed is
        replaced by a new one.
        """
        head = f"{method} {self._path}{path} HTTP/1.1\r\n{self._headers}Content-Length: {len(body)}\r\n\r\n"
        message = head.encode() + body
        while self._idle:
            kept = self._idle.pop()
            try:
                return await self._over(kept, message)
            except _ClosedBefore:
                continue
        return await self._over(await self._connect(), message)

    async def _over(self, connection: "_Connection", message: bytes) -> tuple[int, bytes]:
        try:
            answer = await connection.ask(message)
        except BaseException:  # cancelled as well: what still comes belongs to nobody
            connection.close()
            raise
        if connection.reusable:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    async def _connect(self) -> "_Connection":
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            _Connection, self._host, self._port, ssl=True if self._encrypted else None
        )
        return connection

    def close(self) -> None:
        """Lets go of the idle connections."""
        while self._idle:
            self._idle.pop().close()


class _ClosedBefore(ConnectionError):
    """The far side closed a connection before it answered anything."""


class _Connection(asyncio.Protocol):
    """One request after the other."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport
        self._parser: _Parser
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._body: list[bytes] = []
        self._begun = False  # something of the answer has come
        self._lost = False
        self.reusable = True

    async def ask(self, message: bytes) -> tuple[int, bytes]:
        if self._lost:
            raise _ClosedBefore
        self._parser = HttpResponseParser(self)
        self._body, self._begun, self.reusable = [], False, False
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(message)
        return await self._answer

    def close(self) -> None:
        self._answer = None
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():  # nobody asked: a complaint before it closes
            self._lost = True
            self._transport.close()
            return
        self._begun = True
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            self._fail(ConnectionError(str(error)))

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002  gone is gone
        self._lost = True
        self.reusable = False
        self._fail(ConnectionError("closed in the middle of an answer") if self._begun else _ClosedBefore())

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        if self._answer is not None and not self._answer.done():
            self.reusable = self._parser.should_keep_alive() and not self._lost
            self._answer.set_result((self._parser.get_status_code(), b"".join(self._body)))

    def _fail(self, error: ConnectionError) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
