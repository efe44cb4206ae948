"""What residents ask us: 打流感针要不要钱, 停到几点啊. A clause that asks answers nothing, whatever words it holds."""

import re
from collections.abc import Iterator

from nlu.clauses import blanked, clauses
from nlu.own_questions import MAY_ASK
from nlu.reading import Expectation

_MODAL = "可以|能够?|要|会|用|得|需要|该|准|许|让"
_END = "(?:[啊呀呢嘛呐哦哇哩嘞噻咧]|的)*"
# 要不要钱, 疼不疼, 收费不收费
_EITHER_WAY = re.compile(
    rf"(?<![不没冇])(?![时得死])([\u4e00-\u9fff]{{1,3}})[不没冇]\1[^，。]{{0,8}}?{_END}$"
    r"|(?:可不可以|需不需要|有冇|是否)[^，。]{0,10}$"
)
# 我老伴的也要认证吗, 可以叫我女儿去不
_WHETHER = re.compile(
    rf"吗{_END}$|(?:{_MODAL})[^，。]{{2,}}(?:不|没|冇|啵|不啰|不咯)$|[^，。]{{2,}}(?:可以|行|中|成|要得|免费|收费|报销|要钱)(?:不|没|冇|啵)$"
)
_WHICH = re.compile(
    "(?:什么|啥子?|么子|几)(?:时候|时间|时)|几点|几号(?!楼|院|房|门|桌)|哪[一]?[天日]|(?:到|在|去|从|上)哪(?:里|儿|点|块|嗒|个)?|哪[里儿](?=[能可有办交领报看])"
    "|^那[^，。没不]{1,6}呢$|什么地方|啥地方|多少钱|好多钱|几(?:块|多)钱|多长时间|多久|[要得等](?:几|多少)(?:天|个?月|年|个?小时|个?钟头|个?星期)|好久(?=[能才来办发停通])|要多少"
    "|(?:怎么|咋个?|怎样|如何|啷个|哪样)(?:办|弄|搞|走|去|报|领|交|填|写|登记|申请|认证|预约|约|联系|查|缴|算|用|回事|整)"
    "|(?:带|拿|要|交|准备)(?:些|点)?(?:什么|啥子?|么子|么事|哪些)|(?:什么|啥子?|哪些?)(?:材料|手续|条件|证件?|东西|规定|时间|日子)"
    "|[查打办做](?:些|点)(?:什么|啥子?|么子)"
    "|是(?:个|一个)?(?:什么|啥子?|么子)(?:意思|东西|事情?)?[啊呀呢嘛]*$|会(?:怎么?样|咋样|怎样)"
    "|为(?:什么|啥)|哪一?(?:件|桩|回|次)|谁(?:来|在?管|负责|给|送|去)|哪个(?:来|管|负责|给)"
)
# 上回不是登记过了吗: a reproach, and no answer.
_REPROACHES = re.compile("不是[^，。]{0,4}(?:问|说|讲|登记|报|填|打)[^，。]{0,3}过?了?[吗嘛么]|怎么又(?:问|打|登记)")
# 不知道要不要, 看能不能, 哪天去都行, 是几号来着, 啥时候去再说: asks nobody.
_ASKS_NOBODY = re.compile(
    "(?:[不没冇]|不太|唔)(?:知道|晓得|清楚|记得|懂|明白|确定)|[晓记说讲想搞弄]不(?:得|清|准|好|来|明|起)|忘|[看问]看?(?:[^，。]{0,4})(?:[能要有去]不|[有要]没)|无论|不管|管(?:它|他)|随便"
    "|算不算|来着|再说|再看|没定|说不准|想想|(?:什么|啥|哪|谁|几|怎么|咋)[^，。]{0,5}[都也]|[没冇不无](?:有|得)?(?:什么|啥|么子|几|哪)"
    "|不是[^，。]{1,8}[吗嘛么]|^(?:你|您|恁)?(?:是|刚才)?(?:问|说|讲)(?:的|是)*"
)
# 是吧, 对吗: wants us to agree to what was answered.
_TAG = re.compile("^就?(?:是|对|好|行|可以|中|成|要得|没错)(?:不(?:是|对|好|行)?)?[吗吧么嘛不]?[啊呀]?$")
# 改成下午的行不行: proposes, and asks for no more than our consent; 下午行不行 does where there is a choice.
_CONSENT = f"(?:行不行|好不好|可不可以|成不成|中不中|行吗|可以吗|好吗|成吗|中吗){_END}$"
_PROPOSES = re.compile(f"(?:改|换|约|选|定|就)[^，。]{{1,8}}{_CONSENT}")
_PICKS = re.compile(_CONSENT)
# 你会干啥, 你能帮我做些什么: what can be done here.
_OF_US = re.compile("[你您恁]们?(?:都|还|到底)?(?:会|能|可以)(?:[帮给]我?)?[做干办弄](?:些|点)?(?:什么|啥|么子|哪些)")


def questions_in(text: str) -> Iterator[tuple[int, int]]:
    """The half-open ranges of the clauses that ask us something."""
    for start, end in clauses(text):
        clause = text[start:end]
        told_off = reproaches(clause)
        asks_us_nothing = not told_off and any(each.search(clause) for each in (_TAG, _ASKS_NOBODY, _OF_US, _PROPOSES))
        if told_off or (not asks_us_nothing and _asks(clause)):
            yield start, end


def reproaches(text: str) -> bool:
    """Whether we are told off for asking once more."""
    return _REPROACHES.search(text) is not None


def without_questions(text: str, *, choosing: bool = False) -> str:
    """The text without the clauses that ask, in as many characters; who is `choosing` may pick with a question."""
    for start, end in questions_in(text):
        if choosing and _PICKS.search(text[start:end]):
            continue
        text = blanked(text, start, end)
    return text


def takes_up(clause: str, asked: str) -> bool:
    """Whether a clause only takes our question up: 心情好不好……唉."""
    both_ways = _EITHER_WAY.search(clause)
    return both_ways is not None and both_ways[1] is not None and both_ways[1] in asked


def asks_about_it(text: str, pending: Expectation | None) -> bool:
    """Whether the words ask about what we rang for, or at the desk about anything: 要带啥子, 停到几点啊."""
    if pending is None:
        return any(questions_in(text))
    if pending.key.startswith("_") and pending.key != MAY_ASK:
        return False
    return any(not takes_up(text[start:end], pending.asked) for start, end in questions_in(text))


def _asks(clause: str) -> bool:
    return any(each.search(clause) for each in (_EITHER_WAY, _WHETHER, _WHICH))
