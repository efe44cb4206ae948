"""Calls over SIP trunks: `voice.media.Dialer` on one UDP socket, with as many trunks as a community has."""

import asyncio
import ipaddress
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from integrations.telephony.rtp.pacer import Pacer
from integrations.telephony.rtp.ports import MediaPorts
from integrations.telephony.rtp.stream import RtpStream
from integrations.telephony.sip.agent import UserAgent
from integrations.telephony.sip.call import SipCall, Surroundings
from integrations.telephony.sip.causes import Ending
from integrations.telephony.sip.errors import MalformedMessageError, SipError
from integrations.telephony.sip.fields import is_token, parse_uri
from integrations.telephony.sip.inbound import InboundCall
from integrations.telephony.sip.keeping import TrunkKeeper
from integrations.telephony.sip.message import Headers
from integrations.telephony.sip.outbound import Invitation
from integrations.telephony.sip.path import Path
from integrations.telephony.sip.timers import Intervals
from integrations.telephony.sip.transactions import Endpoint
from integrations.telephony.sip.trunk import Trunk, TrunkState
from integrations.telephony.sip.udp import UdpShell, local_address_towards, random_word
from voice.media import CallState, DialOrder, Direction, LineError, NoLineFree, Side

log = logging.getLogger(__name__)
_OTHER_TRUNK_CODES = frozenset({408, 500, 502, 503, 504})  # the trunk's trouble; 486 and 603 are a person's answer
_CLOSE_PATIENCE_SECONDS = 3.0  # for BYE and unregistering at the end
_NUMBER_CHARACTERS = frozenset("0123456789+*#")


@dataclass(frozen=True, slots=True, kw_only=True)
class SipSettings:
    trunks: tuple[Trunk, ...]
    host: str = "0.0.0.0"  # noqa: S104  # every interface: gateways sit on the LAN, carriers outside
    port: int = 5060
    media_ports: tuple[int, int] = (20_000, 29_998)  # even ports; as many calls as pairs
    far_end_silent_seconds: float = 30.0  # without any RTP after the answer; telephones that pause in silence exist
    intervals: Intervals = field(default_factory=Intervals)


