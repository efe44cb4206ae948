"""Call-back times in the words of people who have something else to do."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from nlu.readers.callback import read_callback
from nlu.reading import Expectation, NotRead, Reading

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
EXPECTATION = Expectation(key="callback", kind="callback", prefer="future")
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "callback.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["say"] for case in CASES])
def test_when_to_call_again_is_understood(case: dict[str, Any]) -> None:
    answer = read_callback(case["say"], expectation=EXPECTATION, at=AT)
    if "not" in case:
        assert isinstance(answer, NotRead)
        assert answer.reason == case["not"]
        return
    assert isinstance(answer, Reading), answer
    assert answer.value["at"] == case["at"]
    assert answer.value.get("after") == case.get("after")
    assert answer.value["words"] in case["say"]


@pytest.mark.parametrize("hour", range(8, 21))
@pytest.mark.parametrize("case", [case for case in CASES if "at" in case], ids=lambda case: case["say"])
def test_a_call_back_is_never_in_the_past(case: dict[str, Any], hour: int) -> None:
    now = AT.replace(hour=hour, minute=17)
    answer = read_callback(case["say"], expectation=EXPECTATION, at=now)
    if isinstance(answer, Reading):
        assert datetime.fromisoformat(answer.value["at"]) >= now.replace(tzinfo=None)
