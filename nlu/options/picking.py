"""Which of the options that a text mentions is meant."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlu.denial import affirmed
from nlu.options.mention import EXCLUDED, IN_PART, Mention, choice_words
from nlu.reading import Choice

# 我自己弄不来: what somebody cannot do is not what they pick.
UNABLE = re.compile("(?:也|又|都|可|实在)*(?:[一-鿿]{1,2}不(?:来|了|好|成|动|到|懂|清)|(?:又|都|也)?不(?:会|懂|能))")

CANNOT = re.compile("不(?:来|好|成|动|到|懂|清)")  # 自己弄 … 不来

# 九号我要去女儿家: what else happens at a time does not pick it.
A_TIME = re.compile("[号点日午]|周|星期|礼拜|明天|后天")
TAKEN_UP = re.compile(
    "(?:[我俺咱]们?|那天|那会儿?|正好|家里|有点|还)*(?:要(?!的|了|吧|来|打|约|$)|得(?=去|来|上|陪|送|接)|有事|没空|没时间|不得闲|不行|不在|[去来]不了|上班|忙)"
)
WISHED = re.compile("想要哪|最要紧|需要(?:什么|啥|哪)|缺(?:什么|啥)")
LACKED = re.compile("(?:没|没有|冇|冇得|没得)(?:个)?(?:人|地方|处)(?:可以|能)?[来给帮]?$|缺少?$")
HARD = re.compile("(?:是|就|也|都|太|很|真|挺|最)*(?:不(?:大|太)?(?:方便|行|便|好办)|难|困难|麻烦|成问题|没人|没地方)")


def judged(text: str, mentions: Iterator[Mention], *, asked: str) -> list[Mention]:
    """The mentions in order, those marked that are denied; who lacks what they may wish for wants it: 没人陪."""
    return [
        Mention(
            key=each.key,
            start=each.start,
            end=each.end,
            confidence=each.confidence,
            denied=_denied(text, each) and not (WISHED.search(asked) and _is_lacking(text, each)),
        )
        for each in sorted(mentions, key=lambda each: each.start)
    ]


def _is_lacking(text: str, mention: Mention) -> bool:
    before = re.split(r"[，,。.；;！!？?、\s]", text[: mention.start])[-1]
    return LACKED.search(before) is not None or HARD.match(text, mention.end) is not None


def _denied(text: str, mention: Mention) -> bool:
    before = re.split(r"[，,。.；;！!？?、\s]", text[: mention.start])[-1]
    after = re.split(r"[，,。.；;！!？?、\s]", text[mention.end :])[0]
    denials, denied_after = "|".join(choice_words()["denials"]), "|".join(choice_words()["denied_after"])
    if re.search(rf"(?:{denials})(?:是|坐|选|要|用|去|的|有|住|吃|打|想|再|说|叫|在)*$", before) and not re.search(
        r"(?:不是没|是不是|要不|对不)$", before
    ):
        return True
    clause = before + text[mention.start : mention.end]
    if not affirmed(clause, len(before), len(clause)):
        return True
    if re.search(r"(?:哪里?|咋能|怎么能)[\u4e00-\u9fff]{0,2}$", before) or re.match("个?(?:啥|什么|鬼|屁)", after):
        return True  # 哪里睡得好哦, 满意啥呀
    if mention.end - mention.start == 1 and re.search(r"(?:没有?|不)[\u4e00-\u9fff]?$", before):  # 没睡好
        return True
    if UNABLE.match(after) or CANNOT.match(after):
        return True
    if A_TIME.search(text[mention.start : mention.end]) and TAKEN_UP.match(after):
        return True
    return bool(re.match(rf"(?:倒|我|都|也|就|的|嘛|这个|那个)*(?:{denied_after})", after))


def picked(text: str, mentions: Sequence[Mention]) -> Mention | None:
    """The one option that is left, or that a correction or a mark singles out."""
    kept = [each for each in mentions if not each.denied and not _turned_down_later(each, mentions)]
    if not kept:
        return None
    if len({each.key for each in kept}) == 1:
        return kept[0]
    last = kept[-1]
    between = text[kept[-2].end : last.start]
    if "还是" in between and not re.search(r"[，,。.；;！!？?…]", between):
        return None  # 火车还是汽车: the question said again
    if any(word in between for word in choice_words()["corrections"]):
        return last
    chosen = [each for each in kept if re.match("(?:吧|最好|合适|方便|好一点|好些)", text[each.end :])]
    if len({each.key for each in chosen}) == 1:
        return chosen[0]
    marked = [each for each in kept if any(text[: each.start].endswith(mark) for mark in choice_words()["marks"])]
    return marked[0] if len({each.key for each in marked}) == 1 else None


def _turned_down_later(mention: Mention, mentions: Sequence[Mention]) -> bool:
    """九号吧，哦不对九号我要去女儿家: taken, and then not."""
    return any(each.denied and each.key == mention.key and each.start > mention.start for each in mentions)


def opposite(groups: Sequence[Sequence[Mention]], choices: Sequence[Choice]) -> Mention | None:
    """The option that says the contrary of the one that was denied: 没睡好 is 不好."""
    for mention in (each for group in groups for each in group if each.denied):
        label = next(choice.label for choice in choices if choice.key == mention.key)
        for choice in choices:
            pair = (label, choice.label), (choice.label, label)
            if any(one == f"{denial}{other}" for one, other in pair for denial in ("不", "没", "没有", "不太", "未")):
                return replace(mention, key=choice.key, confidence=IN_PART, denied=False)
    return None


def excluded(groups: Sequence[Sequence[Mention]], choices: Sequence[Choice]) -> Mention | None:
    """The other one of two, when one was denied; the option for none, when all were."""
    for mentions in groups:
        denied = {each.key for each in mentions if each.denied}
        left = [choice.key for choice in choices if choice.key not in denied]
        if denied and len(left) == 1 and all(each.denied for each in mentions):
            first = mentions[0]
            return Mention(key=left[0], start=first.start, end=first.end, confidence=EXCLUDED)
    return None
