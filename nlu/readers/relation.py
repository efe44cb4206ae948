"""Who somebody is to the resident: 我屋里伢 is 孩子, 我们家那口子 is 老伴."""

import re
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
CORRECTED = re.compile(r"不对|不是|说错|讲错|错了|哦是|应该是")


def read_relation(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The relation named, as a Chinese word: 女儿, 老伴, 邻居, 本人."""
    for heard in (as_given(text), standard(text)):
        found = _relation(heard)
        if found is not None:
            return found
    said = read_yes_no(text, expectation=expectation, at=at)
    if isinstance(said, Reading) and said.value == "yes" and re.search(r"本人", expectation.asked):
        return Reading(value="本人", span=said.span, confidence=said.confidence)
    return said if isinstance(said, NotRead) else NotRead(reason="not_an_answer")


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
