"""Calls through Asterisk 22: `voice.media.Dialer` over ARI, its sound over AudioSocket."""

import asyncio
import logging
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass

from integrations.telephony.asterisk.ari import Ari, AriAccount, AriAway, AriRefused, Json
from integrations.telephony.asterisk.audiosocket import AudioSocketConnection, AudioSocketMedia
from integrations.telephony.asterisk.call import AsteriskCall
from integrations.telephony.asterisk.sound import Exchange
from integrations.telephony.rtp.pacer import Pacer
from voice.media import CallState, DialOrder, Direction, LineError, NoLineFree, Side

log = logging.getLogger(__name__)
_NUMBER_CHARACTERS = frozenset("0123456789+*#")
_RETRY_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskSettings:
    account: AriAccount
    endpoint: str = "PJSIP/{number}@trunk"  # how Asterisk dials; {number} and {trunk} are filled in
    trunk: str = "trunk"
    caller_number: str = ""
    channels: int = 60  # what one core carries cleanly through AudioSocket
    audio_host: str = "127.0.0.1"  # where our AudioSocket server listens
    audio_port: int = 9092
    audio_address: str = ""  # "host:port" as Asterisk reaches it, when that differs


class AsteriskDialer:
    """An async context manager; see voice.media.Dialer for what holds."""

    def __init__(self, settings: AsteriskSettings) -> None:
        self._settings = settings
        self._ari = Ari(settings.account, self._receive, self._after_gap)
        self._pacer = Pacer()
        self._calls: dict[str, AsteriskCall] = {}  # by channel
        self._media: dict[uuid.UUID, AudioSocketMedia] = {}
        self._inbound: asyncio.Queue[AsteriskCall] = asyncio.Queue()
        self._tasks: set[asyncio.Task[object]] = set()

    async def __aenter__(self) -> "AsteriskDialer":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: AudioSocketConnection(self._claim), self._settings.audio_host, self._settings.audio_port
        )
        self._exchange = Exchange(
            ari=self._ari,
            pacer=self._pacer,
            audio_address=self._settings.audio_address or "{}:{}".format(*self.audio_address),
            expected_media=self._media,
            on_over=self._call_over,
            spawn=self._spawn,
        )
        try:
            await self._ari.open()
        except LineError:
            self._server.close()
            raise
        return self

    async def __aexit__(self, *unused: object) -> None:
        for call in tuple(self._calls.values()):
            try:
                await call.hang_up()
            except LineError as error:
                log.warning("hang-up failed call=%s error=%s", call.call_id, error.code)
            call.finish(by=Side.NEAR)
        while self._tasks:
            await asyncio.wait(self._tasks)
        self._server.close()
        await self._ari.close()

    async def dial(self, order: DialOrder) -> AsteriskCall:
        settings = self._settings
        if not set(order.number) <= _NUMBER_CHARACTERS:
            raise LineError("line.bad-number", "号码里有不能拨打的字符，请只保留数字。")
        if len(self._calls) >= settings.channels:
            raise NoLineFree("现在没有空闲的电话线路，请稍后再拨或增加线路。", retry_after_seconds=1.0)
        key = uuid.uuid4()
        caller = order.caller_number or settings.caller_number
        call = AsteriskCall(
            self._exchange,
            key=key,
            channel=f"c-{key}",
            direction=Direction.OUTBOUND,
            far_number=order.number,
            near_number=caller,
            joins=order.joins is not None,
        )
        joined = next((other for other in self._calls.values() if other.call_id == order.joins), None)
        # ARI refuses an originator together with formats (400)
        how = {"originator": joined.channel} if joined is not None else {"formats": "alaw"}
        self._calls[call.channel] = call
        try:
            await self._ari.request(
                "POST",
                "channels",
                {"variables": {"LINYIN_REFERENCE": order.reference}} if order.reference else None,
                endpoint=settings.endpoint.format(number=order.number, trunk=order.trunk or settings.trunk),
                app=self._ari.app,
                appArgs="transfer" if joined is not None else "outbound",
                callerId=caller,
                timeout=str(round(order.ring_seconds)),
                channelId=call.channel,
                **how,
            )
        except (AriRefused, AriAway) as error:
            self._calls.pop(call.channel, None)
            if isinstance(error, AriAway):
                raise NoLineFree(error.message, retry_after_seconds=_RETRY_SECONDS) from error
            raise
        return call

    async def accept(self) -> AsteriskCall:
        while True:
            call = await self._inbound.get()
            if call.state is not CallState.ENDED:
                return call

    @property
    def audio_address(self) -> tuple[str, int]:
        """Where our AudioSocket server is bound."""
        host, port = self._server.sockets[0].getsockname()[:2]
        return host, port

    @property
    def open_calls(self) -> int:
        return len(self._calls)

    # --- events

    def _receive(self, event: Json) -> None:
        channel = event.get("channel") or event.get("peer")
        name = str(channel.get("id", "")) if isinstance(channel, dict) else ""
        call = self._calls.get(name)
        if call is not None:
            call.receive(event)
        elif event.get("type") == "StasisStart":
            self._started(name, event)

    def _started(self, name: str, event: Json) -> None:
        for call in self._calls.values():
            if call.media_channel == name:
                call.media_channel_started()
                return
        arguments = event.get("args")
        channel = event.get("channel")
        if isinstance(arguments, list) and arguments[:1] == ["inbound"] and isinstance(channel, dict):
            self._take_in(name, channel, str(arguments[1]) if len(arguments) > 1 else "")

    def _take_in(self, name: str, channel: Json, called: str) -> None:
        caller = channel.get("caller")
        call = AsteriskCall(
            self._exchange,
            key=uuid.uuid4(),
            channel=name,
            direction=Direction.INBOUND,
            far_number=str(caller.get("number", "")) if isinstance(caller, dict) else "",
            near_number=called,
        )
        self._calls[name] = call
        if len(self._calls) > self._settings.channels:
            self._spawn(call.refuse(sip_code=503))
        else:
            self._inbound.put_nowait(call)

    def _after_gap(self) -> None:
        for call in tuple(self._calls.values()):
            self._spawn(self._look_after(call))
        self._spawn(self._find_missed_callers())

    async def _look_after(self, call: AsteriskCall) -> None:
        """Whether a call outlived the gap in the events."""
        try:
            await self._ari.request("GET", f"channels/{call.channel}")
        except AriRefused as refused:
            if refused.status == 404:
                call.finish(by=Side.FAR, text="ended while the event socket was away")

    async def _find_missed_callers(self) -> None:
        """Inbound calls whose StasisStart fell into the gap wait in our application without anybody knowing."""
        found = await self._ari.request("GET", "channels")
        for channel in found if isinstance(found, list) else []:
            name = str(channel.get("id", ""))
            place = channel.get("dialplan") or {}
            data = str(place.get("app_data", "")).split(",")
            if name not in self._calls and place.get("app_name") == "Stasis" and data[:2] == [self._ari.app, "inbound"]:
                self._take_in(name, channel, data[2] if len(data) > 2 else "")

    # --- what calls use

    def _claim(self, key: uuid.UUID) -> AudioSocketMedia | None:
        return self._media.pop(key, None)

    def _call_over(self, call: AsteriskCall) -> None:
        self._calls.pop(call.channel, None)

    def _spawn(self, work: Coroutine[object, object, object]) -> None:
        task = asyncio.create_task(_survive(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _survive(work: Coroutine[object, object, object]) -> None:
    """What Asterisk refuses in the background is logged; the call's own events tell the rest."""
    try:
        await work
    except LineError as error:
        log.warning("asterisk refused error=%s detail=%s", error.code, error.message)
