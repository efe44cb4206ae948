"""./linyin line: whether a telephone line is fit for use."""

import asyncio
import dataclasses
from typing import Annotated

import typer

from bot.cli.reporting import Json, report
from integrations.telephony.lines import LineReport, check_line
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
    host: Annotated[str, typer.Option(help="运营商、网关或话务台的地址。")],
    number: Annotated[str, typer.Option(help="打给哪个号码来试：自己的号码，或回声测试号码。")],
    port: Annotated[int, typer.Option(help="对方的 SIP 端口。", min=1, max=65535)] = 5060,
    caller: Annotated[str, typer.Option(help="要显示给居民的号码。")] = "",
    username: Annotated[str, typer.Option(help="账号；不填就按 IP 认证，不注册。")] = "",
    password: Annotated[str, typer.Option(help="密码；不写在命令里就会问。")] = "",
    local_port: Annotated[int, typer.Option(help="本机 SIP 端口。", min=1024, max=65535)] = 5060,
    as_json: Json = False,
) -> None:
    """检查一条电话线路，哪一步不通过就说要改什么。例：./linyin line check --host 192.168.1.50 --number 07161234567

    JSON：ok、findings（step、ok、message）。
    """
    if username and not password:
        password = typer.prompt("密码", hide_input=True)
    trunk = Trunk(
        name=TRUNK,
        host=host,
        port=port,
        caller_number=caller or number,
        username=username,
        password=password,
        registers=bool(username),
    )
    found = asyncio.run(_check(SipSettings(trunks=(trunk,), port=local_port), number))
    lines = [f"{'✓' if each.ok else '✗'} {each.message}" for each in found.findings]
    findings = [dataclasses.asdict(each) for each in found.findings]
    report({"ok": found.ok, "findings": findings}, lines, as_json=as_json)
    if not found.ok:
        raise typer.Exit(1)


async def _check(settings: SipSettings, number: str) -> LineReport:
    async with SipDialer(settings) as dialer:
        return await check_line(dialer, TRUNK, number=number)
