"""./linyin test, check and bench: the workshop."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import InputRefused
from bot.settings import ROOT

BENCHES = ("dialogue", "understanding", "speech", "lines", "campaign", "crash", "flat", "conversations")

RASA_TESTS = (str(ROOT / ".venv-rasa" / "bin" / "python"), "-m", "pytest", "-c", "tests/rasa/pytest.ini", "tests/rasa")


def run_tests(
    arguments: Annotated[list[str] | None, typer.Argument(help="交给 pytest 的参数", metavar="[参数…]")] = None,
) -> None:
    """运行全部测试。例：./linyin test；只跑一部分：./linyin test tests/golden"""
    if arguments:
        _run([sys.executable, "-m", "pytest", *arguments])
        return
    # Those of Rasa's environment run beside all others and are told afterwards.
    with tempfile.TemporaryFile() as told:
        beside = subprocess.Popen(RASA_TESTS, cwd=ROOT, env=_environment(), stdout=told, stderr=told)
        try:
            _run([sys.executable, "-m", "pytest"])
        finally:
            failed = beside.wait()
            told.seek(0)
            sys.stdout.write(told.read().decode(errors="replace"))
            sys.stdout.flush()
    if failed:
        raise typer.Exit(failed)


def check() -> None:
    """代码规范、类型、分层、许可证、已知漏洞、全部测试。例：./linyin check"""
    binaries = Path(sys.executable).parent
    _run([str(binaries / "ruff"), "check", "."])
    _run([str(binaries / "ruff"), "format", "--check", "."])
    _run([str(binaries / "mypy")])
    _run([str(binaries / "lint-imports")])
    _run([sys.executable, "-m", "tests.workshop.licences"])
    _run([sys.executable, "-m", "tests.workshop.vulnerabilities"])
    run_tests(None)


def bench(
    name: Annotated[str, typer.Argument(help="哪一项：" + "、".join(BENCHES), metavar="项目")],
    arguments: Annotated[list[str] | None, typer.Argument(help="交给这一项的参数", metavar="[参数…]")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")] = False,
) -> None:
    """测速度和准确率，并和同类软件比较。例：./linyin bench dialogue --json

    JSON 的各项含义见 docs/benchmarks.md。
    """
    if name not in BENCHES:
        raise InputRefused(f"没有“{name}”这一项，可以测：{'、'.join(BENCHES)}。")
    extra = ["--json"] if as_json else []
    _run([sys.executable, "-m", f"tests.bench.{name}", *(arguments or []), *extra])


def _run(command: Sequence[str]) -> None:
    """Runs a program in the program's folder; ends with its exit code when that is not 0."""
    done = subprocess.run(command, cwd=ROOT, env=_environment(), check=False)
    if done.returncode != 0:
        raise typer.Exit(done.returncode)


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}
