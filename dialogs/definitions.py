"""Reads questionnaire files, and says by file and line what is wrong with one."""

import re
from collections.abc import Iterator, Set
from pathlib import Path
from string import Formatter
from typing import Any

import msgspec
import yaml

from dialogs import lined_yaml
from dialogs.dictionary import Dictionary
from dialogs.errors import Fault, QuestionnaireInvalid
from dialogs.questionnaire import Question, Questionnaire, Wording
from nlu import red_flags

LIBRARY = Path(__file__).parent / "library"

FREE_TALK = "free-talk"  # Questionnaire.key of the talk that has no question of its own

# Kinds whose question must list its choices, and those that must not.
WITH_CHOICES = frozenset({"choice"})
PLACEHOLDERS = frozenset({"community", "callback_number"})
MEMBER = "member"  # in a question that is asked of each member of a household: their name
PLACES = "places"  # in the question of a choice with places: those that are left


def load(path: Path, *, dictionary: Dictionary) -> Questionnaire:
    """The questionnaire in a YAML file. Its fields are those of the data dictionary.

    Raises QuestionnaireInvalid with every fault that was found.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise QuestionnaireInvalid((Fault(file=path.name, line=1, message="没有这个文件，请检查文件名。"),)) from None
    except (UnicodeDecodeError, IsADirectoryError):
        raise QuestionnaireInvalid(
            (Fault(file=path.name, line=1, message="这不是 UTF-8 的文本文件，请另存为 UTF-8 编码的 YAML。"),)
        ) from None
    return parse(text, file=path.name, dictionary=dictionary)


def parse(text: str, *, file: str, dictionary: Dictionary) -> Questionnaire:
    """The questionnaire in a YAML text, see `load`."""
    try:
        document = lined_yaml.read(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        fault = Fault(
            file=file, line=line, message=f"YAML 写法不对（{error.problem}），请检查缩进、冒号后的空格和引号。"
        )
        raise QuestionnaireInvalid((fault,)) from error
    except yaml.YAMLError as error:
        raise QuestionnaireInvalid((Fault(file=file, line=1, message="文件里有不能用的字符，请删掉。"),)) from error
    try:
        questionnaire = msgspec.convert(document.value, Questionnaire)
    except msgspec.ValidationError as error:
        raise QuestionnaireInvalid((_shape_fault(error, document, file=file),)) from error
    faults = tuple(
        Fault(file=file, line=document.line(where), message=message)
        for where, message in _faults(questionnaire, dictionary)
    )
    if faults:
        raise QuestionnaireInvalid(faults)
    return questionnaire


_SHAPE_MESSAGES = (
    (re.compile(r"missing required field `(\w+)`"), "缺少“{0}”，请补上。"),
    (re.compile(r"contains unknown field `([^`]+)`"), "不认识“{0}”这一项，请删掉或改成正确的名字。"),
    (
        re.compile(r"Invalid enum value '([^']*)'"),
        "“{0}”不在可选的值里，请看 docs/questionnaire.md。",
    ),
    (re.compile(r"matching regex '([^']+)'"), "写法不对，只能用小写英文字母、数字、- 和 _（键位只能是 1 到 9）。"),
    (
        re.compile(r"Expected `(\w+)(?: \| null)?`, got `(\w+)`"),
        "这里要写 {0}，不是 {1}；文字请加引号。",
    ),
    (re.compile(r"of length >= (\d+)"), "至少要写 {0} 项。"),
    (re.compile(r">= (\d+)"), "不能小于 {0}。"),
)


def _shape_fault(error: msgspec.ValidationError, document: lined_yaml.LinedDocument, *, file: str) -> Fault:
    said = str(error)
    where = re.search(r" - at `\$([^`]*)`$", said)
    path: lined_yaml.Path = ()
    if where:
        path = tuple(int(index) if index else name for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", where.group(1)))
    for pattern, message in _SHAPE_MESSAGES:
        if found := pattern.search(said):
            if "unknown field" in pattern.pattern:
                path = (*path, found.group(1))
            return Fault(file=file, line=document.line(path), message=message.format(*found.groups()))
    return Fault(file=file, line=document.line(path), message=f"写法不对（{said}）。")


Where = lined_yaml.Path


def _faults(questionnaire: Questionnaire, dictionary: Dictionary) -> Iterator[tuple[Where, str]]:
    yield from _wording_faults(questionnaire.opening, ("opening",))
    yield from _wording_faults(questionnaire.closing, ("closing",))
    for number, kind in enumerate(questionnaire.red_flags):
        if kind not in red_flags.kinds():
            yield ("red_flags", number), f"不认识险情“{kind}”，可选：{'、'.join(sorted(red_flags.kinds()))}。"
    if not questionnaire.questions and questionnaire.key != FREE_TALK:
        yield ("questions",), "至少要写 1 项。"
    seen: set[str] = set()
    for index, question in enumerate(questionnaire.questions):
        at: Where = ("questions", index)
        if question.key in seen:
            yield (*at, "key"), f"问题“{question.key}”出现了两次，请改一个名字。"
        yield from _field_faults(question, at, dictionary)
        yield from _choice_faults(question, at)
        yield from _skip_faults(question, at, seen)
        for number, raised in enumerate(question.escalate):
            if not raised.values and raised.at_least is None and not raised.answered:
                yield (*at, "escalate", number), "没写什么答案要上报，请写 values、at_least 或 answered。"
        yield from _places_faults(question, at)
        yield from _member_faults(question, at, dictionary)
        allowed = ({PLACES} if question.limited else set()) | ({MEMBER} if question.of != "resident" else set())
        for name, wording in _wordings(question):
            yield from _wording_faults(wording, (*at, *name), also=allowed)
        for number, wording in enumerate(question.again):
            if wording.spoken == question.ask.spoken:
                yield (*at, "again", number), "和第一次问的一模一样，请换个更简单的说法。"
        seen.add(question.key)


def _wordings(question: Question) -> Iterator[tuple[Where, Wording]]:
    yield ("ask",), question.ask
    for number, wording in enumerate(question.again):
        yield ("again", number), wording
    if question.tell:
        yield ("tell",), question.tell
    if question.when_full:
        yield ("when_full",), question.when_full
    for number, option in enumerate(question.choices):
        if option.reply:
            yield ("choices", number, "reply"), option.reply


def _places_faults(question: Question, at: Where) -> Iterator[tuple[Where, str]]:
    if question.limited and question.when_full is None:
        yield at, "选项有名额，请写 when_full：约满了怎么说。"
    if question.limited and "{places}" not in question.ask.spoken:
        yield (*at, "ask"), "选项有名额，请在问话里写 {places}，念出还有哪些。"
    if question.limited and (question.read_back or question.expected is not None or question.volunteered):
        yield at, "有名额的题请写 volunteered: false，不要写 read_back 和 expected：当场约上，当场念给居民听。"


def _member_faults(question: Question, at: Where, dictionary: Dictionary) -> Iterator[tuple[Where, str]]:
    if question.of == "resident":
        return
    field = dictionary.by_key.get(question.field)
    if field is not None and field.about == "household":
        yield (*at, "of"), f"“{field.label}”一户一个值，不用一个人一个人地问，请删掉 of。"
    if question.limited:
        yield (*at, "of"), "有名额的题只能问接电话的人，请删掉 of。"
    for name, wording in (("ask", question.ask), *((("again", str(n)), each) for n, each in enumerate(question.again))):
        if "{member}" not in wording.spoken:
            where: Where = (name,) if isinstance(name, str) else (name[0], int(name[1]))
            yield (*at, *where), "一个人一个人地问，话里要有 {member}，念的时候换成名字。"


def _wording_faults(wording: Wording, at: Where, *, also: Set[str] = frozenset()) -> Iterator[tuple[Where, str]]:
    if not wording.spoken.strip():
        yield (*at, "spoken"), "说的话是空的，请写上。"
    for form in ("spoken", "written", "plain"):
        try:
            names = {name for _, name, _, _ in Formatter().parse(getattr(wording, form)) if name is not None}
        except ValueError:
            yield (*at, form), "花括号没有成对，请改成 {community} 或 {callback_number}。"
            continue
        for name in sorted(names - PLACEHOLDERS - also):
            yield (*at, form), f"不认识 {{{name}}}，只能用 {{community}} 和 {{callback_number}}。"


def _field_faults(question: Question, at: Where, dictionary: Dictionary) -> Iterator[tuple[Where, str]]:
    field = dictionary.by_key.get(question.field)
    if field is None:
        yield (*at, "field"), f"数据字典里没有“{question.field}”，请从 dialogs/dictionary.yaml 里选一个。"
        return
    if field.kind != question.kind:
        message = f"“{field.key}”的答案种类是 {field.kind}，这里写的是 {question.kind}，请改成 {field.kind}。"
        yield (*at, "kind"), message
    if field.critical and not question.read_back:
        yield (*at, "field"), f"“{field.label}”记错了会误事，要复述给居民听，请加上 read_back: true。"


def _choice_faults(question: Question, at: Where) -> Iterator[tuple[Where, str]]:
    if question.kind in WITH_CHOICES and len(question.choices) < 2:
        yield at, "选择题至少要有两个选项，请在 choices 里写上。"
    if question.kind not in WITH_CHOICES and question.choices:
        yield (*at, "choices"), f"{question.kind} 题不用写选项，请删掉 choices 或把 kind 改成 choice。"
    for name in ("key", "label", "digit"):
        values = [getattr(option, name) for option in question.choices if getattr(option, name)]
        for value in sorted({value for value in values if values.count(value) > 1}):
            yield (*at, "choices"), f"两个选项的 {name} 都是“{value}”，请改一个。"


def _skip_faults(question: Question, at: Where, seen: set[str]) -> Iterator[tuple[Where, str]]:
    for number, skip in enumerate(question.skip_when):
        if skip.question not in seen:
            yield (*at, "skip_when", number), f"前面没有问题“{skip.question}”，只能根据已经问过的问题来跳过。"


def library(*, dictionary: Dictionary, folder: Path = LIBRARY) -> tuple[Questionnaire, ...]:
    """Every questionnaire of a folder, by file name. Raises QuestionnaireInvalid."""
    return tuple(load(path, dictionary=dictionary) for path in sorted(folder.glob("*.yaml")))


def json_schema() -> dict[str, Any]:
    """The JSON schema of a questionnaire file (docs/questionnaire.schema.json)."""
    return msgspec.json.schema(Questionnaire)
