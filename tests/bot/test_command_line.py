"""Commands as people type them: every mistake is one Chinese sentence, an exit code, and nothing half-written."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from openpyxl import Workbook

from bot.cli.app import command_line
from bot.settings import ROOT
from dialogs.definitions import LIBRARY
from tests.workshop.commands import run_command

SECONDS = 120.0  # starting takes some seconds on a busy machine
Run = Callable[..., subprocess.CompletedProcess[str]]
GOOD = (LIBRARY / "health-follow-up.yaml").read_text(encoding="utf-8")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`./linyin ARGUMENTS…` in an installation of its own, without a model."""

    def linyin(*arguments: str, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LINYIN_")}
        settings = {"LINYIN_DATA": str(tmp_path / "var")} | settings
        return run_command(arguments, environment=environment | settings, given=given, within_seconds=SECONDS)

    return linyin


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """One Chinese sentence, whatever was said about the work before it."""
    said = [line for line in done.stderr.splitlines() if not line.endswith("…")]
    assert done.returncode not in (0, None), done
    assert "Traceback" not in done.stderr + done.stdout
    assert len(said) == 1, done.stderr
    assert re.search(r"[\u4e00-\u9fff].*[。：]?", said[0])
    for word in words:
        assert word in said[0]


def book(path: Path, *rows: tuple[str, ...]) -> Path:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return path


def test_files_that_are_no_household_book_are_refused_and_nothing_is_kept(run: Run, tmp_path: Path) -> None:
    wrong_type = tmp_path / "名册.docx"
    wrong_type.write_text("不是表格", encoding="utf-8")
    refused(run("import", str(wrong_type)), ".xlsx")
    refused(run("import", str(book(tmp_path / "空.xlsx"))), "是空的")
    refused(run("import", str(tmp_path / "没有.xlsx")), "没有.xlsx")
    audited = json.loads(run("audit", "--json").stdout)
    assert audited["rows"] == 0, "an import that was refused has left something"


def test_a_questionnaire_with_an_unknown_field_is_answered_with_its_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "问卷.yaml"
    file.write_text(GOOD.replace("field: health.cough", "field: health.coff"), encoding="utf-8")
    done = run("questionnaire", "check", str(file))
    assert done.returncode == 1
    [line] = (done.stdout + done.stderr).splitlines()
    at = next(number for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if "coff" in text)
    assert f"第 {at} 行" in line
    assert "health.coff" in line


def test_without_a_model_it_says_how_to_get_one(run: Run) -> None:
    refused(run("chat"), "对话模型还没有训练", "./linyin")


def test_a_lost_key_and_a_wrong_key_say_so(run: Run, tmp_path: Path) -> None:
    assert run("audit").returncode == 0
    key = tmp_path / "var" / "keys" / "linyin.key"
    ours = key.read_bytes()
    key.unlink()
    refused(run("audit"), "密钥")
    assert not key.exists(), "a new key would hide that the old one is lost"
    assert run("audit", LINYIN_DATA=str(tmp_path / "other")).returncode == 0
    key.write_bytes((tmp_path / "other" / "keys" / "linyin.key").read_bytes())
    refused(run("audit"), "密钥")
    key.write_bytes(ours)
    assert run("audit").returncode == 0


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_port_in_use_is_said_before_anything_is_started(run: Run, taken: int, tmp_path: Path) -> None:
    for command in ("serve", "demo"):
        refused(run(command, LINYIN_PORT=str(taken)), str(taken), "LINYIN_PORT")
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"LINYIN_DATABASE_URL": "mysql://x/y"}, "数据库地址不对"),
        ({"LINYIN_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/x"}, "连不上数据库"),
        ({"LINYIN_WORKERS": "many"}, "LINYIN_WORKERS"),
    ],
)
def test_a_setting_that_cannot_be_is_named(run: Run, settings: dict[str, str], word: str) -> None:
    refused(run("audit", **settings), word)


def test_what_does_not_exist_is_named(run: Run, tmp_path: Path) -> None:
    to = tmp_path / "结果.xlsx"
    refused(run("export", "--campaign", "C-0099", "--to", str(to)), "C-0099")
    assert not to.exists()
    refused(run("chat", "--as", "没有这个人"), "没有这位居民")
    refused(run("chat", "--questionnaire", "nothing"), "nothing")
    refused(run("replay", "0192f0c1"), "没有这个会话")


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        (("--nope",), "--nope"),
        (("frobnicate",), "没有这个命令"),
        (("import",), "文件"),
        (("import", "a.xlsx", "b.xlsx"), "多写了参数"),
        (("demo", "--households", "many"), "--households"),
    ],
)
def test_a_command_typed_wrong_says_where_the_examples_are(run: Run, typed: tuple[str, ...], word: str) -> None:
    done = run(*typed)
    refused(done, word, "--help")
    assert done.returncode == 2


def test_no_command_at_all_shows_what_there_is(run: Run) -> None:
    done = run()
    assert "Traceback" not in done.stderr
    assert "demo" in done.stdout + done.stderr
    assert "import" in done.stdout + done.stderr


def test_a_household_book_goes_in_and_is_found_again(run: Run, tmp_path: Path) -> None:
    made = json.loads(
        run("sample-community", str(tmp_path / "样.xlsx"), "--shape", "small", "--households", "5", "--json").stdout
    )
    assert set(made) == {"file", "households", "residents", "bad_rows"}
    done = run("import", str(tmp_path / "样.xlsx"), "--json")
    report = json.loads(done.stdout)
    assert report["households"]["created"] == made["households"]
    assert set(report) >= {
        "file", "kept", "rows", "households", "residents", "bad_rows", "households_without_worker",
        "households_without_deputy", "used_sheets", "skipped_sheets",
    }  # fmt: skip
    again = json.loads(run("import", str(tmp_path / "样.xlsx"), "--json").stdout)
    assert (again["households"]["created"], again["residents"]["created"]) == (0, 0)


COMMANDS = typer.main.get_command(command_line())


def leaves(command, path=()) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, each in getattr(command, "commands", {}).items():
        if hasattr(each, "commands"):
            yield from leaves(each, (*path, name))
        else:
            yield (*path, name), each


@pytest.mark.parametrize(("path", "command"), list(leaves(COMMANDS)), ids=str)
def test_every_command_has_help_with_an_example(path: tuple[str, ...], command) -> None:
    assert "例：./linyin " + " ".join(path) in command.help.replace("\n", " ")
    for parameter in command.params:
        assert parameter.help, (path, parameter.name)


def test_help_is_shown_by_the_program_itself() -> None:
    command = [sys.executable, "-m", "bot", "questionnaire", "check", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0
    assert "例：./linyin questionnaire check" in done.stdout
