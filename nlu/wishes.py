"""What residents want who come in themselves: one thing, or several one after the other, or none that a model knows."""

import re
from collections.abc import Iterator

from nlu.callers import calls_out, without_greeting
from nlu.intents import ACCEPTED_FROM, WISHES, Ranking
from nlu.understood import Wish

# A part of a sentence says less than the whole: it is heard as a second thing only when it is plain.
PLAIN_FROM = 0.5
# With one of these a second thing begins: 还有垃圾也没人收, 顺便问下养老金, 带状疱疹的也想问问.
SECOND = re.compile(
    "还有(?!点|些|人|没有)|另外|顺[便带]|再就是|再(?:一个|问|帮|报|约|投|登|反映)|对了|[还也](?:想|要)(?:问|约|报|投)"
)
PARTS = re.compile(r"[^，。！？,!?；;]+[，。！？,!?；;]*")
# Words in which residents say what they want without a word for it, by what it is; a plan to leave is no return.
SIGNS = {
    "register_return": re.compile(
        r"(?<![想要])(?:从|在|打)[^，。！？]{1,10}回(?:来|屋|家)(?!过年)|(?:刚|才)从[^，。！？]{1,8}(?:回|返)"
    ),
    "help_at_home": re.compile(
        "(?:请|让|叫|喊|找)[^，。！？]{2,12}来(?:一趟|一下|看看|我家|家里)"
        "|[想要找盼][^，。！？]{0,3}人[^，。！？]{0,4}(?:说说?话|聊聊?天|做伴|作伴|陪)"
    ),
    "correct_my_data": re.compile(
        "(?:号码?|手机|电话|地址|名字|住址|人数|人口|岁数|年纪|年龄|生日|门牌)[^，。！？]{0,6}(?:换|改|错|不对|变)了?"
    ),
    "hear_my_data": re.compile(
        "(?:有|存|记|登记)[了着]?(?:些|哪些)?我(?:们?家)?(?:的|什么|啥|哪些)[^，。]{0,3}(?:信息|资料|内容|情况)"
        "|我们?(?:家)?的?(?:信息|资料)[^，。]{0,4}(?:哪些|什么|啥)"
    ),
    "complaint": re.compile("噪音|扰民|太吵|吵死|乱停|占道|占[^，。]{0,4}车位|没人(?:扫|打扫)|臭死"),
    "book_appointment": re.compile("[想要](?:打|接种|约|做|报)[^，。！？]{0,4}(?:疫苗|防疫针|体检)"),
    "repair_request": re.compile(
        "(?<![吓急累饿气忙渴冻乐闷愁吵])坏[了掉得]|不[亮响]|没(?:有)?(?:声音?|图像|画面|信号|反应|动静)|灯(?:又|都|也)?[黑瞎]了|(?:不|没)热|打不着|漏(?:水|雨|了|得)|堵(?:了|住|死)|跳闸|锁不上"
        "|[打开关充点启拉推合锁冲按转插刷放]不[开上着进了出动去起严紧]|(?:没|停|断)[水电]了|掉下来|裂了"
    ),
    "policy_question": re.compile(
        "停不停[水电气]|多少钱|(?:要|用)不(?:要|用)(?:交|办|认证)|(?:咋个?|怎么|怎样|哪[里儿]|能不能|可不可以|还能)[^，。！？]{0,2}(?:(?<!帮)办|领|补?[交缴]|报(?!修)|[换续]|算)"
    ),
}
# 改成下午的吧: a time is moved, and nothing that is kept of them is wrong.
MOVES = re.compile(
    "(?:改|换)(?:成|到|在|个)?[^，。！？]{0,4}(?:上午|下午|早上|晚上|[0-9一二三四五六七八九十]+[号点]|周|星期|礼拜|明天|后天|时间|日子)"
)
# 我儿子过年回来，要不要登记啊: asks whether it has to be.
ASKS_WHETHER = re.compile(
    "(?:[要用]不[要用]|(?:需|须)不(?:需|须)要|是不是(?:要|得)|(?:要|用)(?=[^，。]{0,4}[吗么]))[^，。]{0,4}(?:登记|报备|报告|填|办)"
)
# Who has come, or comes tomorrow, or from where, has one to register all the same.
REGISTERED_NOW = re.compile("[回到]了|回[来家屋][了啦咯]|到(?:家|屋)|[昨前明后]天|刚到|(?:从|打)[^，。]{1,8}[回来]")
# 不想留名字 to who they are; 留个名字就行 wants nothing gone.
KEEPS_NAME = re.compile(
    "(?:不|莫|别)(?:想|愿意?|肯|方便|能|要|用)?[^，。]{0,2}(?:留|说|讲|告诉|透露|报)[^，。]{0,3}(?:名|姓|电话|号码?|是谁)|匿名"
    "|(?:名字?|姓|电话|号码?)[^，。]{0,3}(?:不|莫|别)(?:想|愿|肯|方便|能|要|用)?(?:留|说|讲|告诉|透露|报)"
)
CANCELS = re.compile("取消|退[掉了]|不(?:想|要)?(?:约|打|做|查)[^，。]{0,3}了")
OF_A_PLACE = re.compile("体检|疫苗|预约|约的|打针")
# 我报的那个修了没, 上次反映的事有人管吗: who asks so has told of it before.
_TOLD_BEFORE = "(?:上[次回]|之前|前[几两]天|那天|早先|先前|头回|我)[^，。！？]{0,10}(?:报|投诉|反映|登记|打电话|说)"
_HOW_FAR = "没有?(?=[，。！？?]|$)|吗|咋样|怎么样|哪一步|到哪|(?:什么|啥)时候|几时|多久|还没|进展|处理"
ASKS_HOW_FAR = re.compile(f"{_TOLD_BEFORE}[^。！？]{{0,16}}(?:{_HOW_FAR})")
COMES_BACK = re.compile("回|返|来|到家|登记")
OF_A_MOOD = re.compile("[吓急累饿气忙渴冻乐闷愁]坏")  # 我吓坏了: nothing to mend
MENDED = re.compile("(?<!没)(?<!没有)(?<!还没)(?:修|弄|搞|装|换|通)好[了咯哒]|(?<![不没])通[了咯哒]")  # 灯修好了
# 体检是哪天, and not 我想约个体检，哪天都行
ASKS_WHICH = re.compile("哪[一]?[天日]|几号|几点|什么时候|啥时候|在哪")
WANTS_ONE = re.compile("约|想|要|报名|登记|[给帮]")
NOT_BACK = re.compile("[没冇未](?:有|得|见|看见)?(?:人)?(?:回|到家)|走丢|走失|不见")  # 到现在没回来
NOT_YET = re.compile("打算|准备|想回|要回|下个?月|明天|后天")  # comes home some day
# Small talk and thanks hold no wish by accident: only company that is asked for.
TOLD_OF = frozenset({"repair_request", "complaint", "help_at_home"})
ASKED_FOR_COMPANY = frozenset({"smalltalk", "thanks"})


