"""Values of answers as they are kept, shown on a screen, and said back."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from dialogs.questionnaire import Question
from nlu.spoken import spoken_count, spoken_day, spoken_digits, spoken_number, spoken_phone, spoken_temperature
from nlu.spoken_rooms import spoken_room

ASKS_WHETHER_DONE = re.compile("[了过](?:没|吗)")
YES_NO = {"yes": "是", "no": "否", "was": "以前有，现在没有", "sometimes": "有时候"}
GLUCOSE_WHEN = {"fasting": "空腹", "after_meal": "饭后", "random": "随机"}
PRESSURES = (("systolic", "高压"), ("diastolic", "低压"))  # either may not have been told
SECONDS_PER_DAY = 86_400
SECONDS_PER_HOUR = 3_600


def settled(question: Question, value: Any) -> Any:
    """The one value that is kept, of all that a reader offers: the first date, the first number.

    打过了 tells of an earlier time, but to 打了没有 it is yes.
    """
    kind = question.kind
    if value == "was" and ASKS_WHETHER_DONE.search(question.ask.spoken):
        return "yes"
    if kind == "date":
        return value["candidates"][0]
    if kind == "phone":
        return value[0]
    if kind == "id_number":
        return value["id"]
    return value


def completed(kind: str, value: Any, before: Any) -> Any:
    """A settled value with what it leaves unsaid of the one it puts right: 低压是九十 keeps the higher figure."""
    if kind != "blood_pressure" or before is None:
        return value
    return {key: before[key] if value[key] is None else value[key] for key, _ in PRESSURES}


def shown(question: Question, value: Any) -> str:
    """A settled value as a person reads it on a screen."""
    if question.kind == "choice":
        return next((option.label for option in question.choices if option.key == value), str(value))
    return _SHOWN.get(question.kind, str)(value)


def said(question: Question, value: Any) -> str:
    """A settled value as it is read back by voice."""
    if value == "was":
        return "先前有，现在没有了"
    if question.kind == "yes_no" and value == "no":
        return "没有"
    if question.kind == "yes_no" and value == "yes" and "有没有" in question.ask.spoken:
        return "有"
    if question.kind == "temperature":
        return spoken_temperature(value["value"])
    if question.kind == "date":
        return spoken_day(_when(value).date())
    if question.kind == "phone":
        return spoken_phone(value)
    if question.kind in ("id_number", "plate", "train"):
        return spoken_digits(str(value))
    if question.kind == "room":
        return spoken_room(value)
    if question.kind == "blood_pressure":
        return "，".join(f"{label}{spoken_number(value[key])}" for key, label in PRESSURES if value[key] is not None)
    if question.kind == "glucose":
        return GLUCOSE_WHEN.get(value.get("when") or "", "") + spoken_number(value["mmol_l"])
    if question.kind == "head_count":
        return _say_head_count(value)
    return shown(question, value)


def amount(kind: str, value: Any) -> float | None:
    """The number in a settled value, for thresholds; None where there is none."""
    if kind == "number":
        return float(value)
    for name in ("value", "amount", "systolic", "mmol_l", "left_days", "total"):
        if isinstance(value, Mapping) and isinstance(value.get(name), int | float):
            return float(value[name])
    return None


def _when(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _show_date(value: str) -> str:
    when = _when(value)
    day = f"{when.year}年{when.month}月{when.day}日"
    return f"{day}{when:%H:%M}" if "T" in value else day


def _show_duration(value: Mapping[str, Any]) -> str:
    months, seconds = value.get("months") or 0, value.get("seconds") or 0
    parts = [f"{months:g}个月"] if months else []
    if seconds >= SECONDS_PER_DAY:
        parts.append(f"{seconds / SECONDS_PER_DAY:g}天")
    elif seconds:
        parts.append(f"{seconds / SECONDS_PER_HOUR:g}小时")
    return "".join(parts) or "0天"


def _show_region(value: Mapping[str, Any]) -> str:
    parts: list[str] = []
    for name in ("province", "city", "district"):
        if value.get(name) and value[name] not in parts:
            parts.append(value[name])
    return "".join(parts)


def _show_room(value: Mapping[str, Any]) -> str:
    suffixes = {"community": "", "building": "栋", "unit": "单元", "floor": "楼", "room": "室"}
    return "".join(f"{value[name]}{suffix}" for name, suffix in suffixes.items() if value.get(name))


def _show_head_count(value: Mapping[str, Any]) -> str:
    away = "、".join(value.get("away") or ())
    return f"{value['total']}人" + (f"（{away}不常在）" if away else "")


def _say_head_count(value: Mapping[str, Any]) -> str:
    away = "、".join(value.get("away") or ())
    return f"{spoken_count(value['total'])}个人" + (f"，{away}不常在" if away else "")


def _show_medicine(value: Mapping[str, Any]) -> str:
    left = value.get("left_days")
    return (value.get("name") or "") + (f"还够{left:g}天" if left is not None else "")


def _show_symptoms(value: list[Mapping[str, Any]]) -> str:
    return "、".join(("" if each["present"] else "没有") + each["symptom"] for each in value)


def _show_quantity(value: Mapping[str, Any]) -> str:
    units = {"year": "岁", "yuan": "元", "kg": "公斤", "km": "公里", "person": "人", "box": "盒"}
    return f"{value['amount']:g}{units.get(value['unit'], value['unit'])}"


def _show_glucose(value: Mapping[str, Any]) -> str:
    return f"{GLUCOSE_WHEN.get(value.get('when') or '', '')}{value['mmol_l']:g}"


_SHOWN: dict[str, Callable[[Any], str]] = {
    "yes_no": lambda value: YES_NO[value],
    "number": lambda value: f"{value:g}",
    "quantity": _show_quantity,
    "temperature": lambda value: f"{value['value']:g}℃",
    "date": _show_date,
    "duration": _show_duration,
    "region": _show_region,
    "room": _show_room,
    "head_count": _show_head_count,
    "blood_pressure": lambda value: "/".join("–" if value[key] is None else str(value[key]) for key, _ in PRESSURES),
    "glucose": _show_glucose,
    "medicine": _show_medicine,
    "symptoms": _show_symptoms,
}
