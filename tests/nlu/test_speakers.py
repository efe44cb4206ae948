"""Who is on the line, by their own words."""

import pytest

from nlu.speakers import speaker_named, speaks_as_child, weeps, worth_a_note


@pytest.mark.parametrize(
    "said",
    ["我奶奶不在", "奶奶今天没吃药。", "喂，爷爷在睡觉", "公公今天都没下床", "我是小孩", "妈妈不在家", "没有大人"],
)
def test_a_child_is_known_by_what_it_calls_the_elder(said: str) -> None:
    assert speaks_as_child(said)


@pytest.mark.parametrize(
    "said", ["我奶奶以前也是高血压", "我公公没发烧", "孩子奶奶在家", "我妈妈没发烧", "没有发烧", "我孙子不在家"]
)
def test_an_adult_who_speaks_of_elders_is_no_child(said: str) -> None:
    assert not speaks_as_child(said)


@pytest.mark.parametrize(
    ("said", "speaker"),
    [("我是她闺女，问我吧", "relative"), ("我是她邻居", "other"), ("我就是本人", "self"), ("方便", None)],
)
def test_people_say_who_they_are(said: str, speaker: str | None) -> None:
    assert speaker_named(said) == speaker


@pytest.mark.parametrize(
    ("said", "matters"),
    [
        ("奶奶今天没吃药", True),
        ("爷爷晚上不睡觉，在客厅里走来走去", True),
        ("奶奶把盐当糖放了", True),
        ("爷爷老是叫我爸爸的名字", True),
        ("婆婆脚肿起来了", True),
        ("我爷一个人偷着抹眼泪", True),
        ("奶奶出去买菜了", False),
        ("爷爷不在家，去打麻将了", False),
        ("外公在看电视", False),
    ],
)
def test_what_matters_in_a_childs_words_is_noted(said: str, matters: bool) -> None:
    assert worth_a_note(said) is matters


@pytest.mark.parametrize(("said", "tears"), [("呜呜呜……", True), ("（哭）没事", True), ("孩子哭了一夜", False)])
def test_tears_are_not_what_is_told_of_others(said: str, tears: bool) -> None:
    assert weeps(said) is tears


@pytest.mark.parametrize(
    "said",
    [
        "我爷把药丢了",
        "嗲嗲早上冇呷药",
        "俺奶夜里咳",
        "婆婆两天没吃降压药了，她嫌苦",
        "家婆今天的药冇吃，放碗柜里了",
        "阿姨好，爷爷昨天的药忘记吃了",
        "我太奶奶早饭没吃",
    ],
)
def test_a_child_is_known_whatever_it_calls_the_elder(said: str) -> None:
    assert speaks_as_child(said)
    assert worth_a_note(said)


@pytest.mark.parametrize("said", ["我是他崽，问我就是", "俺是她侄女，问俺就中", "额是她女子", "我系佢新抱"])
def test_any_word_for_a_relative_says_who_somebody_is(said: str) -> None:
    assert speaker_named(said) == "relative"
