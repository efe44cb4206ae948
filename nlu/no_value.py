"""Why somebody who was asked for a value gave none: they do not know, did not measure, do not want to say."""

import re

from nlu.normalise import Normalised
from nlu.reading import NotRead, Reason

_UNKNOWN = re.compile(
    r"(?![搞弄]不来)(?:记|背|搞|弄|说|分|想|算|讲|摸|闹)不(?:太|大|很)?(?:清楚?|得|准|好|上来?|明白|起来?|下来|出来?|来|到|住)|不(?:太|大|很)?(?:记得|知道|晓得|清楚|确定|明白|懂)"
    r"|[忘][记了掉](?!说|讲|告诉|跟你)|没(?:太)?(?:记住|注意|留意|印象|数)|[冇未]记得|唔知|唔记得|唔清楚|谁知道|谁记得|哪(?:个|里|儿)?(?:知道|晓得|记得)|[晓]不得|拿不准"
)
_NOT_MEASURED = re.compile(
    r"(?:没|没有|冇|冇得|未|还没|没得|没顾上|忘了|忘记|懒得|不曾|没法)(?:有|得|去|来得及|给|怎么|自己|好好)?"
    r"(?:量|测|称|试|查|数|探|夹|过秤|检查|监测|验|扎)(?!力)|试纸[^，。]{0,2}[完光没]|[没冇][有得]?(?:体温计|温度计|血压计|血压仪|血糖仪|秤)|(?:量|测)(?:那|这|它)?(?:个|玩意儿?|东西)?(?:搞|做|干|有)(?:么|啥|什么|咩)|[量测探试]不(?:了|成|得|来)|不[量测]|没得量|(?:哪|哪里|哪儿|边)(?:有|得|顾得上|来)[^，。]{0,5}[量测探试]|(?:没|冇|没得|冇得)[^，。]{0,2}(?:工夫|功夫|时间|空|闲)[^，。]{0,2}[量测探试]"
)
_REFUSED = re.compile(
    r"不(?:想|愿意?|方便|便|能|可以|要|肯|乐意|打算)(?:跟你|给你|对你)?(?:再)?(?:说|讲|告诉|提供|回答|透露|报|给)|不告诉|凭什么|保密|隐私|问这个干|关你"
)


def why_not(plain: Normalised, *, otherwise: Reason = "not_an_answer") -> NotRead:
    """The reason that the words give, else `otherwise`."""
    reasons: tuple[tuple[re.Pattern[str], Reason], ...] = (
        (_NOT_MEASURED, "not_measured"),
        (_UNKNOWN, "unknown"),
        (_REFUSED, "refused"),
    )
    for pattern, reason in reasons:
        words = pattern.search(plain.text)
        if words:
            return NotRead(reason=reason, span=plain.span(words.start(), words.end()))
    return NotRead(reason=otherwise)


def says_unknown(text: str) -> bool:
    """Whether a normalised text says that the speaker does not know or remember."""
    return _UNKNOWN.search(text) is not None
