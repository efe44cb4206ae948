"""Whose body a clause is about: 孙子发烧, 我老伴三十八度五 answer nothing about the person who is asked."""

import re

from nlu.clauses import blanked, clauses
from nlu.reading import Expectation
from nlu.relations import others_mentioned
from nlu.subject import symptoms_said

# Values of one body: of somebody else's they say nothing about the person who is asked.
_OF_ONE_BODY = frozenset({"yes_no", "temperature", "blood_pressure", "glucose"})
_FIGURES = frozenset({"temperature", "blood_pressure", "glucose"})
_A_FIGURE = re.compile("[0-9零一二三四五六七八九十百两]{2,}|度")
_I_TOO = re.compile("[我俺咱](?!的?(?:老伴|老头|老公|老婆|儿|女|闺|孙|外孙|媳|妈|爸|爹|娘|姐|妹|哥|弟|邻|家))")
_SOMEBODY_ELSE = re.compile(
    "(?<![我俺]和)(?<![我俺]跟)(?:老伴|老头子|老公|老婆|儿子|女儿|闺女|孙子|孙女|外孙|媳妇|女婿|孩子|有人|别人|人家|[我俺](?:妈|爸|姐|妹|哥|弟)|邻居|隔壁|同事)[^我俺]*$"
)
# 我老伴说我打鼾，她睡不好: a pronoun for whoever was named before.
_THEY = re.compile("(?:他|她|佢|伊|人家)[^我俺]*$")
_I_AM_THEIRS = re.compile("[我俺](?:是|系)[^，。]{0,5}$")
# 三十七度二……不是，那是我老汉的.
_IS_SOMEBODY_ELSES = re.compile(
    "[…，,。\\s]*(?:不是|不对|[哎啊噢哦]|[…，,。\\s])*(?:那|这|呢)?个?是"
    "(?:[我俺](?!的)[^，。的]{1,5}|[他她佢])的?(?:$|[，,。！…])"
)
# Choices about one body.
_STATE = re.compile("睡|心情|情绪|胃口|精神|吃饭|身体")
_ASKS_OF_ALL = re.compile("家里|家人|有人|有没有人|老伴|孩子|儿子|女儿|老人|一起|同住|谁")


def is_of_somebody_else(expectation: Expectation, text: str, part: tuple[int, int], at: int) -> bool:
    """孙子发烧 does not answer whether the person asked has a fever. `at` is where the value ends."""
    of_one = expectation.kind in _OF_ONE_BODY or (expectation.kind == "choice" and _STATE.search(expectation.asked))
    if not of_one or _ASKS_OF_ALL.search(expectation.asked):
        return False
    start, end = part
    said = text[start:at]
    if _SOMEBODY_ELSE.search(said) is not None or _IS_SOMEBODY_ELSES.match(text, end) is not None:
        return True
    before = text[:start].rstrip("，,")
    if expectation.kind in _FIGURES and not expectation.told_for and _is_said_on(said, before):
        return True
    if said[:1] and before.endswith(said[:1]):  # 他咳，咳得床都晃: goes on about him
        said = re.split("[，。！？,!?]", before)[-1] + said
    return _THEY.search(said) is not None and _named_before(text[:start])


def _is_said_on(said: str, before: str) -> bool:
    """我老伴发烧了，三十八度五: a figure that names nobody is of whoever the clause before it is about."""
    clause = re.split("[，。！？,!?]", before)[-1]
    ill = _SOMEBODY_ELSE.search(clause) is not None and bool(symptoms_said(clause))
    return ill and _I_TOO.search(said) is None and _I_TOO.search(clause) is None


def without_somebody_elses(text: str, expectation: Expectation) -> str:
    """The text without the clauses that tell how somebody else is, and their figures, where one body is asked of."""
    if expectation.kind not in _OF_ONE_BODY or expectation.told_for or _ASKS_OF_ALL.search(expectation.asked):
        return text
    theirs = False
    for start, end in clauses(text):
        clause = text[start:end]
        ill = _SOMEBODY_ELSE.search(clause) is not None and bool(symptoms_said(clause))
        theirs = (ill or (theirs and _A_FIGURE.search(clause) is not None)) and not _I_TOO.search(clause)
        if theirs:
            text = blanked(text, start, end)
    return text


def _named_before(text: str) -> bool:
    """Whether somebody else was named, who is not the speaker: 我是她闺女 names nobody else."""
    return any(_I_AM_THEIRS.search(text[:start]) is None for _, start, _ in others_mentioned(text))
