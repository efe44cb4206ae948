"""./linyin erase: all that is kept about a resident is deleted."""

from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy import select

from bot.cli.parties import chosen_resident
from bot.cli.reporting import Json, report
from bot.clock import SystemClock
from bot.errors import InputRefused
from bot.evidence.erasing import STAYS, erase, kept_about, resident_of_request, told
from bot.installation import opened
from bot.settings import read_settings
from integrations.storage.models import TicketRow
from integrations.storage.store import Store


def erase_resident(
    resident: Annotated[
        str, typer.Argument(help="居民的姓名、电话，或要求删除信息的工单号，比如 T-0012", metavar="居民")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="不再问，直接删除。")] = False,
    as_json: Json = False,
) -> None:
    """按居民的要求，删除他的全部信息，记进审计；先说要删什么、留什么，确认了才删。例：./linyin erase T-0012

    JSON：resident（编号）、erased（删了没有）、kept（留下什么，为什么）和 records、sessions、recordings、
    incoming_calls、handovers、tickets、bookings、attempts_due（各多少）。
    """
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store:
        resident_id = _whom(store, resident)
        with store.reading() as session:
            found = kept_about(session, resident_id)
        if not yes and not as_json:
            typer.echo("要删除：" + "；".join(told(found)) + "。")
            typer.echo("留下：\n" + "\n".join(f"  {each}" for each in STAYS))
            typer.confirm("已经核实是本人的意思，全部删除？删了以后找不回来", abort=True)
            yes = True
        if yes:
            with store.writing() as session:
                found = erase(session, resident_id, data=settings.data, user_id=None, at=clock.now())
    done = "删除了：" if yes else "没有删除，要删请加 --yes："
    report(
        {"resident": resident_id, "erased": yes, "kept": list(STAYS), **asdict(found)},
        [done + "；".join(told(found)) + "。"],
        as_json=as_json,
    )


def _whom(store: Store, given: str) -> str:
    """The resident whose name, number or request it is. Raises InputRefused, ErasureRefused."""
    if not given.upper().startswith("T-"):
        return chosen_resident(store, given).id
    with store.reading() as session:
        ticket = session.scalar(select(TicketRow.id).where(TicketRow.number == given.upper()))
        if ticket is None:
            raise InputRefused(f"没有工单 {given}，请核对工单号。")
        return resident_of_request(session, ticket)
