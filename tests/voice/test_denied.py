"""A value that was said back and denied is not heard again where the sound allows another one."""

from datetime import datetime

from dialogs.phases import RIGHT
from nlu.reading import Expectation
from voice.denied import Denials

TEMPERATURE = Expectation(key="temperature", kind="temperature", asked="今天体温多少度？")
RETURNED = Expectation(key="returned", kind="date", asked="哪一天回来的？")
SAID_BACK = Expectation(key=RIGHT, kind="yes_no", asked="对不对？")
HEARD = '{"unit": "C", "value": 38.0}'


def after(replies: list[tuple[str, Expectation | None]], at: datetime) -> Denials:
    denials = Denials()
    for text, expecting in replies:
        denials.heard(text, expecting, at=at)
    return denials


def test_what_was_denied_is_known_when_it_is_asked_again(at: datetime) -> None:
    denials = after([("三十八度", TEMPERATURE), ("不对", SAID_BACK)], at)
    again = denials.expected(TEMPERATURE)
    assert again is not None
    assert again.denied == (HEARD,)
    assert denials.expected(RETURNED) == RETURNED
    assert denials.expected(None) is None


def test_what_was_agreed_to_or_not_answered_is_not_denied(at: datetime) -> None:
    for reply in ("对", "你说什么"):
        assert after([("三十八度", TEMPERATURE), (reply, SAID_BACK)], at).expected(TEMPERATURE) == TEMPERATURE


def test_every_denied_value_counts_but_none_for_another_question(at: datetime) -> None:
    turns = [("三十八度", TEMPERATURE), ("不是", SAID_BACK), ("三十九度", TEMPERATURE), ("错了", SAID_BACK)]
    twice = after(turns, at).expected(TEMPERATURE)
    assert twice is not None
    assert twice.denied == (HEARD, '{"unit": "C", "value": 39.0}')
    other = after([("三十八度", TEMPERATURE), ("什么", RETURNED), ("不对", SAID_BACK)], at)
    assert other.expected(TEMPERATURE) == TEMPERATURE
    assert other.expected(RETURNED) == RETURNED