class SipDialer:
    """An async context manager; see voice.media.Dialer for what holds."""

    def __init__(self, settings: SipSettings) -> None:
        self._settings = settings
        self._pacer = Pacer()
        self._ports = MediaPorts(settings.host, *settings.media_ports)
        self._inbound: asyncio.Queue[SipCall] = asyncio.Queue()
        self._calls: set[SipCall] = set()
        self._shared = Surroundings(pacer=self._pacer, on_over=self._call_over)
        self._keepers: list[TrunkKeeper] = []
        self._changed = asyncio.Event()
        self._closing = False
        self.trunks: dict[str, TrunkState] = {}

    async def __aenter__(self) -> "SipDialer":
        try:
            self._shell = UdpShell(self._settings.host, self._settings.port)
        except OSError as error:
            message = (
                f"SIP 端口 {self._settings.port} 用不了：请关掉占用它的程序（比如正在运行的 ./linyin serve），"
                "或换一个端口（线路文件的 listen，命令的 --local-port）。"
            )
            raise LineError("line.port", message) from error
        self.agent = UserAgent(
            schedule=self._shell.schedule,
            send=self._send,
            token=random_word,
            gate=self,
            intervals=self._settings.intervals,
        )
        try:
            await self._open_trunks()
        except LineError:
            await self._close_sockets()
            raise
        return self

    async def _open_trunks(self) -> None:
        now = asyncio.get_running_loop().time
        for trunk in self._settings.trunks:
            endpoint = await _resolve(trunk)
            state = TrunkState(trunk, endpoint, local_address_towards(endpoint, self._shell.address), now)
            self.trunks[trunk.name] = state
            receive, changed = self.agent.receive, self._trunk_changed
            self._keepers.append(TrunkKeeper(self.agent, state, receive=receive, on_change=changed))
        self._shell.attach(self.agent.receive)
        for keeper in self._keepers:
            keeper.start()

    async def _close_sockets(self) -> None:
        for keeper in self._keepers:
            await keeper.close()
        self._shell.close()

    def _send(self, message: bytes, destination: Endpoint) -> None:
        for keeper in self._keepers:
            if keeper.connection is not None and keeper.state.endpoint == destination:
                keeper.connection.send(message)
                return
        self._shell.send(message, destination)

    async def __aexit__(self, *unused: object) -> None:
        """Harmless when repeated."""
        if self._closing:
            return
        self._closing = True
        for call in tuple(self._calls):
            call.end(by=Side.NEAR)
        for keeper in self._keepers:
            keeper.stop()
        quiet: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.agent.when_quiet(lambda: None if quiet.done() else quiet.set_result(None))
        try:
            async with asyncio.timeout(_CLOSE_PATIENCE_SECONDS):
                await quiet
        except TimeoutError:
            log.info("closed with requests unanswered trunks=%d", len(self.trunks))
        await self._close_sockets()

    # --- voice.media.Dialer

    @property
    def address(self) -> Endpoint:
        """Where our SIP socket is bound."""
        return self._shell.address

    @property
    def media_ports(self) -> tuple[int, int]:
        return self._settings.media_ports

    @property
    def open_calls(self) -> int:
        return len(self._calls)

    async def trunk_changed(self) -> None:
        """Return when a trunk's registration, address or reachability has been heard of anew."""
        self._changed.clear()
        await self._changed.wait()

    async def dial(self, order: DialOrder) -> SipCall:
        _check(order)
        candidates = self._candidates(order)
        state = self._free_trunk(candidates)
        call = SipCall(
            self._shared,
            state,
            self._open_stream,
            call_id=random_word(),
            direction=Direction.OUTBOUND,
            far_number=order.number,
            near_number=order.caller_number or state.trunk.caller_number,
            session=secrets.randbits(31),
        )
        self._calls.add(call)
        tried = [state]

        def try_elsewhere(ending: Ending) -> bool:
            if ending.sip_code == 503:
                call.trunk.block(ending.retry_after_seconds)
            if call.heard_anything or ending.sip_code not in _OTHER_TRUNK_CODES or ending.by is Side.NEAR:
                return False
            others = [other for other in candidates if other not in tried and other.wait_to_dial() == 0]
            if not others:
                return False
            call.trunk.release()
            tried.append(others[0])
            self._send_invite(call, others[0], order)
            return True

        call.try_elsewhere = try_elsewhere
        self._send_invite(call, state, order)
        return call

    async def accept(self) -> SipCall:
        while True:
            call = await self._inbound.get()
            if call.state is not CallState.ENDED:
                return call

    def _candidates(self, order: DialOrder) -> Sequence[TrunkState]:
        if order.trunk is None:
            return tuple(self.trunks.values())
        if order.trunk not in self.trunks:
            raise LineError("line.unknown-trunk", f"没有名为“{order.trunk}”的线路，请检查线路配置。")
        return (self.trunks[order.trunk],)

    def _free_trunk(self, candidates: Sequence[TrunkState]) -> TrunkState:
        waits = [(state.wait_to_dial(), state) for state in candidates]
        free = [state for wait, state in waits if wait == 0]
        if not free or self._closing:
            wait = min((wait for wait, _ in waits), default=0.0)
            raise NoLineFree("现在没有空闲的电话线路，请稍后再拨或增加线路。", retry_after_seconds=wait)
        return min(free, key=lambda state: state.in_use / state.trunk.channels)

    def _send_invite(self, call: SipCall, state: TrunkState, order: DialOrder) -> None:
        state.take()
        trunk = state.trunk
        caller = order.caller_number or trunk.caller_number
        extra: Headers = tuple(order.headers)
        if trunk.identity_header:
            extra += ((trunk.identity_header, f"<{trunk.uri(caller)}>"),)
        call.leave_by(state)
        invitation = Invitation(
            target=trunk.uri(order.number),
            caller=f"<{trunk.uri(caller)}>",
            body=call.offered(b""),
            extra=extra,
            ring_seconds=order.ring_seconds,
            first_response_seconds=trunk.first_response_seconds,
        )
        call.attach(self.agent.call(state.path, invitation, call))

    def _open_stream(self, call: SipCall) -> RtpStream:
        return RtpStream(
            self._ports.open(),
            call,
            source=secrets.randbits(32),
            sequence=secrets.randbits(15),
            timestamp=secrets.randbits(32),
            silent_after=self._settings.far_end_silent_seconds,
        )

    def _call_over(self, call: SipCall) -> None:
        if call in self._calls:
            self._calls.remove(call)
            call.trunk.release()

    def _trunk_changed(self) -> None:
        self._changed.set()

    # --- sip.agent.Gate

    def knows(self, source: Endpoint) -> bool:
        return any(state.owns(source[0]) for state in self.trunks.values())

    def path_for(self, source: Endpoint) -> Path | None:
        state = self._trunk_of(source)
        return state.path if state is not None else None

    def _trunk_of(self, source: Endpoint) -> TrunkState | None:
        exact = (state for state in self.trunks.values() if state.endpoint == source)
        by_host = (state for state in self.trunks.values() if state.owns(source[0]))
        return next(exact, None) or next(by_host, None)

    def room_for_call(self, path: Path) -> float | None:
        return 5.0 if self._closing else self.trunks[path.trunk].wait_inbound()

    def incoming(self, call: InboundCall) -> None:
        state = self.trunks[call.path.trunk]
        state.reachable = True  # whatever it thinks of OPTIONS
        try:
            sip_call = SipCall(
                self._shared,
                state,
                self._open_stream,
                call_id=random_word(),
                direction=Direction.INBOUND,
                far_number=call.caller_number,
                near_number=call.called_number,
                session=secrets.randbits(31),
            )
        except LineError:
            call.refuse(503)
            return
        state.take_inbound()
        self._calls.add(sip_call)
        sip_call.attach(call)
        call.listener = sip_call
        try:
            sip_call.take_offer(call.offer)
        except SipError as error:
            call.refuse(error.sip_code)
            return
        self._inbound.put_nowait(sip_call)


def _check(order: DialOrder) -> None:
    """Raises LineError for what would not go into a SIP message as one number, or as one header."""
    for number in (order.number, order.caller_number or "0"):
        try:
            is_sip = parse_uri(number).scheme == "sip" and number is order.number
        except MalformedMessageError:
            is_sip = False
        if not number or not (is_sip or set(number) <= _NUMBER_CHARACTERS):
            raise LineError("line.bad-number", "号码里有不能拨打的字符，请只保留数字。")
    for name, value in order.headers:
        if not is_token(name) or not value.isprintable():
            raise LineError("line.bad-header", f"附加的信令头 {name!r} 写法不对，请检查线路配置。")


async def _resolve(trunk: Trunk) -> Endpoint:
    """The trunk's IPv4 address. Raises LineError when its name cannot be resolved."""
    try:
        return str(ipaddress.IPv4Address(trunk.host)), trunk.port
    except ValueError:
        pass
    try:
        found = await asyncio.get_running_loop().getaddrinfo(trunk.host, trunk.port, family=2, type=2)
    except OSError as error:
        message = f"找不到线路“{trunk.name}”的地址 {trunk.host}，请检查网络和线路地址。"
        raise LineError("line.unknown-host", message) from error
    host, port = found[0][4][:2]
    return str(host), int(port)
