"""Trunks over TCP and TLS: sipp on TCP, and the same sipp behind a TLS terminator with a certificate of its own."""

import asyncio
import contextlib
import ssl

import pytest

from integrations.telephony.sip.connection import MessageReader
from integrations.telephony.sip.errors import MalformedMessageError
from tests.telephony.certificates import write_certificate
from voice.media import DialOrder, LineError, NoLineFree, Resumed, Side

NUMBER = "13800000002"


async def connected(dialer) -> None:
    """Wait until the trunk's connection is open."""
    async with asyncio.timeout(10):
        while dialer.trunks["test"].wait_to_dial() > 0:
            await dialer.trunk_changed()


@pytest.fixture
async def tls_in_front(tmp_path):
    """Terminate TLS in front of a TCP port; (port, certificate authority file)."""
    authority, both = write_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    servers = []

    async def start(target: int) -> tuple[int, str]:
        async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, ssl.SSLError):
                while data := await reader.read(65_536):
                    writer.write(data)
            writer.close()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            inner = await asyncio.open_connection("127.0.0.1", target)
            await asyncio.gather(copy(reader, inner[1]), copy(inner[0], writer))

        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        servers.append(server)
        return server.sockets[0].getsockname()[1], str(authority)

    yield start
    for server in servers:
        server.close()


async def test_a_call_over_tcp(start_sipp, start_dialer, listen, trunk_to) -> None:
    far = await start_sipp("hold_and_resume", "-t", "t1")
    dialer = await start_dialer(trunk_to(far.port, transport="tcp"))
    await connected(dialer)
    call = await dialer.dial(DialOrder(number=NUMBER))
    ear = listen(call)
    await ear.until(Resumed)
    await call.hang_up()
    await ear.end()
    assert await far.verdict() == ""


async def test_a_call_over_tls_to_a_trunk_whose_certificate_is_right(
    start_sipp, start_dialer, listen, trunk_to, tls_in_front
) -> None:
    far = await start_sipp("far_hang_up", "-t", "t1")
    port, authority = await tls_in_front(far.port)
    dialer = await start_dialer(trunk_to(port, transport="tls", domain="trunk.test", tls_authority=authority))
    await connected(dialer)
    ear = listen(await dialer.dial(DialOrder(number=NUMBER)))
    ended = await ear.end()
    assert (ended.by, ended.answered) == (Side.FAR, True)
    assert await far.verdict() == ""


async def test_a_trunk_with_a_wrong_certificate_is_never_dialled(start_dialer, trunk_to, tls_in_front) -> None:
    port, authority = await tls_in_front(9)
    dialer = await start_dialer(trunk_to(port, transport="tls", domain="other.test", tls_authority=authority))
    async with asyncio.timeout(10):
        await dialer.trunk_changed()
    with pytest.raises(NoLineFree):
        await dialer.dial(DialOrder(number=NUMBER))


async def test_a_connection_that_closes_is_opened_again(start_dialer, trunk_to) -> None:
    arrivals: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    server = await asyncio.start_server(lambda _, writer: arrivals.put_nowait(writer), "127.0.0.1", 0)
    dialer = await start_dialer(trunk_to(server.sockets[0].getsockname()[1], transport="tcp"))
    async with asyncio.timeout(10):
        first = await arrivals.get()
        await connected(dialer)
        first.close()
        while dialer.trunks["test"].wait_to_dial() == 0:
            await dialer.trunk_changed()
        second = await arrivals.get()
        await connected(dialer)
    second.close()
    server.close()


async def test_an_unreadable_certificate_file_is_named(start_dialer, trunk_to, tmp_path) -> None:
    with pytest.raises(LineError, match="证书文件"):
        await start_dialer(trunk_to(9, transport="tls", tls_authority=str(tmp_path / "missing.pem")))


def test_messages_are_cut_wherever_the_network_cut_them() -> None:
    one = b"OPTIONS sip:x SIP/2.0\r\nl: 4\r\n\r\nbody"
    two = b"SIP/2.0 200 OK\r\nContent-Length : 0\r\n\r\n"
    whole = b"\r\n\r\n" + one + two + b"\r\n" + one
    for step in (1, 3, 20, 500):
        reader = MessageReader()
        found = [message for at in range(0, len(whole), step) for message in reader.feed(whole[at : at + step])]
        assert found == [one, two, one]


@pytest.mark.parametrize("broken", [b"x" * 40_000, b"OPTIONS sip:x SIP/2.0\r\n\r\n", b"A\r\nl: 999999\r\n\r\n"])
def test_a_stream_that_cannot_be_followed_is_given_up(broken: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        MessageReader().feed(broken)
