"""HTTP to a worker: connections that are kept, close behind our back, break off, or answer in pieces."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from bot.dialogue.wire import Wire

pytestmark = pytest.mark.asyncio

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 409 Conflict\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"


class Peer:
    """A server that does with each request what the test says; counts its connections."""

    def __init__(self) -> None:
        self.connections = 0
        self.asked: list[bytes] = []
        self.wire: Wire
        self.serve: Serve

    async def request(self, reader: asyncio.StreamReader) -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        self.asked.append(head + await reader.readexactly(length))
        return self.asked[-1]

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self.serve(reader, writer)
        except asyncio.IncompleteReadError:  # the other side went away
            pass
        finally:
            writer.close()


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[Peer]:
    peer = Peer()
    server = await asyncio.start_server(peer.take, "127.0.0.1", 0)
    peer.wire = Wire(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/far", token="secret")
    yield peer
    peer.wire.close()
    server.close()
    await server.wait_closed()


async def test_one_request_after_the_other_goes_over_one_connection(peer: Peer) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await peer.request(reader)
            writer.write(OK)

    peer.serve = serve
    assert [await peer.wire.ask("POST", "/turn", b"words") for _ in range(5)] == [(200, b"ok")] * 5
    assert peer.connections == 1
    head, _, body = peer.asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /far/turn HTTP/1.1\r\n")
    assert b"\r\nAuthorization: Bearer secret" in head
    assert body == b"words"


async def test_requests_at_one_time_never_get_each_others_answers(peer: Peer) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            word = (await peer.request(reader)).partition(b"\r\n\r\n")[2]
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(word), word))

    peer.serve = serve
    words = [b"%d" % number for number in range(40)]
    answers = await asyncio.gather(*(peer.wire.ask("POST", "/turn", word) for word in words))
    assert [body for _, body in answers] == words


async def test_a_connection_that_was_closed_meanwhile_is_replaced_without_anybody_noticing(peer: Peer) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.request(reader)
        writer.write(OK)

    peer.serve = serve
    assert [await peer.wire.ask("GET", "/ready") for _ in range(3)] == [(200, b"ok")] * 3
    assert peer.connections == 3


async def test_an_answer_in_chunks_and_in_pieces_is_whole(peer: Peer) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.request(reader)
        for byte in CHUNKED:
            writer.write(bytes([byte]))
            await writer.drain()
        await peer.request(reader)
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    peer.serve = serve
    assert await peer.wire.ask("POST", "/turn") == (409, b"abcde")
    assert await peer.wire.ask("PUT", "/questionnaires/x", b"{}") == (204, b"")
    assert peer.connections == 1


async def test_a_far_side_that_will_not_go_on_is_not_asked_on_that_connection_again(peer: Peer) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
        await reader.read()

    peer.serve = serve
    assert [await peer.wire.ask("GET", "/ready") for _ in range(2)] == [(200, b"ok")] * 2
    assert peer.connections == 2


@pytest.mark.parametrize("broken", [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"what?\r\n\r\n", b""])
async def test_half_an_answer_nonsense_or_none_is_an_error(peer: Peer, broken: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.request(reader)
        writer.write(broken)

    peer.serve = serve
    with pytest.raises(ConnectionError):
        await peer.wire.ask("POST", "/turn", b"words")
    assert peer.connections == 1


async def test_what_comes_after_nobody_waits_any_more_is_given_to_nobody_else(peer: Peer) -> None:
    late = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        word = (await peer.request(reader)).partition(b"\r\n\r\n")[2]
        if word == b"slow":
            await late.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n%s" % word)
        await reader.read()

    peer.serve = serve
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await peer.wire.ask("POST", "/turn", b"slow")
    late.set()
    assert await peer.wire.ask("POST", "/turn", b"next") == (200, b"next")


async def test_nobody_there_is_an_error_at_once(peer: Peer) -> None:
    with pytest.raises(ConnectionRefusedError):
        await Wire("http://127.0.0.1:9", token="x").ask("GET", "/ready")
