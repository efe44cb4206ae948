"""What people say around what they tell is left out before it is judged, and found again in their own words."""

import pytest

from nlu.agreeing import only_agrees
from nlu.fillers import without_fillers


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("呃，没有", "没有"),
        ("那个，我跟你讲啊，没发烧，晓得吧。", "没发烧。"),
        ("没发烧，没别的了。", "没发烧。"),
        ("是这样，不咳", "不咳"),
        ("奶奶一个人坐在床边哭，我看见了。", "奶奶一个人坐在床边哭。"),
        ("幺、幺二三四", "幺二三四"),
        ("三十六度……（停三秒）……五。", "三十六度…………五。"),
    ],
)
def test_what_says_nothing_is_left_out(heard: str, said: str) -> None:
    assert without_fillers(heard).text == said


@pytest.mark.parametrize("heard", ["对吧", "就这样", "没别的了", "呃……", "（哭）", "姑娘，"])
def test_alone_the_same_words_are_kept(heard: str) -> None:
    assert without_fillers(heard).text == heard


def test_a_value_stands_where_it_was_said() -> None:
    heard = "呃，我跟你讲啊，三十六度五，你记一下哈。"
    said = without_fillers(heard)
    start = said.text.index("三十六度五")
    assert heard[slice(*said.span(start, start + 5))] == "三十六度五"


@pytest.mark.parametrize(
    "heard",
    [
        "嗯，中。俺都中。恁忙恁的，俺不添乱。政府好。",
        "要得，按了按了，谢谢你哈",
        "对对对，恁说得对",
        "能成么，都听政府的",
    ],
)
def test_agreement_with_thanks_and_praise_is_nothing_but_agreement(heard: str) -> None:
    assert only_agrees(heard)


@pytest.mark.parametrize("heard", ["谢谢", "没有", "三口", "不错", "对，都按时吃", "好多了"])
def test_an_answer_and_thanks_alone_are_no_agreement(heard: str) -> None:
    assert not only_agrees(heard)
