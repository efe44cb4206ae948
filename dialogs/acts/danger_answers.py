"""The reply to the one calm question after a danger was told."""

import re

from dialogs import events as e
from dialogs import loop
from dialogs.acts import unclear
from dialogs.phases import LOST, LOW_SPIRITS
from dialogs.script import Script
from nlu.own_questions import STILL
from nlu.still import goes_on_as_before

# 现在不那么想了, 我哪能干那傻事; 不想活 and 不想说 are not meant.
NO_LONGER_THOUGHT_OF = re.compile(
    "(?:不|没[有得]?|冇得?|莫得|唔)(?:再|会|敢|得|[那这恁]么?样?|咋|怎么)*(?:想|寻思|琢磨|动)(?:那|这)?(?:个|些|种)?(?:念头|事|心思|歪主意)?(?:了|哒|咯|咧|喽|啦)(?!断)"
    "|(?:不|哪|咋|唔)(?:会|能|敢|可能|得)*(?:去)?(?:干|做|办|搞)(?:这|那)?(?:种|个|样)?(?:傻|蠢|憨|糊涂|瓜)"
    "|(?:不|唔)(?:会|得|敢|能)(?:真)?(?:的)?(?:去)?(?:寻)?死"
)
# 找着了, 刚进门.
FOUND = re.compile("找(?:到|着|见|回来?)|回(?:来|屋|家)|到家|进门|接到|在(?:家|屋|这|楼下)|没丢|没事")
NOT_FOUND = re.compile("[没冇未不](?!丢|事)|还在找")
# 莫问咯, 你莫管我: no answer.
LEFT_ALONE = re.compile("(?:莫|别|不要|甭|唔好|休|勿)(?:再)?(?:问|管|理|说|讲|劝)")
SAYS_WHO_IS_NEAR = re.compile("[没冇无莫有][有得]?人|一个人|自己|在")


def red_flag_answered(script: Script) -> None:
    """The reply to the one calm question; only a clear no goes back to the questionnaire.

    Whoever is tired of living is asked whether somebody is near: no answer to that ends the matter, not even that they
    think of it no longer.
    """
    if script.state.flag == LOST:
        _told_whether_found(script)
        return
    low = script.state.flag == LOW_SPIRITS
    if low and LEFT_ALONE.search(script.said) and not SAYS_WHO_IS_NEAR.search(script.said):
        unclear.flag_unanswered(script)
        return
    denied = _is(script, "no") or _is(script, "was")
    over = NO_LONGER_THOUGHT_OF.search(script.said) if low else denied and not goes_on_as_before(script.said)
    unsure = script.understood.reason == "unknown" and not goes_on_as_before(script.said)
    still = None if unsure and not over else not over
    script.note(e.RedFlagChecked(at=script.at, kind=script.state.flag, still=still))
    if over and not low:
        script.say("flag_over")
        loop.go_on(script)
    else:
        unclear.help_comes(script)


def _told_whether_found(script: Script) -> None:
    """没有 to 人找到了没有 says that they are still missing, and so does all that does not say that they are there."""
    found = FOUND.search(script.said) is not None and not NOT_FOUND.search(script.said)
    script.note(e.RedFlagChecked(at=script.at, kind=LOST, still=not found))
    if found:
        script.say("flag_over")
        loop.go_on(script)
    else:
        unclear.help_comes(script)


def _is(script: Script, value: str) -> bool:
    found = script.understood.found.get(STILL)
    return found is not None and found.value == value
