"""Whether a danger that was named is meant: denied, imagined, long over, and about whom."""

import re
from typing import Literal

Whose = Literal["self", "family", "neighbour"]
When = Literal["now", "recent", "past_over"]

_BREAKS = "，。！？；,!?;\n"
_PART = re.compile(f"[{_BREAKS}]")
_SENTENCE_ENDS = re.compile("[。！？!?\n]")

_FILLERS = (
    "(?:什么|啥子?|么子|么事|任何|再|又|有|觉得|感觉|感到|出现|发生|碰到|遇到|犯|怎么|咋|太|很|那么|这么|大|会|是|过|的|"
    "那种|这种|这些|那些|情况|个|一直|老是|经常|跟|和|或者?|还|着|被|让)*"
)
_DENIAL = "(?:没有?|没得|冇得?|冇|不|无|未|并非|从来没有?|从没|哪有|哪里有|哪会|唔|[没每美梅妹媒煤霉玫枚眉][有由友油右又佑忧]|(?:从来|从)[没每美梅妹霉玫])"
_DENIED_BEFORE = re.compile(f"{_DENIAL}{_FILLERS}$")
_NOT_A_DENIAL = re.compile(
    "(?:不知道?|不晓得|不清楚|不光|不仅|不但|不只|不停|不断|不时|止不住|忍不住|不对劲?|差点没|不是没有?|不得不|要不|动不动|"
    f"不一会儿?|不好了?|对不起|了不得|不得了|没办法|没想到|没注意|不小心|不舒服){_FILLERS}$"
)
_DENIED_INSIDE = re.compile(r"^(?:也|都|倒|是|又|并|从来|从|一点也?|一点都|现在|还|啊|呢)*(?:没有?|没得|冇得?|不(?!停|断|时|舒服|知|晓|行)|唔)")
_DENIALS_BEFORE_A_WORD = ("不", "没", "没有", "冇", "冇得", "唔", "不太", "不怎么")
_DENIED_AFTER = re.compile(
    r"^(?:什么的|啥的|这些|那些|这种|之类的?|这样的|情况|现象|症状|毛病|那|这|倒|都|也|就|是|的|我|从来|过|可|一个)*"
    rf"(?:没有?|没得|冇得?|不会|不是|不存在)(?:的|啊|呢|过|了|呀|哈|哦|哟|出现|发生|一个)*(?=$|[{_BREAKS}])"
)
_ASKED_BOTH_WAYS = re.compile(r"(.)[不没]\1")
_DENIED_LATER = re.compile(
    r"^[，,](?:这些|那些|这个|那个|你说的)?(?:我|他|她|情况|症状|毛病|问题)*(?:全|都|通通|统统|一个|一样)(?:也|都)?(?:没有|没得|冇|没)"
)

_SUPPOSED = re.compile("(?:如果|要是|万一|假如|假设|若是|倘若|假使|比方说|比如说|比如|譬如)")
_FEARED = re.compile(
    "(?:怕(?!是)|担心|害怕|小心|当心|防止|预防|免得|省得|以防|避免|提防|注意|千万别|可别|别|莫|不要|不能|防)"
    "(?:再|会|我|他|她|老人|老人家|又|自己|给|把|被|让|孩子|哪天|走路|一不小心|不小心|万一|家里|屋里|地上)*$"
)
_TOLD_ELSEWHERE = re.compile("电视|新闻|抖音|视频里|小说|戏里|戏文|讲座|演习|演练|宣传|海报|报纸|故事|做梦|梦见|梦到|广播里")
_ASKED_ABOUT = re.compile("(?:什么是|什么叫|怎么预防|如何预防|怎么防|怎样防|怎么办理|报销|有没有)[^，。！？]{0,4}$")

_LONG_AGO = re.compile(
    "去年|前年|大前年|以前|从前|过去(?=有|得|也|常|老|曾|那|，)|年轻(?:的)?时候?|小时候|早年|早些年|那年|那时候|当年|曾经|原来|原先|[几好两三四五六七八九十多0-9]+年前?(?!级)|"
    "多年前|上半年|[几两三四五六七八九十好0-9]+个?月前|有一年|前些年|头几年|老早|旧时|细个|后生|开过刀|做过手术|住过院|得过|犯过病"
)
_OF_LATE = re.compile("昨|前天|前晚|前两天|前几天|这两天|这几天|这阵子?|最近|近来|上周|上个?星期|上礼拜|上个礼拜|半夜|夜里|今早|早上|早晨|凌晨|前日|寻日|昨晚")
_RIGHT_NOW = re.compile("现在|这会儿?|这阵|今天|今日|今儿|刚刚?|刚才|正在|马上|突然|忽然|一下子|又|还在|还是|眼下|此刻|头先|而家|还没")
_OVER = re.compile("早好了|早就好|已经好|好利索|治好|痊愈|恢复了|恢复得|没事(?:$|[了儿，。])|没啥事|不要紧|没大碍|后来好|早没事|都好了|不犯了|再没犯|没再犯|出院了")
_SOME_TIME_AGO = re.compile("过(?!来|去|不)|上个?月|月初|上个礼拜|上周|前阵子")

