"""Whoever takes us for a fraud, in whatever words."""

import pytest

from nlu.suspicion import calls_us_that, forbids_calls, speaks_of_fraud


@pytest.mark.parametrize(
    "said",
    [
        "我隔壁就是接了这种电话，三万块钱没得了",
        "哄哪个嘛，我晓得你们这些是做么子的",
        "别跟我来这一套，卡里的钱我一分都不会给你",
        "你是不是想套我话",
        "我儿子说了，不认识的电话一律不接",
        "楼上唐嬢嬢才遭整脱一万二",
        "谁晓得你是真是假",
    ],
)
def test_suspicion_is_heard_without_the_word_fraud(said: str) -> None:
    assert speaks_of_fraud(said)


@pytest.mark.parametrize(
    "said", ["方便，刚去派出所办了身份证", "我们正准备交水费钱", "正在银行排队呢", "在打牌，输了三百块"]
)
def test_money_and_the_police_alone_are_no_suspicion(said: str) -> None:
    assert not speaks_of_fraud(said)


def test_it_is_we_who_are_called_a_fraud() -> None:
    assert calls_us_that("骗子嗦！")
    assert calls_us_that("我看你们就是一伙儿的")
    assert not calls_us_that("前两天刚接到一个骗子电话")


@pytest.mark.parametrize(
    "said", ["再打过来我报警", "不许你再往家里打", "唔好再打嚟", "勿要再打来了", "以后甭给我来电话", "别老是打我家电话"]
)
def test_no_call_ever_again_is_wanted_in_any_region(said: str) -> None:
    assert forbids_calls(said)


@pytest.mark.parametrize("said", ["骗子，别打我的主意", "莫打歪主意", "少打马虎眼", "不用打针吧，你是骗子", "别打岔"])
def test_whoever_sees_through_us_may_still_be_called(said: str) -> None:
    assert not forbids_calls(said)
