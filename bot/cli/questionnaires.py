"""./linyin questionnaire: check, list, schema."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.reporting import Json, report
from dialogs.definitions import json_schema, library, load
from dialogs.dictionary import load_dictionary
from dialogs.errors import QuestionnaireInvalid
from dialogs.questionnaire import content_hash


def commands() -> typer.Typer:
    """The group."""
    group = typer.Typer(help="问卷：检查、列出、查看格式。", no_args_is_help=True, rich_markup_mode=None)
    group.command("check")(check)
    group.command("list")(show_library)
    group.command("schema")(schema)
    return group


def check(
    file: Annotated[Path, typer.Argument(help="问卷文件（YAML）", metavar="文件")],
    as_json: Json = False,
) -> None:
    """检查一份问卷，逐条指出第几行、怎么改。例：./linyin questionnaire check 我的问卷.yaml

    JSON：valid、hash（有效时）、faults（file、line、message）。
    """
    try:
        questionnaire = load(file, dictionary=load_dictionary())
    except QuestionnaireInvalid as error:
        faults = [{"file": fault.file, "line": fault.line, "message": fault.message} for fault in error.faults]
        report({"valid": False, "faults": faults}, [str(fault) for fault in error.faults], as_json=as_json)
        raise typer.Exit(1) from error
    key = content_hash(questionnaire)
    report(
        {"valid": True, "hash": key, "faults": []},
        [f"可以用：{questionnaire.title}，{len(questionnaire.questions)} 个问题，内容编号 {key[:12]}。"],
        as_json=as_json,
    )


def show_library(as_json: Json = False) -> None:
    """列出自带的问卷。例：./linyin questionnaire list

    JSON：questionnaires（key、version、title、questions、hash）。
    """
    found = library(dictionary=load_dictionary())
    rows = [
        {
            "key": each.key,
            "version": each.version,
            "title": each.title,
            "questions": len(each.questions),
            "hash": content_hash(each),
        }
        for each in found
    ]
    lines = [f"{each.key}  {each.title}（第 {each.version} 版，{len(each.questions)} 个问题）" for each in found]
    report({"questionnaires": rows}, lines, as_json=as_json)


def schema() -> None:
    """输出问卷文件的 JSON Schema。例：./linyin questionnaire schema > 问卷格式.json"""
    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
