"""./linyin models and hear: speech models, and one recording heard."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.reporting import Json, progress, report
from bot.clock import SystemClock
from bot.settings import read_settings
from bot.speech import models_folder, recogniser
from voice.hear import expectation_named
from voice.hear import hear as hear_file
from voice.models.catalogue import Model, model_named, read_catalogue
from voice.models.install import Progress, install, state_of, verify

STATES = {"installed": "已安装", "incomplete": "不完整", "missing": "未安装", "by_hand": "需手工下载"}
MEGABYTE = 1_000_000


def commands() -> typer.Typer:
    """The group."""
    group = typer.Typer(help="语音模型：列出、安装、校验。", no_args_is_help=True, rich_markup_mode=None)
    group.command("list")(show)
    group.command("install")(fetch)
    group.command("verify")(check)
    return group


def show(as_json: Json = False) -> None:
    """列出语音模型、大小和许可证。例：./linyin models list

    JSON：models（name、title、engine、licence、bytes、state、verified_here）。
    """
    folder = models_folder(read_settings())
    rows = [
        {
            "name": each.name,
            "title": each.title,
            "engine": each.engine,
            "licence": each.licence,
            "bytes": each.download_bytes,
            "state": state_of(each, folder),
            "verified_here": each.verified_here,
        }
        for each in read_catalogue()
    ]
    report({"models": rows}, [_line(each, state_of(each, folder)) for each in read_catalogue()], as_json=as_json)


def _line(model: Model, state: str) -> str:
    size = f"{model.download_bytes / MEGABYTE:.0f} MB" if model.download_bytes else "大小未知"
    tried = "" if model.verified_here else "，未在本机验证"
    return f"{model.name}  {model.title}（{size}，{model.licence}，{STATES[state]}{tried}）"


def fetch(
    name: Annotated[str, typer.Argument(help="模型名，见 ./linyin models list", metavar="模型")],
    archive: Annotated[Path | None, typer.Option(help="手工下载好的压缩包。")] = None,
) -> None:
    """下载并安装一个语音模型；断了再运行一次就接着下。例：./linyin models install whisper-base"""
    folder = install(model_named(name, read_catalogue()), models_folder(read_settings()), report=_tell, archive=archive)
    typer.echo(f"装好了：{folder}")


def _tell(step: Progress) -> None:
    if step.step == "fetch":
        progress(f"  下载 {step.name}：{step.done_bytes / MEGABYTE:.0f} / {step.total_bytes / MEGABYTE:.0f} MB")


def check(as_json: Json = False) -> None:
    """逐字节校验已安装的模型。例：./linyin models verify

    JSON：problems（model、path、kind）。
    """
    folder = models_folder(read_settings())
    found = [
        (model.name, problem)
        for model in read_catalogue()
        if state_of(model, folder) in ("installed", "incomplete")
        for problem in verify(model, folder)
    ]
    lines = [f"{name}：{problem.message}" for name, problem in found] or ["已安装的模型都完好。"]
    rows = [{"model": name, "path": problem.path, "kind": problem.kind} for name, problem in found]
    report({"problems": rows}, lines, as_json=as_json)
    if found:
        raise typer.Exit(1)


def hear(
    file: Annotated[Path, typer.Argument(help="录音（WAV）", metavar="文件")],
    expect: Annotated[
        str, typer.Option(help="等的是什么：yes_no、choice:甲,乙、digits、date、temperature、room、free。")
    ] = "free",
    as_json: Json = False,
) -> None:
    """听一段录音，按电话音质识别。例：./linyin hear 回答.wav --expect yes_no --json

    JSON：text、alternatives、value（或 not_an_answer）、confidence、seconds、audio_seconds、keys。
    """
    wanted = expectation_named(expect)
    with recogniser(read_settings()) as engine:
        heard = hear_file(file, expect=wanted, recogniser=engine, at=SystemClock().now())
    told = [
        f"听到：{heard.text or '（没有话）'}",
        f"读作：{json.dumps(heard.value, ensure_ascii=False)}，把握 {heard.confidence:.2f}",
    ]
    report(dataclasses.asdict(heard), told, as_json=as_json)
