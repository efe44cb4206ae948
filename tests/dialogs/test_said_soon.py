"""What holds a name is known one turn before it is said."""

from dialogs.events import Party
from dialogs.soon import said_soon

PARTY = Party(surname="尉迟", title="女士")


def test_whose_home_it_is_is_asked_in_the_words_that_were_made_ready(open_talk) -> None:
    talk = open_talk("living-alone-care", party=PARTY)
    (soon,) = said_soon(talk.questionnaire, talk.state, at=talk.at)
    talk.hear("answer", _may_ask="yes")
    assert "尉迟女士" in soon.spoken
    assert soon.spoken in talk.said
    assert said_soon(talk.questionnaire, talk.state, at=talk.at) == ()


def test_where_nobody_has_to_be_asked_for_nothing_is_made_ready(open_talk) -> None:
    talk = open_talk("living-alone-care")
    assert said_soon(talk.questionnaire, talk.state, at=talk.at) == ()
