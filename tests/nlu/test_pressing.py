"""Which dangers press, whatever else the words may mean."""

from nlu.pressing import pressing_dangers
from nlu.reading import NotRead


def test_goodbye_for_good_is_no_needle_that_is_not_needed() -> None:
    text = "你们往后不用打了，打了也没人接，我都想好了"
    found = pressing_dangers(text, text, None, NotRead(reason="not_an_answer"), lambda said: [("statement", 1.0)])
    assert [each.kind for each in found] == ["suicidal"]
