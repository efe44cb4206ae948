"""Whether whoever came home came from a place that they only name: 去合肥接的俺, 姑娘在广州，硬要留我过冬."""

import re

from nlu.relations import others_mentioned

FULL_WIDTH = str.maketrans(",.!?;", "，。！？；")
ME = "[我俺额咱阮]"
CAME_BACK = re.compile("回(?:来|的|到|家|屋|[，。])|到的?了?(?:家|屋|[，。])|返|转(?:来|屋)|家来")
# A part that is a place and nothing else, in words that tell of a journey: 武汉那边汽车站，大巴.
ONLY_A_PLACE = re.compile(
    "^(?:就|是|在|从|嗯|哦|啊)*@(?:那边|那里|那儿|那块|汽车站|火车站|车站|机场|老家|市里|回[的滴哒来]*|来[的滴哒]*|上[的滴]?车|嘛|啊|呀|噻|咯|嘞)*$"
)
# 去赤峰喝喜酒去了 … 回来坐的大巴: whoever went there and came back came from there.
WENT = re.compile("^(?:[跟和同带][^，。没不]{1,8}|[^，。]{0,6})(?<![要想没不备算过])(?:去|上)(?:了|的|趟|了趟)?@")
# 俺孩开他那小车去合肥接的俺; who was met at a station had come from elsewhere.
FETCHED = re.compile(
    f"(?:去|到|上|来|从|在)@(?![^，。]*(?:站|机场|码头))[^，。]{{0,6}}接(?:的|了|上|走|回来?|到)*(?:{ME}|$)"
)
# 我在苏州带孙子, 一直住在天津我妹妹家
A_WHILE = "(?:[一直就原先来本都前后这那头回阵子年个月天半几两]|之前|以前|上个?)*"
STAYED = re.compile(f"^(?:.*{ME}们?)?{A_WHILE}(?:[住待呆耍玩歇蹲]着?)?在@")
WAS_NOT = re.compile("[没未不][^，。]{0,2}(?:去|在|住|到)")
# 姑娘在广州: where somebody close lives, and that we stayed with them.
THEIR_PLACE = re.compile(
    "(?:他|她|佢|们|家|屋里|两口子|一家|那边)*(?:都|也|就|一直|现在)*(?:[住待呆]|安家|成家|落户)*[在到]@"
)
WITH_THEM = re.compile(
    f"[住过待呆]不[惯下来习]|(?:留|叫|让|要|喊|接|把){ME}[^，。！？]{{0,3}}(?:[住待呆耍玩]|过|去|来)|(?:留|接|劝)(?:着|住|过去)?{ME}"
    f"|(?:{ME}|就|才|刚)[^，。！？没不]{{0,4}}(?:[住待呆耍玩](?:了|过|着|到)|[去上到来](?:了|那|她|他|看|住|伺候|带|帮|照|耍|玩))"
    "|(?:在|到|上)(?:[他她]们?|那)(?:那)?(?:家|里|儿|边|屋里|块)"
)


def comes_from(before: str, after: str, elsewhere: str) -> bool:
    """Whether the speaker came home from the place between `before` and `after`, two halves of one part of a story.

    `elsewhere` are the other parts of the story.
    """
    around, elsewhere = f"{before}@{after}", elsewhere.translate(FULL_WIDTH)
    if ONLY_A_PLACE.match(around):
        return True
    if not CAME_BACK.search(f"{elsewhere}，{after}，") or WAS_NOT.search(before):
        return False
    others = others_mentioned(before)
    together = before.startswith(("跟", "和", "同", "带"))  # 跟俩老姐们儿上云南
    if FETCHED.search(around) or ((not others or together) and (WENT.match(around) or STAYED.match(around))):
        return True
    lives_there = bool(others) and THEIR_PLACE.fullmatch(around[others[-1][2] : len(before) + 1]) is not None
    return lives_there and WITH_THEM.search(elsewhere) is not None and not WAS_NOT.search(elsewhere)
