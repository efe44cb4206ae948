"""Who somebody is to the resident: 我屋里伢 is 孩子, 我们家那口子 is 老伴."""

import re
from dataclasses import replace
from datetime import datetime

from nlu.dialect import standard
from nlu.readers.yes_no import read_yes_no
from nlu.reading import Expectation, NotRead, Reading
from nlu.relations import relation_mentions
from nlu.rewriting import Rewritten, as_given

NAMED = 0.95
AMONG_SEVERAL = 0.6
# 我是她女儿 names the speaker; 我女儿 somebody else: what follows 是 is what was asked for.
SAID_TO_BE = re.compile(r"(?:是|叫|喊|算)(?:我们家|我家|我们|我|他|她|他们|老人|老太太|老爷子|俺|咱)?的?(?:个|一个)?$")
DENIED = re.compile(r"(?:不是|不算|哪是|没有|没|除了|不跟|不和|不同)(?:我们家|我家|我们|我|他|她|俺|咱)?的?$")
# 您是他什么人 asks for the speaker, 他是我爸 names the other one.
ASKS_FOR_SPEAKER = re.compile(r"[您你]是(?!.*[吗吧])[^，,。]{0,8}(?:什么|哪|谁|啥)")
NAMES_THE_OTHER = re.compile(r"(?:他|她|老人家?|老太太|老爷子|户主)(?:就|也)?(?:是|算)(?:我|俺|咱)")
SEEN_FROM_THE_OTHER = {
    **dict.fromkeys(("父亲", "母亲"), "孩子"),
    **dict.fromkeys(("公公", "婆婆"), "儿媳"),
    **dict.fromkeys(("岳父", "岳母"), "女婿"),
    **{each: each for each in ("老伴", "邻居", "朋友", "同事", "同学", "亲戚", "亲家", "家属")},
    "房东": "租客",
    "租客": "房东",
}
CORRECTED = re.compile(r"不对|不是|说错|讲错|错了|哦是|应该是")


def read_relation(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The relation named, as a Chinese word: 女儿, 老伴, 邻居, 本人."""
    for heard in (as_given(text), standard(text)):
        found = _relation(heard)
        if found is not None:
            return _of_speaker(found, heard.text, expectation.asked)
    said = read_yes_no(text, expectation=expectation, at=at)
    if isinstance(said, Reading) and said.value == "yes" and re.search(r"本人", expectation.asked):
        return Reading(value="本人", span=said.span, confidence=said.confidence)
    return said if isinstance(said, NotRead) else NotRead(reason="not_an_answer")


def _of_speaker(found: Reading, text: str, asked: str) -> Reading | NotRead:
    """Who the speaker is, where that was asked and the other one was named: a son or a daughter of 他是我爸."""
    if not ASKS_FOR_SPEAKER.search(asked) or not NAMES_THE_OTHER.search(text):
        return found
    speaker = SEEN_FROM_THE_OTHER.get(found.value)
    return replace(found, value=speaker) if speaker else NotRead(reason="vague", span=found.span)


def _relation(heard: Rewritten) -> Reading | None:
    text = heard.text
    mentions = [each for each in relation_mentions(text) if not DENIED.search(text[: each[1]])]
    if not mentions:
        return None
    told = [each for each in mentions if SAID_TO_BE.search(text[: each[1]])]
    corrected = [each for each in mentions[1:] if CORRECTED.search(text[mentions[0][2] : each[1]])]
    relation, start, end = (corrected or told[-1:] or mentions)[0]
    sure = bool(corrected or told) or len({each[0] for each in mentions}) == 1
    return Reading(value=relation, span=heard.span(start, end), confidence=NAMED if sure else AMONG_SEVERAL)
