"""Whether somebody takes us for a fraud, in whatever words."""

import re
from functools import cache

from nlu.lexicon import load

CALLS_US = re.compile(
    "(?:不说|你们?|恁们?|就|怕|莫|别|准|肯定|八成|一看|多半|怕不|该不会|不会)(?:就|都|怕|不|会)*是(?:个|一伙|一帮|搞|什么|啥)?(?:骗子|诈骗|骗人|骗钱|骗)"
    "|骗子(?:吧|嗦|哇|呗|么|不|啵|噻)|你们?(?:这|这些|这帮|这伙|这号)?(?:人)?(?:骗子|是骗|搞诈骗)|一伙(?:儿)?的"
)

# 再也不准打到我屋里来, 不许你再往家里打; 别打我的主意 is about no call.
NEVER_AGAIN = re.compile(
    "(?:别|莫|甭|休想|勿要|覅|不要|不准|不许|不得|不用|唔好|唔准|少)[^，。！？]{0,6}"
    "(?:打(?=来|过来|嚟|电话|到|了|哒|咯|[给往]|这|[我俺额]?[家屋]|[，。！？]|$)|来电)"
    "|再(?:敢)?打[^，。！？]{0,4}[，]?[^，。！？]{0,3}(?:报警|投诉|举报|不客气)"
)


def forbids_calls(text: str) -> bool:
    """Whether the words want no call ever again: 以后再也不准打到我屋里来."""
    return NEVER_AGAIN.search(text) is not None


def speaks_of_fraud(text: str) -> bool:
    """Whether the words speak of fraud, of its tricks, of money lost to it, or of having been warned."""
    return _signs().search(text) is not None


def calls_us_that(text: str) -> bool:
    """Whether it is we who are called a fraud: 你们就是骗子, 骗子嗦."""
    return CALLS_US.search(text) is not None


@cache
def _signs() -> re.Pattern[str]:
    return re.compile("|".join(sign for signs in load("suspicion.yaml").values() for sign in signs))
