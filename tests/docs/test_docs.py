"""What README and docs say can be typed, set, opened and written is really there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import typer

from bot.cli.app import command_line
from bot.demo import DemoReport
from bot.settings import ROOT, Settings
from dialogs import questionnaire as q
from dialogs.definitions import LIBRARY, json_schema, parse
from dialogs.dictionary import load_dictionary

DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS_DOC = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
SETTINGS_DOC = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
QUESTIONNAIRE_DOC = (ROOT / "docs" / "questionnaire.md").read_text(encoding="utf-8")
TYPED = re.compile(r"(?<![A-Za-z0-9_/.])\./linyin((?: +[^\s`，。；、）|)]+)*)")
SETTING = re.compile(r"LINYIN_[A-Z_]*[A-Z]")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# Read elsewhere than in bot/settings.py: by the launcher before there is a Python, by a test that writes a report.
READ_ELSEWHERE = {"LINYIN_PYTHON": "linyin", "LINYIN_NLU_REPORT": "tests/rasa/test_nlu_component.py"}
NO_KEYS = {"null"}  # what help says of values


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


every_document = pytest.mark.parametrize("document", DOCS, ids=name_of)


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, by what is typed for it."""
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, inner in command.commands.items():
        yield from leaves(inner, (*path, name))


COMMANDS = dict(leaves(typer.main.get_command(command_line())))
GROUPS = {path[:1] for path in COMMANDS if len(path) > 1}


def options(path: tuple[str, ...]) -> set[str]:
    return {option for parameter in COMMANDS[path].params for option in parameter.opts if option.startswith("--")}


def typed_commands(text: str) -> list[tuple[tuple[str, ...], set[str]]]:
    """What is typed after ./linyin in a text: the words of the command, and the options."""
    found = []
    for line in TYPED.findall(text):
        words = line.split(" -- ")[0].split()  # what follows -- is handed on
        asked = {word.split("=")[0] for word in words if word.startswith("-")} - {"--help"}
        path = tuple(words[:2]) if tuple(words[:1]) in GROUPS else tuple(words[:1])
        found.append((path, asked))
    return found


@every_document
def test_every_command_and_option_that_is_named_exists(document: Path) -> None:
    for path, asked in typed_commands(document.read_text(encoding="utf-8")):
        if not path or path in GROUPS:
            continue
        assert path in COMMANDS, f"{name_of(document)}: ./linyin {' '.join(path)}"
        assert asked <= options(path), f"{name_of(document)}: ./linyin {' '.join(path)} {asked - options(path)}"


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_is_documented_with_an_example_and_its_options(path: tuple[str, ...]) -> None:
    assert path in {typed for typed, _ in typed_commands(COMMANDS_DOC)}
    section = section_of(path[0])
    for option in options(path):
        assert option in section or option == "--json", option


def section_of(command: str) -> str:
    """The part of commands.md whose heading names a command."""
    for part in COMMANDS_DOC.split("\n## ")[1:]:
        if command in re.split(r"[,\s]+", part.splitlines()[0]):
            return part
    raise AssertionError(f"docs/commands.md has no section for {command}")


@pytest.mark.parametrize("path", [path for path in COMMANDS if "--json" in options(path)], ids=" ".join)
def test_every_json_key_that_help_names_is_in_the_documentation(path: tuple[str, ...]) -> None:
    told = re.search(r"JSON：(.+?)。", (COMMANDS[path].help or "").replace("\n", ""))
    for key in set(re.findall(r"[a-z][a-z0-9_]{2,}", told.group(1)) if told else []) - NO_KEYS:
        assert f"`{key}`" in section_of(path[0]), key


@pytest.mark.parametrize("key", DemoReport.__dataclass_fields__)
def test_every_key_that_the_demo_prints_is_documented(key: str) -> None:
    assert f"`{key}`" in section_of("demo")


@every_document
def test_every_setting_that_is_named_exists(document: Path) -> None:
    known = {f"LINYIN_{name.upper()}" for name in Settings.model_fields} | READ_ELSEWHERE.keys()
    assert set(SETTING.findall(document.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize(("name", "file"), READ_ELSEWHERE.items())
def test_a_setting_that_is_read_elsewhere_is_read_there(name: str, file: str) -> None:
    assert name in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default_and_meaning(name: str) -> None:
    field = Settings.model_fields[name]
    default = field.default.relative_to(ROOT) if isinstance(field.default, Path) else field.default
    shown = "（空）" if default in (None, "") else f"`{default}`"
    assert f"| `LINYIN_{name.upper()}` | {shown} | {field.description} |" in SETTINGS_DOC


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = HEADING.findall(document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_document
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        if link.startswith("http"):
            continue
        file, _, anchor = link.partition("#")
        target = document.parent / file if file else document
        assert target.exists(), f"{name_of(document)}: {link}"
        assert not anchor or anchor in anchors(target), f"{name_of(document)}: {link}"


def test_the_published_schema_is_current() -> None:
    published = json.loads((ROOT / "docs" / "questionnaire.schema.json").read_text(encoding="utf-8"))
    current = json.loads(json.dumps(json_schema()))
    assert published == current, "run: ./linyin questionnaire schema > docs/questionnaire.schema.json"


@pytest.mark.parametrize("file", sorted(LIBRARY.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_questionnaire_of_the_library_is_valid(file: Path) -> None:
    parse(file.read_text(encoding="utf-8"), file=file.name, dictionary=load_dictionary())


@pytest.mark.parametrize("text", re.findall(r"```yaml\n(.+?)```", QUESTIONNAIRE_DOC, re.DOTALL))
def test_the_example_of_a_questionnaire_is_valid(text: str) -> None:
    parse(text, file="docs/questionnaire.md", dictionary=load_dictionary())


@pytest.mark.parametrize("part", [q.Questionnaire, q.Question], ids=lambda part: part.__name__)
def test_every_part_of_a_questionnaire_is_explained(part: type[msgspec.Struct]) -> None:
    for name in part.__struct_fields__:
        if name != "questions":
            assert re.search(rf"^\|.*`{name}`.*\|.*\|$", QUESTIONNAIRE_DOC, re.MULTILINE), name


def test_every_kind_of_answer_is_explained() -> None:
    kinds = QUESTIONNAIRE_DOC.split("## 答案的种类")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", kinds, re.MULTILINE)) == set(get_args(q.Kind))
