"""SIP over TCP or TLS (RFC 3261, section 18): one connection to a trunk, opened again whenever it closes."""

import asyncio
import contextlib
import logging
import re
import ssl
from collections.abc import Callable

from integrations.telephony.sip.errors import MalformedMessageError
from integrations.telephony.sip.transactions import Endpoint

log = logging.getLogger(__name__)
_LENGTH = re.compile(rb"(?im)^(?:content-length|l)\s*:\s*(\d{1,6})\s*$")
_HEAD_LIMIT = 32_768  # bytes before the empty line; RFC 4475's longest good message has 4 000
_BODY_LIMIT = 65_536
_RECONNECT_FIRST_SECONDS = 0.5
_RECONNECT_LONGEST_SECONDS = 30.0
_CONNECT_SECONDS = 8.0
_UNSENT_LIMIT = 1_048_576  # bytes a trunk may leave waiting before its connection counts as dead


class MessageReader:
    """Cuts a byte stream into SIP messages by their Content-Length (RFC 3261, 18.3)."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Whole messages, in order. Raises MalformedMessageError when the stream cannot be followed any further."""
        self._buffer += data
        messages: list[bytes] = []
        while True:
            self._buffer = self._buffer.lstrip(b"\r\n")  # keep-alives between messages (RFC 5626)
            head, end, _ = self._buffer.partition(b"\r\n\r\n")
            if len(head) > _HEAD_LIMIT:
                raise MalformedMessageError("headers too long")
            if not end:
                return messages
            length = _LENGTH.search(head)
            if length is None or int(length.group(1)) > _BODY_LIMIT:
                raise MalformedMessageError("no usable Content-Length on a stream")
            whole = len(head) + len(end) + int(length.group(1))
            if len(self._buffer) < whole:
                return messages
            messages.append(self._buffer[:whole])
            self._buffer = self._buffer[whole:]


class TrunkConnection:
    """`on_open` gets our own address on each new connection, `on_lost` is called when one is gone."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        tls: ssl.SSLContext | None,
        server_name: str,
        receive: Callable[[bytes, Endpoint], None],
        on_open: Callable[[Endpoint], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._endpoint = endpoint
        self._tls = tls
        self._server_name = server_name
        self._receive = receive
        self._on_open = on_open
        self._on_lost = on_lost
        self._writer: asyncio.StreamWriter | None = None
        self._task = asyncio.create_task(self._keep_open())
        self.unsent = 0

    def send(self, message: bytes) -> None:
        """Send, or lose when there is no connection: the transaction's time-out tells."""
        if self._writer is None or self._writer.is_closing():
            self.unsent += 1
            return
        if self._writer.transport.get_write_buffer_size() > _UNSENT_LIMIT:
            self._writer.transport.abort()
            return
        self._writer.write(message)

    async def close(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _keep_open(self) -> None:
        wait = _RECONNECT_FIRST_SECONDS
        while True:
            try:
                reader, writer = await self._connect()
            except (OSError, ssl.SSLError, TimeoutError) as error:
                log.warning("trunk connection failed error=%s", type(error).__name__)
                self._on_lost()
            else:
                wait = _RECONNECT_FIRST_SECONDS
                await self._serve(reader, writer)
            await asyncio.sleep(wait)
            wait = min(2 * wait, _RECONNECT_LONGEST_SECONDS)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = self._endpoint
        name = self._server_name if self._tls is not None else None
        async with asyncio.timeout(_CONNECT_SECONDS):
            return await asyncio.open_connection(host, port, ssl=self._tls, server_hostname=name)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        messages = MessageReader()
        host, port = writer.get_extra_info("sockname")[:2]
        self._on_open((host, port))
        try:
            while data := await reader.read(65_536):
                for message in messages.feed(data):
                    self._receive(message, self._endpoint)
        except (OSError, MalformedMessageError) as error:
            log.warning("trunk connection broken error=%s", type(error).__name__)
        finally:
            self._writer = None
            writer.close()
            with contextlib.suppress(OSError, ssl.SSLError):
                await writer.wait_closed()
            self._on_lost()
