"""How commands report: one JSON object for programs, short lines for people."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象，供程序读取。")]
Which = Annotated[str, typer.Argument(help="任务编号，比如 C-0001。", metavar="任务")]


def report(result: Mapping[str, Any], lines: list[str], *, as_json: bool) -> None:
    """Prints the result as JSON, or the lines for people."""
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, default=str))
    else:
        for line in lines:
            typer.echo(line)


def progress(line: str) -> None:
    """One line about long work, on stderr so that --json stays clean."""
    typer.echo(line, err=True)
