"""./linyin handover and worker: urgent matters on the telephone, and the PINs of those who take them."""

import secrets
from typing import Annotated

import typer
from argon2 import PasswordHasher

from bot.cli.reporting import Json, report
from bot.clock import SystemClock
from bot.installation import opened
from bot.settings import read_settings
from dialogs.call_hours import BEIJING
from integrations.handover import pins
from integrations.handover.errors import PinWeak
from integrations.handover.listing import OUTCOME_LABELS, RESULT_LABELS, TIER_LABELS, HandoverShown, newest
from integrations.storage.audit import record
from integrations.tickets.kinds import label

SHOWN = 20
NEW_PIN_DIGITS = 6


def handover_commands() -> typer.Typer:
    """The group `handover`."""
    group = typer.Typer(help="急事电话：谁被叫过、谁接了单。", no_args_is_help=True, rich_markup_mode=None)
    group.command("list")(list_handovers)
    return group


def worker_commands() -> typer.Typer:
    """The group `worker`."""
    group = typer.Typer(help="工作人员：设置电话里用的工作密码。", no_args_is_help=True, rich_markup_mode=None)
    group.command("pin")(give_pin)
    group.callback()(lambda: None)
    return group


def list_handovers(
    limit: Annotated[int, typer.Option(help="最多列出几件。", min=1, max=1000)] = SHOWN,
    as_json: Json = False,
) -> None:
    """列出最近的急事：谁被叫过、什么时候接的单、结果。例：./linyin handover list --limit 5

    JSON：handovers（各有 ticket、kind、severity、status、raised_at、unheard_at、accepted_at、joined_at、result、
    rings）。
    """
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store:
        with store.reading() as session:
            found = newest(session, limit=limit)
        with store.writing() as session:
            record(
                session,
                user_id=None,
                action="handovers.listed",
                object_kind="handovers",
                object_id="",
                at=clock.now(),
                detail={"rows": len(found)},
            )
    report({"handovers": [_row(each) for each in found]}, [_line(each) for each in found], as_json=as_json)


def _row(each: HandoverShown) -> dict[str, object]:
    return {
        "ticket": each.ticket,
        "kind": each.kind,
        "severity": each.severity,
        "status": each.status,
        "raised_at": each.raised_at.isoformat(),
        "unheard_at": each.unheard_at.isoformat() if each.unheard_at else None,
        "accepted_at": each.accepted_at.isoformat() if each.accepted_at else None,
        "joined_at": each.joined_at.isoformat() if each.joined_at else None,
        "result": each.result,
        "rings": [
            {"tier": ring.tier, "purpose": ring.purpose, "outcome": ring.outcome, "dialled_at": str(ring.dialled_at)}
            for ring in each.rings
        ],
    }


def _line(each: HandoverShown) -> str:
    rings = "，".join(
        f"{TIER_LABELS[ring.tier]}{OUTCOME_LABELS.get(ring.outcome or '', '正在通话')}" for ring in each.rings
    )
    result = f"，结果：{RESULT_LABELS[each.result]}" if each.result else ""
    when = f"{each.raised_at.astimezone(BEIJING):%m-%d %H:%M}"
    return f"{when} {each.ticket} {label(each.kind)}：{each.status_label}（{rings or '还没有叫人'}{result}）"


def give_pin(
    worker: Annotated[str, typer.Argument(help="工作人员的姓名或电话", metavar="姓名")],
    pin: Annotated[str, typer.Option(help="六到八位数字；不填就随机给一个。", metavar="数字")] = "",
    as_json: Json = False,
) -> None:
    """给一位工作人员设置工作密码，接急事电话时用；只显示这一次。例：./linyin worker pin 李芳

    JSON：worker、pin。
    """
    settings, clock = read_settings(), SystemClock()
    chosen = pin or _new_pin()
    with opened(settings, at=clock.now()) as store, store.writing() as session:
        row = pins.worker_called(session, worker)
        pins.set_pin(session, row.id, chosen, hasher=PasswordHasher(), at=clock.now())
        record(session, user_id=None, action="worker.pin_set", object_kind="worker", object_id=row.id, at=clock.now())
        name = row.name
    lines = [f"{name} 的工作密码是 {chosen}，只显示这一次，请当面告诉本人。"]
    report({"worker": name, "pin": chosen}, lines, as_json=as_json)


def _new_pin() -> str:
    """A random one that nobody would guess."""
    while True:
        pin = "".join(str(secrets.randbelow(10)) for _ in range(NEW_PIN_DIGITS))
        try:
            pins.refuse_weak(pin)
        except PinWeak:
            continue
        return pin
