"""When an answer counts as understood, per category; the forms of docs/answers.md."""

import re
from collections.abc import Callable
from typing import Any

# A year and a month as seconds, for lengths told in both; a length may be off by this share.
YEAR_SECONDS, MONTH_SECONDS, DAY_SECONDS = 365 * 86400, 30 * 86400, 86400
LENGTH_TOLERANCE = 0.03
MUNICIPALITIES = frozenset({"北京", "上海", "天津", "重庆", "香港"})
_SUFFIX = re.compile("(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|省|市|地区|区|县|自治州|自治县)$")
_COUNTRY_CODE = re.compile(r"^(0086|86)(?=1\d{10}$|0\d{9,11}$|[1-9]\d{8,9}$)")


def is_right(category: str, expected: dict[str, Any], pred: Any) -> bool:
    """Whether a prediction is right. Unknown categories raise KeyError."""
    return _RULES[category](expected, pred)


def _same(left: float, right: float) -> bool:
    return abs(left - right) <= 1e-6 * max(1.0, abs(right))


def _boolean(expected: dict[str, Any], pred: Any) -> bool:
    return pred is expected["value"]


def _figure(expected: dict[str, Any], pred: Any) -> bool:
    return pred is not None and _same(float(pred), expected["value"])


def _temperature(expected: dict[str, Any], pred: Any) -> bool:
    value = pred.get("value") if pred else None
    if "range" in expected:
        return value is not None and any(_same(value, each) for each in expected["range"])
    if expected["value"] is None or value is None:
        return expected["value"] is None and value is None
    fahrenheit = str(pred.get("unit") or "").lower().startswith("f")
    return _same(value, expected["value"]) and fahrenheit == (expected["unit"] == "F")


def _duration(expected: dict[str, Any], pred: Any) -> bool:
    if not pred:
        return False
    wanted = _seconds(expected)
    return abs(_seconds(pred) - wanted) <= LENGTH_TOLERANCE * max(wanted, 1)


def _seconds(length: dict[str, Any]) -> float:
    months = length.get("months") or 0
    years = int(months // 12)
    return years * YEAR_SECONDS + (months - 12 * years) * MONTH_SECONDS + (length.get("seconds") or 0)


def _datetime(expected: dict[str, Any], pred: Any) -> bool:
    start, end = {"day": (0, 10), "minute": (0, 16), "timeofday": (11, 16)}[expected["grain"]]
    return bool(pred) and bool({each[start:end] for each in pred} & {each[start:end] for each in expected["any_of"]})


def _phone(expected: dict[str, Any], pred: Any) -> bool:
    told = {_COUNTRY_CODE.sub("", each).lstrip("0") for each in pred or ()}
    return bool(told) and told >= {each.lstrip("0") for each in expected["phones"]}


def _id_card(expected: dict[str, Any], pred: Any) -> bool:
    if not pred:
        return False
    if "id" in expected:
        return bool(pred.get("id") == expected["id"])
    birth_counts = expected.get("birth") and expected["valid"]
    return pred.get("valid") == expected["valid"] and (not birth_counts or pred.get("birth") == expected["birth"])


def _plate(expected: dict[str, Any], pred: Any) -> bool:
    return bool(pred == expected.get("plate", expected.get("train")))


def _address(expected: dict[str, Any], pred: Any) -> bool:
    if not pred:
        return False
    for part in ("province", "city", "district"):
        wanted = expected[part]
        if wanted is None or (part == "city" and _plain(wanted) in MUNICIPALITIES):
            continue
        if _plain(pred.get(part)) != _plain(wanted):
            return False
    return True


def _plain(name: str | None) -> str:
    short = _SUFFIX.sub("", name or "")
    return short if len(short) >= 2 else name or ""


def _address_unit(expected: dict[str, Any], pred: Any) -> bool:
    parts = [part for part in ("building", "unit", "room") if _digits(expected.get(part))]
    return bool(pred) and all(_digits(pred.get(part)) == _digits(expected.get(part)) for part in parts)


def _digits(text: str | None) -> str:
    return re.sub(r"\D", "", text or "")


def _word(expected: dict[str, Any], pred: Any) -> bool:
    return bool(pred == expected.get("name", expected.get("intent")))


_RULES: dict[str, Callable[[dict[str, Any], Any], bool]] = {
    "boolean": _boolean,
    "number": _figure,
    "quantity": _figure,
    "temperature": _temperature,
    "duration": _duration,
    "datetime": _datetime,
    "phone": _phone,
    "id_card": _id_card,
    "plate": _plate,
    "train": _plate,
    "address": _address,
    "address_unit": _address_unit,
    "name": _word,
    "intent": _word,
}
