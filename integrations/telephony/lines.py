"""Is this telephone line fit for use? What `linyin line check` asks, step by step, and what to change when it is not.

Every failure is one Chinese sentence that says what to do. The echo call goes to one's own number, so that the line
carries it out and in again; a number of an echo service works too, without the check of the shown number.
"""

import asyncio
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from integrations.telephony.sip.dialer import SipDialer
from integrations.telephony.sip.trunk import TrunkState
from voice.audio.g711 import decode_alaw, encode_alaw
from voice.audio.sound import Sound
from voice.media import (
    FRAME_BYTES,
    SAMPLES_PER_SECOND,
    Answered,
    AudioReceived,
    CallEnded,
    DialOrder,
    LineError,
    MediaCall,
)

_OUT_HZ, _BACK_HZ = 1_000.0, 1_400.0  # two tones no exchange uses, far enough apart to tell who speaks
_TONE_SECONDS = 1.5
_TONE_FRAMES_NEEDED = 20  # 0.4 s of it: what echo cancellers leave at least of a tone
_TONE_SHARE = 0.5  # of a frame's energy


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One step of the check."""

    step: str  # "reach", "register", "address", "call", "sound-out", "sound-in", "number"
    ok: bool
    message: str  # Chinese; when not ok, what to change


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReport:
    trunk: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return all(finding.ok for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long each step may take, in seconds."""

    signalling: float = 12.0  # two OPTIONS or a REGISTER with retransmissions
    answer: float = 30.0
    sound: float = 4.0


async def check_line(dialer: SipDialer, trunk: str, *, number: str, patience: Patience | None = None) -> LineReport:
    """Check one trunk of a running dialer; `number` is one's own number, or that of an echo service.

    Raises LineError for a trunk the dialer does not know. Inbound calls that arrive meanwhile are taken for ours.
    """
    state = dialer.trunks.get(trunk)
    if state is None:
        raise LineError("line.unknown-trunk", f"没有名为“{trunk}”的线路，请检查线路配置。")
    patience = patience or Patience()
    findings = [await _check_reach(dialer, state, patience)]
    if findings[-1].ok and state.trunk.registers:
        findings.append(await _check_registration(dialer, state, patience))
    if all(finding.ok for finding in findings):
        findings.append(_check_address(state))
        findings += await _EchoCall(dialer, state, number, patience).check()
    return LineReport(trunk=trunk, findings=tuple(findings))


async def _settled(dialer: SipDialer, known: Callable[[], bool], seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            while not known():
                await dialer.trunk_changed()
    except TimeoutError:
        return


async def _check_reach(dialer: SipDialer, state: TrunkState, patience: Patience) -> Finding:
    trunk = state.trunk
    await _settled(
        dialer,
        lambda: state.reachable is True or state.registered or state.registration_failure != "",
        patience.signalling,
    )
    answered = state.reachable or state.registered or state.registration_failure not in {"", "no response"}
    if answered:
        return Finding(step="reach", ok=True, message=f"线路“{trunk.name}”有回应。")
    return Finding(
        step="reach",
        ok=False,
        message=f"线路“{trunk.name}”没有回应，请检查地址 {trunk.host}:{trunk.port} 是否写对、设备是否通电联网、"
        f"防火墙是否放行 {'UDP' if trunk.transport == 'udp' else 'TCP'} {trunk.port} 端口。",
    )


async def _check_registration(dialer: SipDialer, state: TrunkState, patience: Patience) -> Finding:
    await _settled(dialer, lambda: state.registered or state.registration_failure != "", patience.signalling)
    if state.registered:
        host, port = state.advertised
        return Finding(step="register", ok=True, message=f"注册成功，对方看到的地址是 {host}:{port}。")
    code = state.registration_failure.partition(" ")[0]
    messages = {
        "401": "注册被拒绝：用户名或密码不对，请按运营商或网关给的账号重新填写。",
        "403": "注册被拒绝：账号被停用或密码错误次数过多，请联系运营商解锁后再试。",
        "404": "注册被拒绝：没有这个账号，请检查用户名和域名（domain）。",
        "423": "注册被拒绝：注册时间太短，请把 register_seconds 调大到 3600。",
        "503": "注册失败：对方暂时不可用，请过几分钟再试，仍不行请联系运营商。",
        "no": "注册没有回应：请检查注册服务器地址和端口，并关闭路由器的 SIP ALG 功能。",
    }
    why = messages.get(code, f"注册失败（{state.registration_failure}），请把这个代码告诉运营商核对账号设置。")
    return Finding(step="register", ok=False, message=why)


def _check_address(state: TrunkState) -> Finding:
    ours, theirs = state.advertised[0], state.endpoint[0]
    hidden = ipaddress.IPv4Address(ours).is_private and not ipaddress.IPv4Address(theirs).is_private
    if not hidden:
        return Finding(step="address", ok=True, message=f"对外地址 {ours} 可用。")
    return Finding(
        step="address",
        ok=False,
        message=f"对外地址 {ours} 是内网地址，运营商到不了，请在线路配置里填写外网地址（external_host）。",
    )


class _EchoCall:
    """One call out; when it comes in again on the same line, that end is ours too."""

    def __init__(self, dialer: SipDialer, state: TrunkState, number: str, patience: Patience) -> None:
        self._dialer = dialer
        self._state = state
        self._number = number
        self._patience = patience
        self._inbound: MediaCall | None = None

    async def check(self) -> list[Finding]:
        order = DialOrder(number=self._number, trunk=self._state.trunk.name, ring_seconds=self._patience.answer)
        try:
            call = await self._dialer.dial(order)
        except LineError as error:
            return [Finding(step="call", ok=False, message=error.message)]
        taking = asyncio.create_task(self._take_inbound())
        try:
            return await self._talk(call)
        finally:
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)
            for end in (call, self._inbound):
                if end is not None:
                    await end.hang_up()

    async def _take_inbound(self) -> None:
        inbound = await self._dialer.accept()
        self._inbound = inbound
        await inbound.answer()

    async def _talk(self, call: MediaCall) -> list[Finding]:
        ended = await _answered_or_ended(call)
        if ended is not None:
            return [Finding(step="call", ok=False, message=_why_not_answered(ended, self._state))]
        findings = [Finding(step="call", ok=True, message=f"拨打 {self._number} 已接通。")]
        inbound = self._inbound
        call.send(_tone(_OUT_HZ))
        if inbound is None:
            heard = await _hears(call, _OUT_HZ, self._patience.sound)
            return [*findings, *_sound_findings(self._dialer, out=heard, back=heard, received=call.counts.received)]
        inbound.send(_tone(_BACK_HZ))
        out, back = await asyncio.gather(
            _hears(inbound, _OUT_HZ, self._patience.sound), _hears(call, _BACK_HZ, self._patience.sound)
        )
        findings += _sound_findings(self._dialer, out=out, back=back, received=call.counts.received)
        return [*findings, _check_number(inbound.far_number, self._state.trunk.caller_number)]