_NEIGHBOUR = re.compile("邻居|隔壁|楼上|楼下|对门|对面|小区里?有?个?人|路边|路上|门口有|有个人|有人|院子里有|老[张王李赵刘陈杨黄周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜]|同事|朋友")
_FAMILY = re.compile(
    "老伴|老头子?|老太婆|老婆子?|老公|爱人|丈夫|妻子|媳妇|我妈|我爸|妈妈|爸爸|妈|爸|奶奶|爷爷|外婆|外公|姥姥|姥爷|公公|婆婆|岳父|岳母|儿子|女儿|闺女|姑娘家|孙子|孙女|"
    "外孙|孩子|伢|娃|哥|姐|弟|妹|叔|伯|婶|姑|舅|姨|女婿|侄|我娘|我爹|俺娘|俺爹|老人家?|老爷子|老太太|我屋里|宝宝|他|她|佢"
)


def is_denied(text: str, start: int, end: int, gap: str) -> bool:
    """Whether the words at start..end are denied or asked about; `gap` is what lies between two words of a pair."""
    before = _part_before(text, start)
    denied = _DENIED_BEFORE.search(before) is not None and _NOT_A_DENIAL.search(before) is None
    after = text[end:]
    return (
        denied
        or _DENIED_INSIDE.search(gap) is not None
        or gap.endswith(_DENIALS_BEFORE_A_WORD)
        or _DENIED_AFTER.search(after) is not None
        or _DENIED_LATER.search(after) is not None
        or _ASKED_BOTH_WAYS.match(text, end - 1) is not None
        or _in_a_denied_list(text, start, after)
    )


def _in_a_denied_list(text: str, start: int, after: str) -> bool:
    """"没有胸闷，喘不上气这些": what follows shows that the denial before the comma holds here too."""
    sentence = _sentence_before(text, start)
    listed = re.match("(?:这些|那些|这样|这种|什么的|啥的|之类|等等)", after)
    return bool(listed and re.search(_DENIAL, sentence)) or bool(
        re.search(f"{_DENIAL}[^{_BREAKS}]{{1,8}}(?:、[^{_BREAKS}]{{1,8}})*、$", sentence)
    )


def is_imagined(text: str, start: int, end: int) -> bool:
    """Whether the words at start..end are supposed, feared, asked about in general, or told of television."""
    part = _part_before(text, start)
    sentence = _sentence_before(text, start)
    return (
        _SUPPOSED.search(part) is not None
        or _FEARED.search(part) is not None
        or _ASKED_ABOUT.search(part) is not None
        or _TOLD_ELSEWHERE.search(sentence) is not None
        or text[end:].startswith(("怎么预防", "的讲座", "险", "知识", "演练", "演习"))
    )


def when_of(text: str, start: int, end: int, *, lasting: bool) -> When:
    """When it happened. `lasting` is for what does not pass by itself: only a past named in the same part counts."""
    part = _part_before(text, start) + text[start:end] + _part_after(text, end)
    sentence = part if lasting else _sentence_before(text, start) + text[start:end] + _sentence_after(text, end)
    if _RIGHT_NOW.search(part):
        return "now"
    if _OF_LATE.search(sentence):
        return "recent"
    over = _OVER.search(sentence) is not None
    if _LONG_AGO.search(sentence) or text[end : end + 1] == "过" or (over and _SOME_TIME_AGO.search(sentence)):
        return "past_over"
    return "recent" if over else "now"


def whose_of(text: str, start: int) -> Whose:
    """About whom: the nearest person named before it in the sentence, else the speaker."""
    before = _sentence_before(text, start)
    neighbour = _last_end(_NEIGHBOUR, before)
    family = _last_end(_FAMILY, before)
    own = max(before.rfind("我") + 1, before.rfind("俺") + 1, before.rfind("自己") + 2)
    if neighbour > max(family, own):
        return "neighbour"
    return "family" if family > own else "self"


def _last_end(pattern: re.Pattern[str], text: str) -> int:
    return max((match.end() for match in pattern.finditer(text)), default=0)


def _part_before(text: str, start: int) -> str:
    return _PART.split(text[:start])[-1]


def _part_after(text: str, end: int) -> str:
    return _PART.split(text[end:], maxsplit=1)[0]


def _sentence_before(text: str, start: int) -> str:
    return _SENTENCE_ENDS.split(text[:start])[-1]


def _sentence_after(text: str, end: int) -> str:
    return _SENTENCE_ENDS.split(text[end:], maxsplit=1)[0]