def find_wishes(text: str, rank: Ranking) -> tuple[Wish, ...]:
    """What is wanted in the words, in the order in which it was said; the words of each beside it."""
    found: list[Wish] = []
    for part in _parts(text):
        intent = _wanted(part, rank, PLAIN_FROM)
        if intent is None or (found and found[-1].intent == intent):
            if found:
                found[-1] = Wish(intent=found[-1].intent, words=found[-1].words + part)
            continue
        found.append(Wish(intent=intent, words=part))
    if len({each.intent for each in found}) > 1:
        return tuple(found)
    whole = _wanted(text, rank, ACCEPTED_FROM)
    return (Wish(intent=whole, words=text),) if whole else tuple(found)


def _parts(text: str) -> Iterator[str]:
    """The words up to each second thing; the clause that holds 也想问问 belongs to what follows."""
    said = ""
    for clause in PARTS.findall(text):
        if said and SECOND.search(clause):
            yield said
            said = ""
        said += clause
    if said:
        yield said


def _wanted(words: str, rank: Ranking, least: float) -> str | None:
    intent, probability = rank(without_greeting(words))[0]
    if calls_out(words):
        return None
    if intent in TOLD_OF and asks_how_far(words):
        return "ticket_status"
    if is_for_a_person(intent, words):
        return "policy_question"
    if intent == "correct_my_data" and not may_be(intent, words):
        return "book_appointment" if OF_A_PLACE.search(words) else None
    if intent in WISHES and probability >= least and may_be(intent, words):
        return intent
    signs = ("help_at_home",) if intent in ASKED_FOR_COMPANY and probability >= least else SIGNS
    found = (each for each in signs if SIGNS[each].search(words))
    return next((each for each in found if each != "register_return" or _has_come(words)), None)


def asks_how_far(words: str) -> bool:
    """Whether the words ask what came of something that was told before."""
    return ASKS_HOW_FAR.search(words) is not None


def _has_come(words: str) -> bool:
    return not (NOT_YET.search(words) or NOT_BACK.search(words))


def is_for_a_person(intent: str, words: str) -> bool:
    """Whether only a person can say or do what sounds like a wish: a place taken back, 要不要登记 of who is to come."""
    if intent == "book_appointment":
        return CANCELS.search(words) is not None
    return intent == "register_return" and ASKS_WHETHER.search(words) is not None and not REGISTERED_NOW.search(words)


def may_be(intent: str, words: str) -> bool:
    """Whether words that sound like a wish may be it: 灯修好了 is no repair, 到现在没回来 no return."""
    match intent:
        case "repair_request":
            return not (MENDED.search(words) or OF_A_MOOD.search(words))
        case "delete_my_data":
            return "删" in words or KEEPS_NAME.search(words) is None
        case "correct_my_data":
            return MOVES.search(words) is None
        case "book_appointment":
            return ASKS_WHICH.search(words) is None or WANTS_ONE.search(words) is not None
        case "register_return":
            return COMES_BACK.search(words) is not None and not NOT_BACK.search(words)
        case _:
            return True
