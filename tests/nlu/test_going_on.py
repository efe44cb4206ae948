"""Whoever goes on about the medicine that somebody will see to answers nothing that is asked behind it."""

import pytest

from nlu.going_on import goes_on
from nlu.reading import Expectation

COUGH = Expectation(key="cough", kind="yes_no", asked="您咳嗽吗？", behind_promise=True)


@pytest.mark.parametrize(
    "said",
    [
        "可不还没有嘛，上哪儿整去。",
        "俺孩说给捎，捎没捎俺也不知道。",
        "是的呀，真的一粒都没有了。",
        "还没呢，等闺女礼拜天带来",
        "好，那我等着",
        "是啊，急死我了",
    ],
)
def test_what_is_said_to_a_promise_is_no_answer(said: str) -> None:
    assert goes_on(said, COUGH)


@pytest.mark.parametrize(
    "said", ["没有", "不咳", "嗯", "有一点", "嗯，夜里厉害", "没有，你们几时送来", "咳，嗓子眼儿刺挠"]
)
def test_an_answer_behind_a_promise_is_heard(said: str) -> None:
    assert not goes_on(said, COUGH)
