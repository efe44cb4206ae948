"""Agreement to values that were read back, in whatever words it comes."""

import re

from dialogs import events as e
from dialogs import loop, members
from dialogs.script import Script

# 走都走了还问啥: whoever came and left, left.
GONE = re.compile("[走去蹿回]都(?:已经)?[走去蹿回]|(?:已经|早就?|又|都)[走蹿去回]+[了咯哒罢]")

# 走了得嘛，走了: said twice it needs no second question.
GONE_AND_GONE = re.compile("[走去回][了咯哒咧][^。]{0,4}[，。][^，。]{0,3}[走去回][了咯哒咧]")


def agree(script: Script) -> None:
    """Keeps what was read back as agreed to, and goes on.

    Only the person confirms, and only by more than a habit of agreeing; others agree that it was heard right.
    """
    state = script.state
    for key in state.reading_back:
        own = state.speaker == "self" and not members.about(key) and not state.agrees_to_all
        agreed = e.AnswerConfirmed if own else e.AnswerHeardRight
        script.note(agreed(at=script.at, question=key, heard=script.heard))
    loop.go_on(script)


def says_it_is_over(script: Script) -> bool:
    """Whether 先前有，现在没有了 is agreed to by saying once more that it is over; once alone is asked about."""
    state = script.state
    told_twice = GONE_AND_GONE.search(script.said) or (state.misses and GONE.search(script.said))
    if state.phase != "reading_back" or not told_twice:
        return False
    return [state.answers[key].value for key in state.reading_back] == ["was"]
