"""The peers of tests/bench/understanding.py; runs in their own environment and imports nothing of ours.

Every peer gets the text in simplified characters (OpenCC), which helps all of them, and as good a rule around it as a
user would write in an afternoon: the figure out of a sentence, the first result that fits.
"""

import contextlib
import json
import logging
import re
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import cn2an
import cpca_new
import dateparser
import jionlp
import ms_recognizers_suite as recognizers
import opencc
import phonenumbers
from id_validator import validator
from stdnum.cn import ric

CULTURE = "zh-cn"
NUMERAL = re.compile(r"[负零〇一二两三四五六七八九十百千万亿0-9.点廿卅壹贰叁肆伍陆柒捌玖拾佰仟]+")
Reader = Callable[[str, datetime], Any]
simplify = opencc.OpenCC("t2s").convert


def naive_boolean(text: str, _: datetime) -> bool | None:
    """A rule without the question: 不, 没, 无 deny, anything else affirms."""
    return not re.search(r"不|没|无|否|别|拒", text)


def recognizers_boolean(text: str, _: datetime) -> bool | None:
    found = recognizers.recognize_boolean(text, CULTURE)
    return bool(found[0].resolution["value"]) if found else None


def recognizers_number(text: str, _: datetime) -> float | None:
    found = recognizers.recognize_number(text, CULTURE)
    return float(found[0].resolution["value"]) if found else None


def cn2an_number(text: str, _: datetime) -> float | None:
    found = NUMERAL.search(text)
    return float(cn2an.cn2an(found[0], "smart")) if found else None


def recognizers_quantity(text: str, _: datetime) -> float | None:
    for recognise in (recognizers.recognize_age, recognizers.recognize_currency, recognizers.recognize_dimension):
        if found := recognise(text, CULTURE):
            return float(found[0].resolution["value"])
    return None


def jionlp_quantity(text: str, _: datetime) -> float | None:
    num = jionlp.parse_money(text)["num"]
    return float(num[0] if isinstance(num, list) else num)


def recognizers_temperature(text: str, _: datetime) -> dict[str, Any] | None:
    found = recognizers.recognize_temperature(text, CULTURE)
    if not found:
        return None
    unit = "F" if found[0].resolution["unit"] == "F" else "C"
    return {"value": float(found[0].resolution["value"]), "unit": unit}


def cn2an_temperature(text: str, _: datetime) -> dict[str, Any] | None:
    found = NUMERAL.search(text)
    if not found:
        return None
    sign = -1 if re.search("零下|负|-", text) else 1
    return {
        "value": sign * abs(float(cn2an.cn2an(found[0], "smart"))),
        "unit": "F" if re.search("华氏|F", text) else "C",
    }


def jionlp_time(text: str, at: datetime) -> Any:
    """The text as a time; where it is a sentence, the first time in it."""
    try:
        return jionlp.parse_time(text, time_base=at.timestamp())["time"]
    except ValueError:
        return jionlp.ner.extract_time(text, time_base=at.timestamp(), with_parsing=True)[0]["detail"]["time"]


def recognizers_duration(text: str, at: datetime) -> dict[str, float] | None:
    for found in recognizers.recognize_datetime(text, CULTURE, reference=at):
        for value in found.resolution["values"]:
            if value["type"] == "duration":
                return {"months": 0, "seconds": float(value["value"])}
    return None


def jionlp_duration(text: str, at: datetime) -> dict[str, float] | None:
    length = jionlp_time(text, at)
    months = 12 * length.get("year", 0) + length.get("month", 0)
    seconds = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
    return {"months": months, "seconds": sum(length.get(unit, 0) * each for unit, each in seconds)}


def recognizers_datetime(text: str, at: datetime) -> list[str]:
    found = []
    for each in recognizers.recognize_datetime(text, CULTURE, reference=at):
        for value in each.resolution["values"]:
            told = value.get("value") or value.get("start") or ""
            if value["type"] == "time":
                told = f"{at.date().isoformat()} {told}"
            found.append(told.replace(" ", "T") + ("T00:00:00" if len(told) == 10 else ""))
    return found


