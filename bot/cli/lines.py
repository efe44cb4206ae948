"""./linyin line: whether a telephone line is fit for use."""

import asyncio
import dataclasses
from typing import Annotated

import typer

from bot.cli.reporting import Json, report
from bot.errors import InputRefused
from bot.settings import Settings, read_settings
from integrations.telephony.lines import LineReport, check_line
from integrations.telephony.lines_file import read_lines
from integrations.telephony.sip.dialer import SipDialer, SipSettings
from integrations.telephony.sip.trunk import Trunk

TRUNK = "line"


def commands() -> typer.Typer:
    """The group."""
    group = typer.Typer(help="电话线路：检查能不能用。", no_args_is_help=True, rich_markup_mode=None)
    group.callback()(lambda: None)
    group.command("check")(check)
    return group


def check(
    *,
    number: Annotated[str, typer.Option(help="打给哪个号码来试：自己的号码，或回声测试号码。")],
    trunk: Annotated[str, typer.Option(help="检查线路文件里的哪一条；写了就不用写下面的。")] = "",
    host: Annotated[str, typer.Option(help="运营商、网关或话务台的地址。")] = "",
    port: Annotated[int, typer.Option(help="对方的 SIP 端口。", min=1, max=65535)] = 5060,
    caller: Annotated[str, typer.Option(help="要显示给居民的号码。")] = "",
    username: Annotated[str, typer.Option(help="账号；不填就按 IP 认证，不注册。")] = "",
    password: Annotated[str, typer.Option(help="密码；不写在命令里就会问。")] = "",
    local_port: Annotated[int, typer.Option(help="本机 SIP 端口。", min=1024, max=65535)] = 5060,
    as_json: Json = False,
) -> None:
    """检查一条电话线路，哪一步不通过就说要改什么。例：./linyin line check --host 192.168.1.50 --number 07161234567

    已经写进线路文件的：./linyin line check --trunk 座机 --number 07161234567

    JSON：ok、findings（step、ok、message）。
    """
    if bool(trunk) == bool(host):
        raise InputRefused("请写明检查哪一条：--trunk 线路名（线路文件里的），或者 --host 地址。")
    if username and not password:
        password = typer.prompt("密码", hide_input=True)
    if trunk:
        settings = _from_file(read_settings(), trunk)
    else:
        line = Trunk(
            name=TRUNK,
            host=host,
            port=port,
            caller_number=caller or number,
            username=username,
            password=password,
            registers=bool(username),
        )
        settings = SipSettings(trunks=(line,), port=local_port)
    found = asyncio.run(_check(settings, number))
    lines = [f"{'✓' if each.ok else '✗'} {each.message}" for each in found.findings]
    findings = [dataclasses.asdict(each) for each in found.findings]
    report({"ok": found.ok, "findings": findings}, lines, as_json=as_json)
    if not found.ok:
        raise typer.Exit(1)


def _from_file(settings: Settings, name: str) -> SipSettings:
    """The line of this name as the file has it. Raises LinesFileInvalid, InputRefused."""
    found = read_lines(settings.trunks_file)
    named = [each for each in found.trunks if each.name == name]
    if not named:
        known = "、".join(each.name for each in found.trunks) or "没有（线路在 Asterisk 里，请在那里检查）"
        raise InputRefused(f"线路文件里没有“{name}”，有的是：{known}。")
    listen = found.listen
    return SipSettings(trunks=(named[0],), host=listen.host, port=listen.port, media_ports=listen.media_ports)


async def _check(settings: SipSettings, number: str) -> LineReport:
    async with SipDialer(settings) as dialer:
        return await check_line(dialer, settings.trunks[0].name, number=number)
