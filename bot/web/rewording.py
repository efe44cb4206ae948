"""Other words for a questionnaire, as staff type them into a form: never other questions, never other answers."""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

import msgspec
import yaml

from bot.web.errors import BadForm
from dialogs import lined_yaml
from dialogs.definitions import parse
from dialogs.dictionary import Dictionary
from dialogs.errors import QuestionnaireInvalid
from dialogs.questionnaire import Questionnaire

HEADINGS = ("title", "purpose", "asked_by")


def typed_names(questionnaire: Questionnaire) -> dict[str, str]:
    """Name of a form field → the words that stand there now, in the order of the form."""
    found = {name: str(getattr(questionnaire, name)) for name in HEADINGS}
    for path, words in _words(msgspec.to_builtins(questionnaire)):
        found[".".join(map(str, path))] = words
    return found


def reworded(
    questionnaire: Questionnaire, typed: Mapping[str, str], *, version: int, dictionary: Dictionary
) -> Questionnaire:
    """The questionnaire in other words, as a new version. What was not typed stays.

    Raises BadForm naming each question whose words cannot be used.
    """
    body: dict[str, Any] = msgspec.to_builtins(questionnaire)
    body["version"] = version
    for name in HEADINGS:
        body[name] = typed.get(name, body[name]).strip()
        if not body[name]:
            raise BadForm("名称、目的和“谁来问”都要写，居民会听到。")
    for path, _ in _words(body):
        name = ".".join(map(str, path))
        if name in typed:
            _put(body, path, " ".join(typed[name].split()))
    return checked(yaml.safe_dump(body, allow_unicode=True, sort_keys=False), dictionary=dictionary)


def checked(text: str, *, dictionary: Dictionary) -> Questionnaire:
    """The questionnaire in a YAML text. Raises BadForm that says in which question and on which line each fault is."""
    try:
        return parse(text, file="问卷", dictionary=dictionary)
    except QuestionnaireInvalid as error:
        faults = [f"{_where(text, fault.line)}{fault.message}" for fault in error.faults]
        raise BadForm("\n".join(faults)) from error


def _words(body: dict[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    """Path of each sentence in the plain value, and the sentence."""
    found: list[tuple[tuple[str | int, ...], str]] = []

    def wording(at: tuple[str | int, ...], value: dict[str, str]) -> None:
        found.extend(((*at, form), value[form]) for form in ("spoken", "written") if value.get(form))

    wording(("opening",), body["opening"])
    for index, question in enumerate(body["questions"]):
        if question.get("tell"):
            wording(("questions", index, "tell"), question["tell"])
        wording(("questions", index, "ask"), question["ask"])
        for number, each in enumerate(question["again"]):
            wording(("questions", index, "again", number), each)
    wording(("closing",), body["closing"])
    return found


def _put(body: Any, path: tuple[str | int, ...], words: str) -> None:
    for step in path[:-1]:
        body = body[step]
    body[path[-1]] = words


def _where(text: str, line: int) -> str:
    """第 3 题（第 41 行）："""
    try:
        document = lined_yaml.read(text)
    except yaml.YAMLError:
        return f"第 {line} 行："
    questions = document.value.get("questions") if isinstance(document.value, dict) else None
    starts = [document.line(("questions", index)) for index in range(len(questions or ()))]
    number = bisect_right(starts, line)
    return f"第 {number} 题（第 {line} 行）：" if number else f"第 {line} 行："
