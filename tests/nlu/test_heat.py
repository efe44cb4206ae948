"""Heat of the weather and of the stove is no fever, whatever is being asked."""

import pytest

from nlu.heat import without_other_heat
from nlu.reading import Expectation

COUGH = Expectation(key="cough", kind="yes_no", asked="您咳嗽吗？")


@pytest.mark.parametrize("said", ["热死了这天", "屋里热得很", "天太热了", "灶上烧着水呢", "煤炉子烧着", "刚烧的稀饭"])
def test_what_is_not_the_body_is_not_read_as_fever(said: str) -> None:
    left = without_other_heat(said, COUGH)
    assert len(left) == len(said)
    assert not {"烧", "热"} & set(left)


@pytest.mark.parametrize("said", ["身上热得很", "我有点热", "昨天有点热", "额头热", "烧了两天"])
def test_the_body_is(said: str) -> None:
    assert without_other_heat(said, COUGH) == said


def test_what_else_is_told_beside_the_weather_stays() -> None:
    assert without_other_heat("天热，不咳", COUGH).endswith("不咳")
