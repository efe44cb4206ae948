"""Whether a danger is over, in the reply to 现在还是这样吗: 现在不喘了，气匀得很; 缓过来了; 筷子拿得住了."""

import re

from nlu.clauses import clauses
from nlu.found import LIKELY
from nlu.reading import Reading

_NOW = "(?:现在|现时|这会儿?|这阵子?|这哈子?|这下|今[天儿朝早]|早就?|已经|就|都|倒是?|也|全|一点|[哦嗯哎啊])*"
# What hurts or runs stops; 不能动了 and 不说话了 are no such thing.
_ENDS = "[疼痛闷喘晕昏麻流咳吐抽烧烫热堵慌抖肿酸胀憋压揪绞冒呕拉泻痒咯颤跳歪漏着燃哆吵闹打骂]|难受|恶心|出血|犯"
_NO_LONGER = re.compile(
    f"^{_NOW}[^，。没不还又想]{{0,3}}(?:不|冇|唔|勿|没再?)(?:怎么|咋|太|大|再|那么)*(?:{_ENDS})[^，。]{{0,2}}[了哒咯啦嘞咧哩]"
)
_BETTER = re.compile(
    "(?:缓|歇|醒|熬|挺|顺|抗|喘)过(?:来|劲|气|去)|过(?:去|劲)了|松(?:快|活|泛|爽|劲)|气(?:也|都)?(?:顺|匀|平)|利索|止住|通(?:畅)?了|捋?直了|清楚了|[听使]使?唤"
    "|(?:能|会)[^，。不没]{1,5}了|舒(?:服|坦)|精神了|平稳|[拿端站走说讲抬动喘]得(?:住|稳|了|动|匀|清|起)|跟没事|没事人"
)
_DOES_AGAIN = (
    "[去扫拖洗浇喂买跳修干逛遛]|(?:吃|喝|睡)了|下(?:楼|地|田|床)|倒(?:了|完|过)|做(?:了|完)|打(?:了|牌|麻将|扫|太极)"
    "|[择摘洗切炒]菜|出(?:去|门)|上(?:街|楼)|散步|收拾"
)
_NOT_SO = re.compile(f"[没不冇唔别莫]|还(?!{_DOES_AGAIN})|难得|哪")
_GOES_ON = re.compile(
    "断[^，。]{0,3}截|一句话[^，。]{0,6}(?:断|歇|停)|(?:楼|级|路|步)[^，。]{0,6}(?:歇|停|喘|抖|企)"
    f"|还(?!好|行|可以|成|中|没[有得]?[^，。]{{0,4}}过|{_DOES_AGAIN})|没(?:好|缓|退|醒|反应)|不见好|一直|仍|老样子|又(?:来|疼|痛|闷|喘|犯|晕|抽|流)|有时候|越来越|更(?!好)"
    "|不(?:能|得行|行|中|会(?!了)|动|应|醒|出气|说话|认人)|[动走站说讲抬睁咽]不(?:了|动|来|起|开|下|出|稳|住)|拿不|[站走]不"
)

# 天天都这么想, 天一黑就想: how often it comes back.
_COMES_BACK = re.compile(
    "(?:天天|日日|夜夜|[每成整]天|[每整][夜宿晚日]|时时|时刻|一天到晚|从早到晚|老是?|总是?|一直|经常|常常|动不动|一[^，。]{1,3}就)"
    f"[^，。没不]{{0,4}}(?:想|[这那恁]么?样|{_ENDS})|^(?:就|是|都|还|也|真)*[这那恁]么(?:样)?想"
)


def goes_on_as_before(text: str) -> bool:
    """Whether the words tell that it is as it was: 还喘着呢, 走两步就得歇; 刚还下楼倒了垃圾 tells that it is not."""
    return _GOES_ON.search(text) is not None


def says_how_it_is(text: str) -> Reading | None:
    """A no where it is said to be over, a yes where it comes back day by day; None where the words tell neither."""
    over, comes_back = says_it_is_over(text), _COMES_BACK.search(text)
    if over is not None or comes_back is None:
        return over
    return Reading(value="yes", span=comes_back.span(), confidence=LIKELY)


def says_it_is_over(text: str) -> Reading | None:
    """A no where one clause says that it is no longer so or that one is better, and none that it goes on."""
    parts = list(clauses(text))
    over = [span for span in parts if tells_of_better(text[slice(*span)])]
    others = (text[slice(*span)] for span in parts if span not in over)
    if not over or any(map(goes_on_as_before, others)):
        return None
    return Reading(value="no", span=over[0], confidence=LIKELY)


def tells_of_better(clause: str) -> bool:
    """Whether one clause says that it is no longer so, or what one can do again: 胳膊也抬得起来."""
    better = _BETTER.search(clause) is not None and _NOT_SO.search(clause) is None
    return better or _NO_LONGER.search(clause) is not None
