"""Where whoever came home came from, in a story that does not say 从."""

from datetime import UTC, datetime

import pytest

from nlu.reading import Expectation
from nlu.several import find_answers

ORIGIN = Expectation(key="origin", kind="region", asked="是从哪里回来的？")


def _origin(said: str) -> str | None:
    found = find_answers(said, expectations=[ORIGIN], at=datetime(2026, 11, 21, tzinfo=UTC)).get("origin")
    return None if found is None else str(found.value["city"])


@pytest.mark.parametrize(
    ("said", "city"),
    [
        ("初六擦黑儿到的家。俺孩开他那小车去合肥接的俺", "合肥市"),
        ("上个礼拜二回的。姑娘在广州，硬要留我过冬，我住不惯，坐的火车", "广州市"),
        ("前天回的。我在苏州带孙子带了半年，坐的高铁", "苏州市"),
        ("上周五到家的。儿子在深圳，我去住了两个月，坐飞机", "深圳市"),
        ("昨天到的，女婿到长沙接的我，开了四个钟头", "长沙市"),
        ("大前儿到的家，跟俩老姐们儿上云南大理玩儿去了，回来坐的火车", "大理白族自治州"),
        ("昨天回来，我一直住在天津我妹妹家，坐火车", "天津市"),
    ],
)
def test_whoever_stayed_there_or_was_fetched_there_came_from_there(said: str, city: str) -> None:
    assert _origin(said) == city


@pytest.mark.parametrize(
    "said",
    [
        "昨天到家，坐火车，我闺女在上海，我没去过",
        "礼拜三到家，外甥到南昌车站接的我",
        "昨天回来。儿子在北京上班，忙",
    ],
)
def test_where_somebody_lives_or_meets_a_train_is_not_where_one_came_from(said: str) -> None:
    assert _origin(said) is None
