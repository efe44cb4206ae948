"""./linyin erase: all that is kept about a resident, or of somebody whom the registry does not know, is deleted."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from bot.cli.parties import chosen_resident
from bot.cli.reporting import Json, report
from bot.clock import SystemClock
from bot.errors import InputRefused
from bot.evidence import erasing, erasing_strangers
from bot.installation import opened
from bot.settings import read_settings
from integrations.storage.models import TicketRow
from integrations.storage.store import Store, StoreSession


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whose:
    """What is deleted: of a resident, or of whoever raised a ticket and is not in the registry."""

    resident: str | None
    ticket: str  # its id, "" where the resident was named
    stays: Sequence[str]

    def kept(self, session: StoreSession) -> tuple[dict[str, int], Sequence[str]]:
        """How much there is, as numbers and in words."""
        if self.resident is not None:
            found = erasing.kept_about(session, self.resident)
            return asdict(found), erasing.told(found)
        unknown = erasing_strangers.kept_of_stranger(session, self.ticket)
        return asdict(unknown), erasing_strangers.told(unknown)

    def erase(self, session: StoreSession, *, data: Path, at: datetime) -> None:
        """Deletes it."""
        if self.resident is not None:
            erasing.erase(session, self.resident, data=data, user_id=None, at=at)
        else:
            erasing_strangers.erase_stranger(session, self.ticket, data=data, user_id=None, at=at)


def erase_resident(
    resident: Annotated[
        str,
        typer.Argument(
            help="居民的姓名、电话，或要求删除信息的工单号，比如 T-0012；登记册里没有的人，写他的任何一张工单号",
            metavar="居民",
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="不再问，直接删除。")] = False,
    as_json: Json = False,
) -> None:
    """按居民的要求，删除他的全部信息，记进审计；先说要删什么、留什么，确认了才删。例：./linyin erase T-0012

    登记册里没有的人打来、写来说的话也能删：写他的工单号，同一个号码、同一段聊天里说的都会删。
    JSON：resident（编号，登记册里没有的人是 null）、erased（删了没有）、kept（留下什么，为什么）和 records、sessions、
    recordings、incoming_calls、handovers、tickets、bookings、attempts_due（各多少）。
    """
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store:
        whose = _whose(store, resident)
        with store.reading() as session:
            numbers, told = whose.kept(session)
        if not yes and not as_json:
            typer.echo("要删除：" + "；".join(told) + "。")
            typer.echo("留下：\n" + "\n".join(f"  {each}" for each in whose.stays))
            typer.confirm("已经核实是本人的意思，全部删除？删了以后找不回来", abort=True)
            yes = True
        if yes:
            with store.writing() as session:
                whose.erase(session, data=settings.data, at=clock.now())
    done = "删除了：" if yes else "没有删除，要删请加 --yes："
    report(
        {"resident": whose.resident, "erased": yes, "kept": list(whose.stays), **numbers},
        [done + "；".join(told) + "。"],
        as_json=as_json,
    )


def _whose(store: Store, given: str) -> _Whose:
    """Whose name, number or ticket it is. Raises InputRefused, ErasureRefused."""
    if not given.upper().startswith("T-"):
        return _Whose(resident=chosen_resident(store, given).id, ticket="", stays=erasing.STAYS)
    with store.reading() as session:
        ticket = session.scalar(select(TicketRow).where(TicketRow.number == given.upper()))
        if ticket is None:
            raise InputRefused(f"没有工单 {given}，请核对工单号。")
        if erasing_strangers.is_strangers(ticket):
            return _Whose(resident=None, ticket=ticket.id, stays=erasing_strangers.STAYS)
        resident = erasing.resident_of_request(session, ticket.id)
        return _Whose(resident=resident, ticket=ticket.id, stays=erasing.STAYS)
