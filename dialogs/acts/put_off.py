"""Whoever was asked when to call again and can talk after all, or hands the telephone to the one who came home."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dialogs import events as e
from dialogs import loop
from dialogs.phases import CALLBACK
from dialogs.script import Script
from nlu.not_heard import asks_for_it_faster
from nlu.own_questions import MAY_ASK
from nlu.speakers import speaker_named

READY = re.compile(
    "[是我俺]本人|(?<!别)问我(?!爸|妈|儿|女|老|孙|家)|[跟和]我(?:说|讲)|你(?:就|接着|快)?(?:说|问|讲)(?:吧|呗|嘛|噻|咯|就是)?(?:$|[，。！,.!])|(?:接着|继续|快)(?:说|问|讲)|(?:现在|这会儿?|这下)(?:就)?"
    "(?:行|可以|方便|能|有空|得闲|说|问|讲|好)|(?:我|俺)?在(?:呢|的|嘞)|不忙|忙完|有空(?:了|的|呢)|得闲(?:了|的)|没事[，了]"
)
NOT_NOW = re.compile(
    "没空|不得闲|不方便|忙着|正忙|还忙|不行|不能|等(?:下|会|一|我|他|她)|晚点|改天|下午|明天|再(?:说|打|讲|问)|别"
)
BUSY = re.compile("[正还]?忙着?")  # no putting off of whoever lets us speak quickly
HAS_COME = re.compile(
    "来[了哒][^。]{0,4}来[了哒]|(?:妈|爸|爹|娘|奶|爷|他|她|老伴|老头子|儿子|女儿|闺女|人)(?:刚)?(?:回|过)?来[了哒]|到家[了哒]|进门[了哒]"
)
CERTAIN = 0.9  # of an intent: below it a plain yes in the same words weighs more
LOCAL = ZoneInfo("Asia/Shanghai")
SOONEST_CALLBACK = timedelta(minutes=1)  # 这会儿忙 is read as this very moment: no time to call


def taken_back(script: Script) -> bool:
    """Whether whoever was asked when to call can talk now after all, or somebody else comes to the telephone."""
    if script.state.phase != "callback" or NOT_NOW.search(script.said):
        return False
    if HAS_COME.search(script.said):
        script.note(e.SpeakerAsked(at=script.at, heard=script.heard))
        loop.ask_pending(script)
        return True
    if time_to_call(script) is not None:
        return False
    speaker = speaker_named(script.said)
    if speaker is None and not READY.search(script.said):
        return False
    script.note(e.PutOffTakenBack(at=script.at, heard=script.heard))
    if speaker is None:
        script.say("then_we_go_on")
    else:  # 喂，我是本人，啥事啊: whoever was fetched
        for key in script.state.reading_back:
            script.note(e.AnswerWithdrawn(at=script.at, question=key, heard=script.heard))
        script.note(e.SpeakerHeard(at=script.at, speaker=speaker, heard=script.heard))
        script.say("new_voice")
    loop.capture_others(script)
    loop.go_on(script)
    return True


def is_willing(script: Script) -> bool:
    """Whether words taken for a putting off, or for nobody home, are a yes all the same: 方便，我一个人在家."""
    found = script.understood.found
    if script.state.phase != "opening" or NOT_NOW.search(script.said):
        return False
    if asks_for_it_faster(script.said):
        return True
    if time_to_call(script) is not None:
        return False  # 现在方便 names no other time
    if READY.search(script.said):
        return True
    return MAY_ASK in found and found[MAY_ASK].value == "yes" and script.understood.confidence < CERTAIN


def time_to_call(script: Script) -> datetime | None:
    """When to call, in UTC, where a time that lies ahead was told."""
    found = script.understood.found.get(CALLBACK)
    if found is None:
        return None
    due = datetime.fromisoformat(found.value["at"])
    due = (due if due.tzinfo else due.replace(tzinfo=LOCAL)).astimezone(UTC)
    return due if due >= script.at + SOONEST_CALLBACK else None
