"""Whoever asks somebody in the room before they answer, and puts an earlier answer right in passing."""

import pytest

from nlu.asking_around import has_the_last_word, without_the_room
from nlu.corrections import corrects_too

ASKED = "老倌子！社区的，问坐么事回的……火车吧？——么火车，小车！——哦，小车。头里说错了，是初十。"


def test_who_asked_in_the_room_has_the_last_word() -> None:
    last = has_the_last_word(ASKED)
    assert last is not None
    assert last.lstrip("，") == "哦，小车。头里说错了，是初十。"
    assert len(last) == len(ASKED)


def test_what_was_said_to_the_room_is_left_out() -> None:
    said = "我不咳。" + ASKED
    assert without_the_room(said).startswith("我不咳。，，")
    assert "火车" not in without_the_room(said)
    assert len(without_the_room(said)) == len(said)


def test_a_pause_alone_is_nobody_else() -> None:
    assert has_the_last_word("那个——我想想") is None
    assert without_the_room("那个——我想想") == "那个——我想想"


@pytest.mark.parametrize(
    "said",
    [
        "头里我还说错了一个",
        "前头那个日子我也说拧了",
        "刚才那日子我说秃噜了",
        "先头日子讲错咯",
        "起先报岔咧",
        "不是十号，是初十",
        "不是二十一，是二十号到的",
        "先前我迷糊了",
    ],
)
def test_an_earlier_answer_is_put_right_in_the_words_of_any_region(said: str) -> None:
    assert corrects_too(said)


@pytest.mark.parametrize("said", ["刚才吃的药", "不是我，是他", "前头那家搬走了", "差不多十号吧"])
def test_what_was_before_is_not_put_right_by_being_named(said: str) -> None:
    assert not corrects_too(said)
