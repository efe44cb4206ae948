"""Whoever takes us for a fraud is right to be careful, hears what can be checked, and no robot calls them again."""

import re

from dialogs import events as e
from dialogs import loop
from dialogs.script import Script

SUSPICIONS_BEFORE_GOODBYE = 2  # who says it twice is not talked round
HANGS_UP = re.compile(
    "挂[了哒咯啦咧]|挂电话|撂[了咯]|不(?:跟|和|同|给|搭理|理)你|不(?:说|讲|听|聊|谈)[了哒咯咧]|懒得"
)  # said with a suspicion: nothing more is asked


def is_this_fraud(script: Script) -> None:
    """你是骗子吧: what can be checked; said twice, the call ends and no robot calls again for this."""
    script.note(e.SuspicionHeard(at=script.at, heard=script.heard))
    if script.state.suspicions < SUSPICIONS_BEFORE_GOODBYE and not HANGS_UP.search(script.said):
        script.say("not_a_fraud")
        loop.ask_pending(script)
        return
    _leave(script)


def leaves_in_doubt(script: Script) -> bool:
    """Whether somebody who took us for a fraud goes without having answered anything; then it is settled like that."""
    if not script.state.suspicions or script.state.answers or script.state.phase == "red_flag":
        return False
    _leave(script)
    return True


def _leave(script: Script) -> None:
    script.note(e.RefusalHeard(at=script.at, scope="call", heard=script.heard))
    loop.escalate(script, "suspicious", "normal", key="suspicious")
    loop.close(script, "refused")
    script.say("check_on_us")
