"""What residents ask of who is on the line: 喂，是社区吗, 我想找一下小李, 你怎么知道我姓名."""

import re

# 喂，是社区吗
_WE = "(?:社区|居委会|村委会|物业|网格)"
_IS_IT_US = re.compile(
    f"(?:喂|哎|你好|您好|请问|[，。！？,?!])*(?:[你您恁]们?)?(?:这?里|这?儿)?(?:(?:是不是|是)[^，。！？]{{0,4}}{_WE}[^，。！？]{{0,3}}|{_WE}[吗么吧嘛])[啊，。！？?]*"
)
_LOOKS_FOR = re.compile(
    "找(?:一?下|个|到)?(?:你们)?(?:那个?|的)?(?:[小老][\u4e00-\u9fff]|[\u4e00-\u9fff](?:主任|网格员|书记|师傅))"
)
_HOW_KNOWN = re.compile(
    "(?:[何点]解|为(?:什么|啥)|凭(?:什么|啥|么子))[^，。！？]{0,3}(?:知道|晓得|知)[^，。！？]{0,2}(?:我|俺)|(?:哪来|哪里来|哪儿?[弄搞]来|哪里?[弄搞]来|[咋怎]么?(?:知道|晓得))的?[^，。！？]{0,4}(?:我|俺)[^，。！？]{0,3}(?:姓|名|号|电话)"
)
# 真是社区的？那你说说我住几号楼: wants to hear what only we could know.
_TESTS_US = re.compile("你(?:倒|就|先|来)?说(?:说|一?下|出来?)?[^，。！？]{0,2}(?:我|俺|咱)(?:住|姓|叫|家|是谁|身份)")
# 你们社区电话多少, 网格员的号码是几号, 怎么联系你们: 我的电话多少 does not.
_US = "(?:[你您恁]们|社区|居委会|村委会|物业|网格员|值班)"
_OUR_NUMBER = re.compile(
    f"{_US}(?![^，。！？]{{0,3}}(?:我|打))[^，。！？]{{0,6}}(?:电话|号码|联系方式|座机)[^，。！？]{{0,3}}(?:多少|几号|是啥|什么|吗|呢|告诉)"
    f"|(?:怎么|咋个?|哪里|打(?:什么|哪个|啥)电话)(?:才?能)?(?:联系|找到?)(?:上|到)?{_US}"
)
# 喂，听得到吗: nothing is asked but whether somebody hears it.
_GREETS = "(?:喂|哎|诶|欸|嘿|[你您]好|[，。！？,!?…\\s])*"
_HEARS_ME = "(?:听得?(?:清|[到见])了?|在(?:听)?|有人(?:在|听)?(?:听)?)(?:吗|么|不在?|没有?)[啊呀]?"
_CALLS_OUT = re.compile(f"{_GREETS}(?:(?:[你您恁]们?|那边|现在|这会儿?|还|能|社区)*{_HEARS_ME}{_GREETS})+")
_AT_THE_DOOR = re.compile(
    "(?:哎|哎呀|喂|等[下会]|我)?[，]?(?:有人|外面|孙子|孩子|我?老伴)?(?:在)?(?:敲门|按门铃|门铃响|来人|来客人?|喊我|叫我|快递到|快递来|水开|锅开|锅糊)[了啦呢啊]*[。！!]?"
)
_HELLO = re.compile("[喂哎嗨]+[啊呀]?[，。！？,.!?喂哎啊]*")
_GREETING = re.compile(
    "^(?:(?:喂|哎|[你您]好|早上好|[上下]午好|请问|[哦噢]?对了|[那这]个|是这样)[啊呀哈哇的]?[，。！,!\\s]+)+(?=\\w{3})"
)
# 那个…那个啥来着: looks for the words.
_HESITATES = re.compile(
    "(?:[那这]个?|啥|什么|叫|来着|就是|怎么|咋|说|呢|呀|啊|哎|嗯|呃|[，。…—、？?\\s])+(?<=来着|说呢|那个|那啥|就是)[，。…—？?]*"
)


def asks_our_number(text: str) -> bool:
    """Whether it is asked how the community can be rung."""
    return _OUR_NUMBER.search(text) is not None


def hesitates(text: str) -> bool:
    """Whether the words only look for words."""
    return _HESITATES.fullmatch(text) is not None


def is_called_to_the_door(text: str) -> bool:
    """Whether the words only say that somebody is at the door, or that something on the stove cannot wait."""
    return _AT_THE_DOOR.fullmatch(text) is not None


def without_greeting(text: str) -> str:
    """What is said behind a greeting or a run-up: 我问下你们几点下班, of 你好啊，我问下你们几点下班."""
    return _GREETING.sub("", text)


def calls_out(text: str) -> bool:
    """Whether the words only make sure that somebody hears them."""
    return (_CALLS_OUT.fullmatch(text) or _HELLO.fullmatch(text)) is not None


def asks_whether_it_is_us(text: str) -> bool:
    """Whether the words do no more than greet and ask who is there."""
    return _IS_IT_US.fullmatch(text) is not None


def looks_for_somebody(text: str) -> bool:
    """Whether somebody in particular is looked for, by surname or title."""
    return _LOOKS_FOR.search(text) is not None


def asks_how_we_know(text: str) -> bool:
    """Whether it is asked where the name or the number comes from."""
    return _HOW_KNOWN.search(text) is not None


def tests_us(text: str) -> bool:
    """Whether something is to be said that only the community could know."""
    return _TESTS_US.search(text) is not None
