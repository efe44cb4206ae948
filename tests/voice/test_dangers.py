"""Danger that was misheard is proposed again; ordinary talk is left alone."""

import pytest

from nlu.red_flags import find_red_flags
from voice.recognise.dangers import MOST_PROPOSALS, proposals


@pytest.mark.parametrize(("heard", "meant"), [("我传奇费定得很", "喘气费劲"), ("我喝了牛药", "喝了农药")])
def test_what_sounds_like_a_danger_is_proposed(heard: str, meant: str) -> None:
    proposed = proposals([heard])
    assert any(meant in each for each in proposed)
    assert all(find_red_flags(each) for each in proposed)


def test_what_was_heard_rightly_needs_no_proposal() -> None:
    assert proposals(["我胸口疼得厉害", "我胸口疼得立害"]) == ()


def test_there_are_never_more_than_can_be_scored_in_time() -> None:
    long = "我昨天去医院看了一下医生说没有什么大事就是要注意休息不要太累了然后开了一点药回来吃"
    assert len(proposals([long, long[::-1]])) <= MOST_PROPOSALS


@pytest.mark.parametrize("text", ["", "好", "Hello!", "12345"])
def test_no_text_breaks_it(text: str) -> None:
    assert proposals([text]) == ()
