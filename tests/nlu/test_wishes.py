"""What somebody who comes in wants: several things, things without a word for them, and what is none of them."""

from collections.abc import Sequence

import pytest

from nlu.wishes import find_wishes

SAID = {"灯": "repair_request", "垃圾": "complaint", "养老金": "policy_question", "马桶": "repair_request"}


def by_words(text: str) -> Sequence[tuple[str, float]]:
    """A ranking that knows four words; all else is a statement."""
    named = next((intent for word, intent in SAID.items() if word in text), "")
    return ((named, 0.9), ("statement", 0.1)) if named else (("statement", 0.8), ("smalltalk", 0.1))


def test_a_second_thing_begins_where_it_is_said_to() -> None:
    found = find_wishes("楼道的灯黑了好多天，我看不见，还有垃圾也没人收，臭得很", by_words)
    assert [(each.intent, each.words) for each in found] == [
        ("repair_request", "楼道的灯黑了好多天，我看不见，"),
        ("complaint", "还有垃圾也没人收，臭得很"),
    ]


def test_what_belongs_to_one_thing_stays_together() -> None:
    found = find_wishes("马桶堵了，水都出来了。还有楼道的灯也不亮", by_words)
    assert [(each.intent, each.words) for each in found] == [
        ("repair_request", "马桶堵了，水都出来了。还有楼道的灯也不亮")
    ]


def test_a_question_is_asked_by_the_way() -> None:
    found = find_wishes("马桶堵了，今天能来人吗？顺便问下养老金咋弄", by_words)
    assert [each.intent for each in found] == ["repair_request", "policy_question"]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("孙女放假从长沙回来了", ["register_return"]),
        ("我明天要从武汉回来", []),
        ("我明天去武汉女儿家住一个月", []),
        ("我手机号换了，新的你记一下", ["correct_my_data"]),
        ("煤气灶打不着火了", ["repair_request"]),
        ("一个人闷得慌，想找人说说话", ["help_at_home"]),
        ("明天停不停水", ["policy_question"]),
        ("没有了", []),
    ],
)
def test_a_wish_without_a_word_for_it_is_known_by_its_signs(said: str, wanted: list[str]) -> None:
    assert [each.intent for each in find_wishes(said, by_words)] == wanted
