"""./linyin audit: whether the audit trail is whole."""

import typer

from bot.cli.reporting import Json, report
from bot.clock import SystemClock
from bot.installation import opened
from bot.settings import read_settings
from integrations.storage.audit import verify as verify_trail


def verify(as_json: Json = False) -> None:
    """检查审计记录有没有被改动。例：./linyin audit

    JSON：rows、head（最后一条的校验值，请另行抄存）、intact、first_broken（第一条对不上的编号，没有就是 null）。
    """
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store:
        found = verify_trail(store)
    line = (
        f"审计记录完整，共 {found.rows} 条。"
        if found.intact
        else f"第 {found.broken_id} 条审计记录对不上，请立即查明。"
    )
    report(
        {"rows": found.rows, "head": found.head, "intact": found.intact, "first_broken": found.broken_id},
        [line],
        as_json=as_json,
    )
    if not found.intact:
        raise typer.Exit(1)
