"""Whether the telephone changes hands, in the words of any region."""

import pytest

from nlu.handing_over import fetches, hands_over_behind, told_before_handing_over
from nlu.told_for import of_the_person_asked


@pytest.mark.parametrize(
    "said",
    [
        "听不到听不到，你跟我孙女讲。",
        "我这耳朵不中了，听不着，你跟我孙子唠。",
        "我耳朵聋，你问我家姑娘吧",
        "我把手机拿给我老头子",
        "我耳朵不好使，你跟她说吧",
        "听不到哦，让我家那个小的来跟你摆",
        "我听唔清，叫我仔同你倾",
        "听不灵清，耳朵里像塞了棉花。囡囡，你来跟他讲。",
        "我这耳朵嗡嗡的，宝儿你来说",
        "你讲普通话我听不懂咧，喊我孙妹子来，燕子，燕子！",
        "我这耳朵跟聋子似的。大宝，来来来，你听听人家说啥。",
        "啥也听不着，虎子，接一下",
    ],
)
def test_somebody_else_is_to_speak(said: str) -> None:
    assert fetches(said)


@pytest.mark.parametrize(
    "said",
    [
        "我跟我儿子说了，没发烧",
        "你跟我儿子说过的",
        "叫我儿子回来量的，没烧",
        "你跟我说大声点",
        "你来看看我吧，我不烧",
        "没发烧，你来问啥",
    ],
)
def test_who_was_told_or_called_for_something_else_does_not_come_to_the_telephone(said: str) -> None:
    assert not hands_over_behind(said)


def test_what_was_told_before_the_telephone_changes_hands_ends_there() -> None:
    assert "不烧。余下的你跟我大闺女说"[: told_before_handing_over("不烧。余下的你跟我大闺女说")] == "不烧。"


@pytest.mark.parametrize(
    ("said", "meant"),
    [("妈不发烧", "他不发烧"), ("我爷爷咳嗽呢", "，，他咳嗽呢"), ("我爸闷，我妈不闷", "我爸闷，我妈不闷")],
)
def test_the_old_person_spoken_of_is_the_one_who_is_asked(said: str, meant: str) -> None:
    assert of_the_person_asked(said) == meant
