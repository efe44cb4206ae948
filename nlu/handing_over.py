"""Whether the telephone changes hands: 我让孙子接, 你跟我孙女讲, 听不到，喊外孙女来. And who has it now."""

import re
from functools import cache

from nlu.not_heard import CANNOT_HEAR, HARD_OF_HEARING
from nlu.relations import kin_words
from nlu.speakers import says_whose_they_are

CLAUSE_ENDS = frozenset("，,。.！!；;")
# Without such a word a weak guess that the telephone changes hands is none: 儿子非叫我回.
HANDED = re.compile(
    "来(?:接|听|[跟和同][你您恁])|(?:接|听)电话|(?<![我俺])(?:跟|和|同|给)[你您恁](?:说|讲)|电话给(?!我)|(?:叫|让|喊)[^，。]{1,6}(?:说|讲|接|听|来(?!看))"
)
# 给我外孙接, 叫我孙女同你讲: behind an answer it hands the telephone over all the same.
HANDED_BEHIND = re.compile(
    "给[你恁][^，。！？]{1,6}听电话|[我俺]给[你您恁](?:叫|喊|换)个?人|(?:给|叫|让|喊)(?:我|俺)[^，。！？]{1,7}(?:接|来听|[跟同和给][你您恁][说讲])"
)
FETCHES = re.compile("(?:叫|让|喊)[^，。]{1,6}(?:来接|来听|接电话|[跟同和给][你您恁][说讲])")  # 听不到，喊外孙女来接
# 对门的老高，有啥你给我说
NEXT_DOOR = re.compile(
    "[我俺](?:是|系)[她他佢](?!妈|爸|爹|娘)|[我俺](?:是|系)?(?:对门|隔壁|楼上|楼下)[^，。]{0,2}(?:的|邻居|老|小)"
)
ME, YOU, TELL = "[我俺额咱阮]", "[你您恁侬]", "(?:说|讲|唠|聊|谈|摆|拉|谝|学|倾)"


# 我耳朵不好使，你跟她说吧: a pronoun for who comes, where the reason is said.
TO_THEM = re.compile(rf"{YOU}(?:就|直接|还是|去)*(?:跟|和|同|给|对)[他她佢伊渠]{TELL}(?!过|了|的)")
# 囡囡，你来跟他讲; 伢，你来听: to somebody in the room.
COME_AND_TELL = re.compile(
    rf"{YOU}过?来(?:接|听|(?:跟|和|同|给|对)(?:[他她佢伊渠]们?|人家|社区|同志){TELL})|{YOU}(?:过?来)?听听(?!看|我)|(?:接|听)[一个]?下(?:电话|子)?(?=$|[，。！])"
)
# 宝儿你来说: where the reason is said.
COME = re.compile(rf"(?:^|[，。！])[^，。！？]{{0,4}}[，！]?{YOU}过?来(?:$|[，。！]|{TELL}(?!了|过|啥|什么))")
THEY_COME = re.compile("来(?:接|听|[跟和同给][你您恁])")


def hands_over(text: str) -> bool:
    """Whether somebody else is to speak."""
    return any(each.search(text) for each in (HANDED, TO_THEM, COME_AND_TELL)) or hands_over_behind(text)


def hands_over_behind(text: str) -> bool:
    """As `hands_over`, in words that also hold an answer or say that we are hard to hear: only what is certain."""
    if cannot_hear(text) and any(each.search(text) for each in (TO_THEM, COME_AND_TELL, COME)):
        return True
    return any(each.search(text) for each in (HANDED_BEHIND, _to_my_own(), _my_own_comes()))


def cannot_hear(text: str) -> bool:
    """Whether the words say that we are hard to hear, or a hard ear."""
    return (HARD_OF_HEARING.search(text) or CANNOT_HEAR.search(text)) is not None


def fetches(text: str) -> bool:
    """Whether whoever cannot hear us has somebody else come."""
    return any(each.search(text) for each in (FETCHES, THEY_COME, COME_AND_TELL, COME)) or hands_over_behind(text)


def goes_to_ask(text: str) -> bool:
    """Whether somebody else is only asked, and the telephone stays where it is: 电话我问问他."""
    return _asks_them().search(text) is not None and not hands_over(text)


def says_who(text: str) -> re.Match[str] | None:
    """The words in which somebody says that they speak for the person asked for: 我系佢新抱."""
    return NEXT_DOOR.search(text) or says_whose_they_are(text)


def told_before_handing_over(text: str) -> int:
    """Where the words end that are told before the telephone changes hands: 吃了，稀饭。 of 吃了，稀饭。给我外孙接."""
    signs = (HANDED_BEHIND, HANDED, CANNOT_HEAR, _to_my_own(), _my_own_comes())
    last = min((found.start() for each in signs if (found := each.search(text))), default=0)
    return max((place + 1 for place, mark in enumerate(text[:last]) if mark in CLAUSE_ENDS), default=0)


@cache
def _to_my_own() -> re.Pattern[str]:
    """你跟我孙女讲, 跟俺屋里大小子唠; not 你跟我儿子说过的, nor 我跟我儿子说."""
    return re.compile(
        rf"(?:^|(?<=[，。！？,.!?…—\s])|{YOU}|还是|要不)(?:们|就|先|直接|干脆|去|只管|尽管)*(?:跟|和|同|与|给|对|问){_mine()}(?:他|她)?"
        rf"(?:去|来|直接)*(?:{TELL}(?!过|了|的|好|得|定|妥|啥|什么)|问(?!过|了|的))|{YOU}(?:就|去|直接|还是)*问{_mine()}(?=$|[，。！？,.!?…\s吧嘛噻咯去])"
    )


@cache
def _my_own_comes() -> re.Pattern[str]:
    """喊我外孙来跟你说, 换俺老伴听, 把电话给我儿媳妇, 等我孙子来跟你唠."""
    hears = rf"(?:接|听|答|回话|[跟和同与给]{YOU}{TELL})"
    return re.compile(
        rf"(?:喊|叫|让|换|请|使|教|等){_mine()}(?:他|她)?[^，。！？,.!?]{{0,3}}?(?:来|过来)?(?:{hears}|{TELL}(?!过|了|的|我|俺|呢|我))"
        rf"|(?:电话|手机|听筒|话筒)(?:交|递|拿|转|搁)?给{_mine()}|(?:换|叫|喊|让){_mine()}(?:来|过来)(?:$|[，。！？,.!?…\s吧哈])"
    )


@cache
def _asks_them() -> re.Pattern[str]:
    """我问问他, 我再问一下我儿子; not 我问一下，医保怎么交."""
    whom = f"(?:[他她佢伊]|{_mine()})(?!说|讲|了|过)"
    return re.compile(f"{ME}(?:们|再|先|去|来|得|要|这就|马上)*问(?:问|一?[下哈]|一?声)?{whom}")


@cache
def _mine() -> str:
    return rf"(?:{ME}(?:们)?)?(?:家|屋里|屋头|那)?(?:的|个|那个)?[大二三四五六老小细满幺]?(?:{kin_words()})[儿子伢娃]?"
