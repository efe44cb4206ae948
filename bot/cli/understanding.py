"""./linyin understand: answers and intents, line by line."""

import sys
from typing import Annotated

import typer

from bot.clock import SystemClock
from bot.settings import read_settings
from nlu.answer_lines import answer_lines
from nlu.intents import INTENTS, IntentModel


def understand(
    intents: Annotated[bool, typer.Option("--intents", help="列出所有意图。")] = False,
) -> None:
    """逐行读居民的话，写出听懂的值。例：./linyin understand < 问答.jsonl > 结果.jsonl

    一行进：{"id", "category", "input", "question"?, "ref"?, "prefer"?}；
    一行出：{"id", "pred", "confidence"}，读不了的是 {"id", "error"}。
    """
    if intents:
        for intent in INTENTS:
            typer.echo(f"{intent.id}\t{intent.meaning}\t{intent.example}")
        return
    model = read_settings().model
    rank = IntentModel.from_archive(model).rank if model.exists() else None
    for line in answer_lines(sys.stdin.buffer, at_default=SystemClock().now(), intents=rank):
        typer.echo(line)
