"""Whoever has not heard what was asked: wants it louder or slower, or takes another word for it and talks of that."""

import re

from nlu.clauses import blanked
from nlu.pinyin import rhyme, syllables
from nlu.sounds import folded_syllable

CANNOT_HEAR = re.compile(
    "听[不勿弗唔冇](?!下去|进|惯|够|腻|得|说|讲|话|懂|过瘾)[\u4e00-\u9fff]|听[球毬唔](?:不|明|到|见|清)"
)
_VOICE = "(?:声(?:音|气|儿)?|嗓门[儿子]?|动静|音量|调门|喉咙|话筒|喇叭)"
_MORE = "(?:一?点儿?|一?些|一?丁点儿?|一?哈|一?下|啲)"
_TELL = "(?:讲|说|问|唠|念|话|摆|喊)"
_HARD = "(?:使劲儿?|用力|加把劲|放开嗓[子门]?|扯开嗓[子门]?)"
# Whoever says this has not heard the question; what they talk of next is no answer to it: 糖？你吼大声点！糖买了两斤.
WANTS_IT_LOUDER = re.compile(
    f"{CANNOT_HEAR.pattern}|{_VOICE}(?:儿|也|就|实在)*(?:恁|这么|那么|太|忒|咋[^，。]{{0,2}})[小轻低细]|{_VOICE}[^，。！？]{{0,3}}(?:跟|像|和)[^，。]{{0,3}}蚊子"
    f"|{_VOICE}(?:往|再|给[我俺额]|要|得|放|开|弄|搞|调|整|喊|讲|提|拔|扯)*[大高响亮](?:里放|{_MORE})|{_VOICE}(?:往|放)大|{_HARD}(?:{_TELL}|吼)"
    rf"|(?:讲|说)话?[大高响]{_MORE}|(?:喊|吼|讲|说)?[大高](?:点儿?|些)?声(?:{_MORE}|儿)?(?:嘛|儿|讲|说|吼|喊|噻|撒|啦|啊|呀|哈|呗|行|好|[！!，。…]|$)"
)
HARD_OF_HEARING = re.compile(
    "(?:耳(?:朵|门)|(?:我|这|俺)耳)[^，。！？]{0,5}(?:不[太大]?[灵好行照中管济顶]|背|聋|沉|重|笨|失灵|震坏|嗡|[塞堵]|木)|耳[背聋]|破耳朵|听力[^，。]{0,3}(?:不|差)"
)
WANTS_IT_SLOWER = re.compile(
    f"{_TELL}(?:话|得|的)?慢(?:{_MORE}|[点些]子)|慢(?:{_MORE}|[点些]子){_TELL}|{_TELL}(?:话|得|的)?(?:太|忒|恁|好|这么|那么)快"
    "|(?:^|[，。！…]|听|[我俺额]|都)跟不(?:上|赢|到)(?!趟)"
)
# 正买菜呢，你快点说; 快着点儿: is in a hurry, and lets us speak.
WANTS_IT_FASTER = re.compile(
    f"(?:快(?:{_MORE}|着|着点儿?)?|抓紧(?:{_MORE}|时间)?|赶紧|赶快|直接|简单(?:{_MORE})?)的?[说讲问]|长话短说|[说问讲]快{_MORE}"
    f"|^(?:你|您|恁|那|就|麻烦)*快(?:着|一)?{_MORE}(?:啊|呀|吧|哈|嘛|行不行)?(?:[，。！]|$)"
)
# 噢，你说发烧啊; 啥？问我人烧不烧啊？: whoever did not hear the question has understood it now, and answers.
HEARD_AT_LAST = re.compile(
    "[哦噢喔嗷]+[—，,、\\s]*(?:(?:[你恁您]|是)*[说问讲]|[^，。！？]{1,6}[啊嗦呀嘛哇哪噻][，,。！!？?])"
    "|(?:[你恁您]|是|原来)*问(?:的是|的|是)?(?:[我俺额咱](?:这个|个)?人?|人|身上)[^，。！？!?]{1,8}[？?，,]"
    "|(?<=[。！!？?…])(?:[啊嗨哎][，,]?)?[^，。！？!?…了]{2,6}[啊嗦呀哇哪][，,。！!？?]"
)
# 花椒？, 捎？: a word that is taken up with a question mark, before it is talked about.
TAKEN_FOR = re.compile(
    r"^(?:[^，,。！？?]{1,4}[？?])?[啊哎哈嗯咦诶欸哦喂，,、…\s]*(?P<word>(?![啥谁哪咋怎嘛])[\u4e00-\u9fff]{1,3})[啊呀哇]?[？?]"
)


def asks_for_it_louder(text: str) -> bool:
    """Whether the words hold that we are hard to hear, whatever else they hold."""
    return (WANTS_IT_LOUDER.search(text) or HARD_OF_HEARING.search(text)) is not None


def asks_for_it_slower(text: str) -> bool:
    """Whether the words hold that we speak too fast, whatever else they hold."""
    return WANTS_IT_SLOWER.search(text) is not None


def asks_for_it_faster(text: str) -> bool:
    """Whether the words let us speak, though quickly, and nothing is too fast."""
    return WANTS_IT_FASTER.search(text) is not None and not asks_for_it_slower(text)


def without_what_was_misheard(text: str, asked: str) -> str:
    """听不着！馍才热了一锅。噢，你说发烧啊，没有: nothing answers the question that was said before it was heard.

    As many characters as were given; `asked` is the question.
    """
    misheard = _takes_another_word(text, asked)
    for heard in HEARD_AT_LAST.finditer(text):
        before = text[: heard.start()]
        if (misheard and before) or (asks_for_it_louder(before) and not asks_for_it_louder(heard[0])):
            return blanked(text, 0, heard.start())
    return blanked(text, 0, len(text)) if misheard else text


def _takes_another_word(text: str, asked: str) -> bool:
    """Whether the talk is of a word that only rhymes with the question: 花椒？花椒没有 to 您这两天发烧没有."""
    taken = TAKEN_FOR.match(text)
    if taken is None or taken["word"] not in text[taken.end() :] or taken["word"] in asked:
        return False
    word, length = taken["word"], len(taken["word"])
    if length == 1:
        return folded_syllable(word) in map(folded_syllable, asked)
    rhymes, meant = [rhyme(each) for each in syllables(word)], [rhyme(each) for each in syllables(asked)]
    return any(meant[start : start + length] == rhymes for start in range(len(meant) - length + 1))