async def _answered_or_ended(call: MediaCall) -> CallEnded | None:
    async for event in call.events():
        if isinstance(event, Answered):
            return None
        if isinstance(event, CallEnded):
            return event
    return None


def _why_not_answered(ended: CallEnded, state: TrunkState) -> str:
    trunk = state.trunk
    messages = {
        401: "呼出被拒绝：线路要求密码，请在线路配置里填写用户名和密码。",
        403: "呼出被拒绝：主叫号码没有呼出权限，请让运营商核对主叫号码和 IP 白名单。",
        404: "拨出的号码不存在：请检查是否要加区号或外线前缀（例如 9）。",
        407: "呼出被拒绝：用户名或密码不对，请重新填写。",
        408: f"线路“{trunk.name}”对呼叫没有回应，请检查地址 {trunk.host}:{trunk.port} 和防火墙。",
        480: "对方暂时不在线：请确认被叫电话已开机或网关端口已插好电话线。",
        484: "号码不完整：请检查网关的拨号规则和区号设置。",
        486: "被叫占线：单线的座机不能自己打自己，请换一个能回拨的号码来检查。",
        487: "一直无人接听：请确认这个号码的来电会转到本系统，或换一个回声测试号码。",
        488: "双方没有共同的语音编码：请在网关或线路上启用 G.711 A 律（PCMA）。",
        503: "线路忙或已满：请等几分钟再试，或让运营商增加并发数。",
        603: "呼叫被拒绝：请检查被叫电话是否设置了拒接或黑名单。",
    }
    return messages.get(
        ended.sip_code or 0, f"呼叫失败（SIP {ended.sip_code}，Q.850 {ended.q850_cause}），请把代码告诉运营商查原因。"
    )


def _sound_findings(dialer: SipDialer, *, out: bool, back: bool, received: int) -> list[Finding]:
    first, last = dialer.media_ports
    if received == 0:
        back_message = f"收不到任何声音：请在路由器和防火墙放行 UDP {first}–{last} 端口，并关闭 SIP ALG。"
    else:
        back_message = "收到了声音但不是对方说的：请检查网关的回声消除和语音编码，只保留 G.711。"
    return [
        Finding(step="sound-out", ok=True, message="对方听得到我们。")
        if out
        else Finding(
            step="sound-out",
            ok=False,
            message="对方听不到我们：请检查外网地址（external_host）和网关的“对称 RTP”设置。",
        ),
        Finding(step="sound-in", ok=True, message="我们听得到对方。")
        if back
        else Finding(step="sound-in", ok=False, message=back_message),
    ]


def _check_number(shown: str, wanted: str) -> Finding:
    if shown and _tail(shown) == _tail(wanted):
        return Finding(step="number", ok=True, message=f"来电显示 {shown}。")
    if not shown:
        return Finding(step="number", ok=False, message="来电不显示号码：请让运营商开通主叫号码显示。")
    return Finding(
        step="number",
        ok=False,
        message=f"来电显示的是 {shown}，不是 {wanted}：请让运营商登记主叫号码，或把线路的 caller_number 改成 {shown}。",
    )


def _tail(number: str) -> str:
    """The last eight digits: exchanges add and drop area codes and +86."""
    return "".join(character for character in number if character.isdigit())[-8:]


def _tone(hertz: float) -> bytes:
    moments = np.arange(int(_TONE_SECONDS * SAMPLES_PER_SECOND)) / SAMPLES_PER_SECOND
    return encode_alaw(Sound((0.3 * np.sin(2 * np.pi * hertz * moments)).astype(np.float32), SAMPLES_PER_SECOND))


async def _hears(call: MediaCall, hertz: float, seconds: float) -> bool:
    """Whether enough of a tone arrives in time."""
    wave = np.exp(-2j * np.pi * hertz * np.arange(FRAME_BYTES) / SAMPLES_PER_SECOND)
    frames = 0
    try:
        async with asyncio.timeout(seconds):
            async for event in call.events():
                if isinstance(event, AudioReceived):
                    samples = decode_alaw(event.alaw).samples
                    energy = float(np.sum(np.square(samples)))
                    share = 2 * abs(complex(np.dot(samples, wave))) ** 2 / FRAME_BYTES / (energy + 1e-9)
                    frames += energy > 0.1 and share > _TONE_SHARE
                    if frames >= _TONE_FRAMES_NEEDED:
                        return True
    except TimeoutError:
        return False
    return False
