"""Whether a danger is over, by the reply to 现在还是这样吗."""

import pytest

from nlu.still import goes_on_as_before, says_how_it_is, says_it_is_over


@pytest.mark.parametrize(
    "said",
    [
        "现在不喘了，气匀得很，刚还下楼倒了垃圾。",
        "缓过来了，正收拾垃圾呢",
        "气顺了，我还去跳了广场舞",
        "利索了，筷子也拿得住",
        "舌头捋直了，讲话清楚了",
        "现在不流血了，包起来了",
        "现在嘴不歪了，胳膊也抬得起来。",
        "没再麻了，刚才还择菜呢。",
    ],
)
def test_whoever_is_better_or_about_their_chores_is_out_of_danger(said: str) -> None:
    assert says_it_is_over(said)
    assert not goes_on_as_before(said)


@pytest.mark.parametrize(
    "said",
    [
        "不能动了",
        "现在不说话了，眼睛直了",
        "不抽了，可是人没醒",
        "刚才好了，这会儿又来了",
        "有时候松快有时候闷",
        "今朝还是麻的，茶杯拿不稳",
        "还没缓过来",
    ],
)
def test_what_somebody_cannot_do_any_more_is_not_over(said: str) -> None:
    assert goes_on_as_before(said)


@pytest.mark.parametrize("said", ["说不清楚，今天还没去解过", "不晓得，还没量过"])
def test_what_was_not_done_yet_does_not_say_that_it_goes_on(said: str) -> None:
    assert not goes_on_as_before(said)


@pytest.mark.parametrize("said", ["天天都这么想", "天一黑就想", "老是这样", "一动就疼", "整宿都难受"])
def test_what_comes_back_day_by_day_goes_on(said: str) -> None:
    told = says_how_it_is(said)
    assert told is not None
    assert told.value == "yes"
