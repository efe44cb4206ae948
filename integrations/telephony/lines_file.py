"""The file in which an installation writes its telephone lines (docs/lines.md)."""

import dataclasses
import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import yaml

from dialogs import lined_yaml
from integrations.errors import IntegrationError
from integrations.telephony.asterisk.ari import AriAccount
from integrations.telephony.asterisk.dialer import AsteriskSettings
from integrations.telephony.sip.trunk import Trunk

TRANSPORTS = ("udp", "tcp", "tls")
_NUMBER = r"\+?[0-9]{2,20}"
_BAD_NUMBER = '要显示的号码只能是数字，请加引号，例如 "07161234567"。'
_SHAPES = (
    (re.compile(r"missing required field `(\w+)`"), "缺少“{0}”，请补上。"),
    (re.compile(r"contains unknown field `([^`]+)`"), "不认识“{0}”这一项，可写的见 docs/lines.md，请改正或删掉。"),
    (re.compile(r"Expected `(\w+)(?: \| null)?`, got `(\w+)`"), "这里要写 {0}，不是 {1}；号码和文字请加引号。"),
    (re.compile(r">= (\d+)"), "不能小于 {0}。"),
    (re.compile(r"<= (\d+)"), "不能大于 {0}。"),
)


class LinesFileInvalid(IntegrationError):
    """The file of telephone lines cannot be used; every fault with its line."""

    code = "lines.file"


class Listen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where we are reached."""

    host: str = "0.0.0.0"  # noqa: S104  # every interface: gateways sit on the LAN, carriers outside
    port: int = 5060
    media_ports: tuple[int, int] = (20_000, 29_998)


class Asterisk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An Asterisk that has the lines (deploy/asterisk)."""

    url: str  # of ARI: http://127.0.0.1:8088
    username: str
    password: str
    caller_number: str
    app: str = "linyin"
    endpoint: str = "PJSIP/{number}@trunk"
    channels: int = 60
    audio_host: str = "127.0.0.1"
    audio_port: int = 9_092
    audio_address: str = ""

    @property
    def settings(self) -> AsteriskSettings:
        """As the dialer wants them."""
        return AsteriskSettings(
            account=AriAccount(url=self.url, username=self.username, password=self.password, app=self.app),
            endpoint=self.endpoint,
            caller_number=self.caller_number,
            channels=self.channels,
            audio_host=self.audio_host,
            audio_port=self.audio_port,
            audio_address=self.audio_address,
        )


class LinesFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands in the file: lines of our own, or an Asterisk that has them."""

    trunks: tuple[Trunk, ...] = ()
    listen: Listen = Listen()
    asterisk: Asterisk | None = None


def read_lines(path: Path) -> LinesFile:
    """The lines in a file. Raises LinesFileInvalid."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LinesFileInvalid(
            f"没有线路文件 {path}：请照 docs/lines.md 写一份，或把 LINYIN_TELEPHONY 改回 loopback。"
        ) from None
    except (OSError, UnicodeDecodeError):
        raise LinesFileInvalid(f"线路文件 {path} 读不了：请检查权限，并另存为 UTF-8 编码的 YAML。") from None
    try:
        document = lined_yaml.read(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _invalid(path, line, "YAML 写法不对，请检查缩进和冒号后的空格。") from error
    except yaml.YAMLError as error:
        raise _invalid(path, 1, "文件里有不能用的字符，请删掉。") from error
    found = _converted(document, path)
    faults = [f"{path.name} 第 {document.line(where)} 行：{message}" for where, message in _faults(found)]
    if faults:
        raise LinesFileInvalid("\n".join(faults))
    return found


def _converted(document: lined_yaml.LinedDocument, path: Path) -> LinesFile:
    known = {field.name for field in dataclasses.fields(Trunk)}
    try:
        found = msgspec.convert(document.value, LinesFile)
    except msgspec.ValidationError as error:
        raise _shape_fault(error, document, path) from error
    for number, written in enumerate(document.value.get("trunks", ())):
        for name in written.keys() - known:
            line = document.line(("trunks", number, name))
            raise _invalid(path, line, f"不认识“{name}”这一项，可写的见 docs/lines.md，请改正或删掉。")
    return found


def _shape_fault(error: msgspec.ValidationError, document: lined_yaml.LinedDocument, path: Path) -> LinesFileInvalid:
    said = str(error)
    where = re.search(r" - at `\$([^`]*)`$", said)
    at: lined_yaml.Path = ()
    if where:
        at = tuple(int(index) if index else name for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", where.group(1)))
    for pattern, message in _SHAPES:
        if found := pattern.search(said):
            if "unknown field" in pattern.pattern:
                at = (*at, found.group(1))
            return _invalid(path, document.line(at), message.format(*found.groups()))
    return _invalid(path, document.line(at), "写法不对，请对照 docs/lines.md 里的例子。")


def _invalid(path: Path, line: int, message: str) -> LinesFileInvalid:
    return LinesFileInvalid(f"{path.name} 第 {line} 行：{message}")


def _faults(found: LinesFile) -> Iterator[tuple[lined_yaml.Path, str]]:
    if not found.trunks and found.asterisk is None:
        yield ("trunks",), "一条线路也没有，请至少写一条。"
    if found.trunks and found.asterisk is not None:
        yield ("asterisk",), "线路写在 Asterisk 里了，这里的 trunks 请删掉；两样只能用一样。"
    if found.asterisk is not None:
        for name, message in _asterisk_faults(found.asterisk):
            yield ("asterisk", name), message
    first, last = found.listen.media_ports
    if not 1_024 <= first < last <= 65_534 or first % 2:
        yield ("listen", "media_ports"), "声音端口要从偶数开始，在 1024 到 65534 之间，前小后大。"
    names: set[str] = set()
    for number, trunk in enumerate(found.trunks):
        if trunk.name in names:
            yield ("trunks", number, "name"), f"有两条线路都叫“{trunk.name}”，请改一个名字。"
        names.add(trunk.name)
        for name, message in _trunk_faults(trunk):
            yield ("trunks", number, name), message


def _asterisk_faults(asterisk: Asterisk) -> Iterator[tuple[str, str]]:
    if not re.fullmatch(r"https?://[^\s/]+/?", asterisk.url):
        yield "url", "地址写得不对，例如 http://127.0.0.1:8088。"
    if "{number}" not in asterisk.endpoint:
        yield "endpoint", "拨号格式里要有 {number}，例如 PJSIP/{number}@trunk。"
    if not re.fullmatch(_NUMBER, asterisk.caller_number):
        yield "caller_number", _BAD_NUMBER


def _trunk_faults(trunk: Trunk) -> Iterator[tuple[str, str]]:
    if not trunk.host or re.search(r"[\s/@]", trunk.host):
        yield "host", "地址写得不对，只写 IP 或域名，例如 192.168.1.50。"
    for name, port in (("port", trunk.port), ("external_port", trunk.external_port or 1)):
        if not 1 <= port <= 65_535:
            yield name, "端口要在 1 到 65535 之间。"
    if not re.fullmatch(_NUMBER, trunk.caller_number):
        yield "caller_number", _BAD_NUMBER
    if trunk.transport not in TRANSPORTS:
        yield "transport", "只能是 udp、tcp 或 tls。"
    if trunk.srtp and trunk.transport != "tls":
        yield "srtp", "加密语音的密钥写在信令里，transport 也要写成 tls。"
    if trunk.registers and not (trunk.username and trunk.password):
        yield "registers", "要注册就要写 username 和 password。"
    if trunk.channels < 1 or trunk.setups_per_second <= 0:
        yield "channels" if trunk.channels < 1 else "setups_per_second", "要大于 0。"
    for address in trunk.accepts_from:
        try:
            ipaddress.IPv4Address(address)
        except ValueError:
            yield "accepts_from", f"“{address}”不是 IPv4 地址，请改正。"
