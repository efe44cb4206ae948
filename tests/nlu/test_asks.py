"""What residents ask us is told apart from what they answer."""

import pytest

from nlu.asks import questions_in, without_questions


@pytest.mark.parametrize(
    "text",
    [
        "打流感针要不要钱",
        "停到几点啊",
        "可以叫我女儿去不",
        "我老伴的也要认证吗",
        "我腿脚不好去不了咋办",
        "喝水行不",
        "要带啥子",
        "这个事归哪个管",
    ],
)
def test_a_question_is_heard_as_one(text: str) -> None:
    assert list(questions_in(text)) == [(0, len(text))]


@pytest.mark.parametrize(
    "text",
    [
        "不咳不咳",
        "没事没事",
        "时不时闹一下",
        "不知道要不要",
        "哪天去都行",
        "没什么要紧的",
        "不能吃早饭是吧",
        "看情况，能去不能去再说",
        "你能帮我做些啥",
        "是几号来着",
    ],
)
def test_what_only_looks_like_a_question_is_none(text: str) -> None:
    assert not list(questions_in(text))


def test_what_is_said_beside_a_question_stays_where_it_was() -> None:
    text = "不能吃，那喝水行不行"
    assert without_questions(text) == "不能吃，，，，，，，"
