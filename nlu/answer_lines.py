"""Answers read line by line: JSON in, JSON out, as `linyin understand` does it and as readers are scored.

A line in is `{"id", "category", "input", "question"?, "ref"?, "prefer"?, "choices"?}`; a line out `{"id", "pred",
"confidence"}`, or `{"id", "error"}` for a line that cannot be used. The forms of `pred` are those of docs/answers.md.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from nlu.readers import READERS
from nlu.reading import Expectation, NotRead, Prefer, Reading

HERE = ZoneInfo("Asia/Shanghai")

# Which reader answers which category; "intent" is answered by what the caller brings.
KINDS = {
    "boolean": "yes_no",
    "number": "number",
    "quantity": "quantity",
    "temperature": "temperature",
    "duration": "duration",
    "datetime": "date",
    "phone": "phone",
    "id_card": "id_number",
    "plate": "plate",
    "train": "train",
    "address": "region",
    "address_unit": "room",
    "name": "name",
}
CATEGORIES = (*KINDS, "intent")

# An intent with its probability, or None where no model is at hand.
RankIntents = Callable[[str], Sequence[tuple[str, float]]]


class AnswerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to read, as a line gives it."""

    id: str | int
    category: str
    input: str
    question: str | None = None
    ref: str | None = None  # local time in Asia/Shanghai, or with an offset
    prefer: Literal["past", "future"] | None = None


_decoder = msgspec.json.Decoder(AnswerLine)


def answer_lines(
    lines: Iterable[bytes | str], *, at_default: datetime, intents: RankIntents | None = None
) -> Iterator[str]:
    """A JSON line for every line that is not blank; broken ones are answered with what is wrong."""
    for line in lines:
        if line.strip():
            yield msgspec.json.encode(answer_line(line, at_default=at_default, intents=intents)).decode()


def answer_line(line: bytes | str, *, at_default: datetime, intents: RankIntents | None = None) -> dict[str, Any]:
    """What one line says, as `{"id", "pred", "confidence"}`, or `{"id", "error"}` with a sentence in Chinese."""
    try:
        asked = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        return {"id": _id_of(line), "error": _what_is_wrong(problem)}
    if asked.category not in CATEGORIES:
        return _refused(asked, f"没有“{asked.category}”这一类，请用：{'、'.join(CATEGORIES)}。")
    try:
        at = _local(asked.ref) if asked.ref else at_default
    except ValueError:
        return _refused(asked, f"ref“{asked.ref}”不是时间，请写成 2026-01-02T15:00:00 的样子。")
    if asked.category == "intent":
        if intents is None:
            return _refused(asked, "还没有意图模型，请先运行一次 ./linyin serve，会自动训练。")
        ranked = intents(asked.input)
        return {"id": asked.id, "pred": ranked[0][0] if ranked else None, "confidence": ranked[0][1] if ranked else 0.0}
    return _read(asked, at)


def _read(asked: AnswerLine, at: datetime) -> dict[str, Any]:
    kind = KINDS[asked.category]
    prefer: Prefer = asked.prefer or "past"
    expectation = Expectation(key=str(asked.id), kind=kind, asked=asked.question or "", prefer=prefer, periods=True)
    read = READERS[kind](asked.input, expectation=expectation, at=at)
    if isinstance(read, NotRead):
        # The form of this category has no null: what holds no identity number holds no valid one.
        pred = {"valid": False} if asked.category == "id_card" else None
        return {"id": asked.id, "pred": pred, "confidence": 0.0, "reason": read.reason}
    return {"id": asked.id, "pred": predicted(asked.category, read), "confidence": read.confidence}


def predicted(category: str, reading: Reading) -> Any:
    """A reading in the form of its category: true for "yes", the amount in the unit that was said, the dates alone."""
    value = reading.value
    if category == "boolean":
        return {"yes": True, "sometimes": True, "no": False, "was": False}[value]
    if category == "quantity":
        return _amount(value)
    if category == "datetime":
        return [each if "T" in each else f"{each}T00:00:00" for each in value["candidates"]]
    if category == "id_card":
        return {"id": value["id"], "valid": value["valid"], "birth": value["birth"]}
    return value


def _amount(value: dict[str, Any]) -> float:
    """The amount in the unit that was said; an age told as a year of birth in years."""
    return float(value["amount"] if value["unit"] == "year" else value["said"]["amount"])


def _refused(asked: AnswerLine, error: str) -> dict[str, Any]:
    return {"id": asked.id, "error": error}


def _local(ref: str) -> datetime:
    moment = datetime.fromisoformat(ref)
    return moment if moment.tzinfo else moment.replace(tzinfo=HERE)


def _id_of(line: bytes | str) -> str | int | None:
    """The id of a line that is JSON but no answer line, else None."""
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    identity = found.get("id") if isinstance(found, dict) else None
    return identity if isinstance(identity, str | int) else None


def _what_is_wrong(problem: Exception) -> str:
    if isinstance(problem, msgspec.ValidationError):
        return f"这一行缺少要用的内容或写法不对，需要 id、category、input（{problem}）。"
    return "这一行不是 JSON，请检查引号、逗号和编码（UTF-8）。"
