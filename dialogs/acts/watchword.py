"""The watchword 暗号 by which a household knows us: said on request, a few times only, never hinted at or guessed at.

It is agreed with the grid worker only.
"""

import re

from dialogs import events as e
from dialogs import loop
from dialogs.script import Script

SAID_AT_MOST = 2  # times in a call; who asks more often is fishing for it
WITHHELD_AT_MOST = 2  # who asks on after that is not put at ease by a machine
ASKS_ABOUT_IT = re.compile(
    "是不是|是吗|对吗|对不对|有没有|有关|哪[个几方]|什么|啥|么子|几个|第[一二三四]个|提示|猜|透露|一半|[?？]$"
)
AGREES_A_NEW_ONE = re.compile("[换改]|重新|新的|(?:想|要|咋|怎么|[跟找]谁)[^，。！？]{0,4}[定设约](?![好的得过了])")
TURNS_ABOUT_IT = frozenset({f"say:{name}" for name in ("watchword", "watchword_said_before", "no_watchword")})


def ask_watchword(script: Script) -> None:
    """那你说说暗号: said where we called; else who can be asked."""
    state = script.state
    if AGREES_A_NEW_ONE.search(script.said):
        script.say("watchword_by_worker")
    elif state.inbound:
        script.say("watchword_only_when_we_call")
    elif state.watchword and state.speaker in ("self", "relative") and state.watchword_said < SAID_AT_MOST:
        script.note(e.WatchwordSaid(at=script.at))
        script.say("watchword", word=state.watchword)
    else:
        withhold(script)
        return
    loop.ask_pending(script)


def is_fished_for(script: Script) -> bool:
    """Whether the words guess at the watchword that was spoken of in the last turn, or want a hint: 跟花有关吗."""
    spoken_of = any(prompt.key in TURNS_ABOUT_IT for prompt in script.before.said)
    return spoken_of and ASKS_ABOUT_IT.search(script.said) is not None


def withhold(script: Script) -> None:
    """Says nothing of the word, and who can be asked; whoever goes on asking is called by a person."""
    state = script.state
    script.note(e.WatchwordWithheld(at=script.at, heard=script.heard))
    if script.state.watchword_withheld > WITHHELD_AT_MOST:
        loop.escalate(script, "suspicious", "normal", key="suspicious")
        loop.close(script, "to_person")
        script.say("watchword_to_person")
        return
    script.say("watchword_said_before" if state.watchword_said else "no_watchword")
    loop.ask_pending(script)