def jionlp_datetime(text: str, at: datetime) -> list[str]:
    return [jionlp_time(text, at)[0].replace(" ", "T")]


def dateparser_datetime(text: str, at: datetime) -> list[str]:
    found = dateparser.parse(text, languages=["zh"], settings={"RELATIVE_BASE": at})
    return [found.isoformat()] if found else []


def recognizers_phone(text: str, _: datetime) -> list[str]:
    found = recognizers.recognize_phone_number(text, CULTURE)
    return [re.sub(r"\D", "", each.resolution["value"]) for each in found]


def phonenumbers_phone(text: str, _: datetime) -> list[str]:
    found = phonenumbers.PhoneNumberMatcher(text, "CN", leniency=phonenumbers.Leniency.POSSIBLE)
    return [re.sub(r"\D", "", each.raw_string) for each in found]


def jionlp_phone(text: str, _: datetime) -> list[str]:
    return [re.sub(r"\D", "", each) for each in jionlp.extract_phone_number(text)]


def stdnum_id_card(text: str, _: datetime) -> dict[str, Any]:
    valid = ric.is_valid(text)
    return {"valid": valid, "birth": ric.get_birth_date(text).isoformat() if valid else None, "id": text}


def id_validator_id_card(text: str, _: datetime) -> dict[str, Any]:
    valid = bool(validator.is_valid(text))
    info = validator.get_info(text) if valid else None
    return {"valid": valid, "birth": info["birthday_code"] if info else None, "id": text}


def jionlp_plate(text: str, _: datetime) -> str | None:
    found = jionlp.extract_motor_vehicle_licence_plate(text)
    return str(found[0]) if found else None


def jionlp_address(text: str, _: datetime) -> dict[str, Any]:
    found = jionlp.parse_location(text)
    return {"province": found["province"], "city": found["city"], "district": found["county"]}


def cpca_address(text: str, _: datetime) -> dict[str, Any]:
    row = cpca_new.transform([text]).iloc[0]
    return {"province": row["省"], "city": row["市"], "district": row["区"]}


PEERS: dict[str, dict[str, Reader]] = {
    "boolean": {"ms-recognizers-text-suite": recognizers_boolean, "不/没 rule": naive_boolean},
    "number": {"ms-recognizers-text-suite": recognizers_number, "cn2an": cn2an_number},
    "quantity": {"ms-recognizers-text-suite": recognizers_quantity, "jionlp": jionlp_quantity},
    "temperature": {"ms-recognizers-text-suite": recognizers_temperature, "cn2an + rule": cn2an_temperature},
    "duration": {"ms-recognizers-text-suite": recognizers_duration, "jionlp": jionlp_duration},
    "datetime": {
        "ms-recognizers-text-suite": recognizers_datetime,
        "jionlp": jionlp_datetime,
        "dateparser": dateparser_datetime,
    },
    "phone": {
        "ms-recognizers-text-suite": recognizers_phone,
        "phonenumbers": phonenumbers_phone,
        "jionlp": jionlp_phone,
    },
    "id_card": {"python-stdnum": stdnum_id_card, "id-validator": id_validator_id_card},
    "plate": {"jionlp": jionlp_plate},
    "address": {"jionlp": jionlp_address, "cpca-new": cpca_address},
}


def answers(cases: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What every peer of a case's category makes of it; a peer that raises has no answer."""
    for case in cases:
        text = simplify(case["input"])
        at = datetime.fromisoformat(case["ref"]) if case.get("ref") else datetime(2026, 11, 21, 10, 30)  # noqa: DTZ001
        for name, read in PEERS.get(case["category"], {}).items():
            pred, taken = None, 0.0
            for _ in range(2):  # the first call of a kind loads its dictionaries
                started = time.perf_counter()
                with contextlib.suppress(Exception):
                    pred = read(text, at)
                taken = time.perf_counter() - started
            yield {"id": case["id"], "reader": name, "pred": pred, "ms": taken * 1000}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    with contextlib.redirect_stdout(sys.stderr):
        found = list(answers([json.loads(line) for line in lines if line.strip()]))
    for answer in found:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, default=str) + "\n")
