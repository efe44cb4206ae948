"""Whom of the community's workers a resident asks for: 王网格员, 小陈, 刘卫红, 上回来我家的那个姑娘."""

import re

from nlu.pinyin import syllables

TITLES = "网格员|网格长|主任|书记|师傅|同志|大?姐|大?哥|医生|干事"
_HAN = "[\u4e00-\u9fff]"
_NAMED = re.compile(
    f"[小老阿](?![师板人伴头爷奶婆公乡家孩区]){_HAN}|{_HAN}(?:{TITLES})|网格员[^，。！？]{{0,2}}{_HAN}"
    f"|(?:[找叫喊让请]|转给?)(?!人工|真人|活人|个|别人|大人|谁|[你他她我]们|人[来接])"
    f"{_HAN}{{2,3}}(?=来|接|给|联系|[跟和]我|[，。！]|$)"
)
_ASKED_FOR = re.compile("[找叫喊让请要]|转|跟|和|给")
CAME_BEFORE = re.compile(
    "(?:上[回次]|上个?(?:月|星期|周|礼拜)|那[天回次]|[昨前]天|以前|老)[^，。！？]{0,6}[来上到][^，。！？]{0,6}(?:的|过)"
)


def may_name_a_worker(text: str) -> bool:
    """Whether the words may ask for somebody in particular; whose name it is, only the registry knows."""
    named = _NAMED.search(text) or CAME_BEFORE.search(text)
    return named is not None and _ASKED_FOR.search(text) is not None


def is_named(name: str, text: str) -> bool:
    """Whether a worker of this name is meant: by the full name as it sounds, or by surname with 小, 老 or a title."""
    surname = re.escape(name[:1])
    if re.search(f"[小老阿]{surname}|{surname}(?:{TITLES})|网格员[小老]?{surname}", text):
        return True
    whole, said = syllables(name), syllables(text)
    return len(whole) > 1 and any(said[at : at + len(whole)] == whole for at in range(len(said)))
