"""Heat that is not of the body: the stove, the weather, a dish. It tells of no fever."""

import re

from nlu.clauses import blanked, clauses
from nlu.reading import Expectation
from nlu.subject import symptoms_said

_SENTENCE = re.compile(r"[^。！？!?；;]+")
_OF_NO_FEVER = re.compile("烧(?=饼|鸡|烤|酒|麦|卖|鹅|腊|香|纸)|(?<=红)烧|热(?=饭|菜|粥|面|炕|闹|心|情)")  # 烧饼, 热饭
_DISHES = "(?:稀饭|早饭|午饭|晚饭|饭|开水|水|菜|汤|粥|茶|鱼|肉|锅|壶|灶|炉|饺子|柴)"
_COOKING = re.compile(
    rf"烧[^，。]{{0,5}}{_DISHES}|(?:灶|炉|锅|壶|炕)[^。]{{0,6}}烧|烧[香纸柴炕荒炭窑]|[炷柱根支]香|初一十五"
    "|纸钱|元宝|冥[币钞]|[刀捆沓叠摞]纸|上坟|坟[头上前]|烧寒衣|秸秆"  # 给俺娘烧罢啦，买了两大捆纸
    "|给[^，。]{0,3}(?:[爹娘爸妈爷奶祖]|先人|老人|老头子?|老伴)[^，。热体]{0,3}烧"
)
# Beside talk of the stove these still mean the body.
_OF_THE_BODY = re.compile("发烧|身上|体温|[人我他她]烧|(?<![咋怎么])[不没冇未退]烧|低烧|高烧|烧得|烧到")
# 热死了这天, 屋里热得很; 昨天有点热 may be the body.
_WEATHER = re.compile(
    "(?:(?<![昨前两三几])天|屋|房|外[面头]|太阳|夏|车[里上]|空调)[^，。！？]{0,4}热|热[死得]?[^，。！？]{0,3}(?:天(?!了)|屋)"
)
_BODY = re.compile("身|额|头|脸|[手脚]心|脑壳|[我俺他她人](?!们|家|屋|这)[^屋房]{0,3}热|有点热|量|度")
_OTHER = "某"  # stands for a character that is not to be read


def without_other_heat(text: str, pending: Expectation | None) -> str:
    """The text, in as many characters, in which 烧 and 热 are only of the body.

    Where a fever is asked for, sentences about the stove go as a whole: 烧了烧了，刚烧的稀饭.
    """
    if pending is not None and "烧" in pending.asked:
        text = _without_cooking(text)
    else:
        text = _COOKING.sub(lambda said: said[0].replace("烧", _OTHER), text)
    for start, end in clauses(text):
        clause = text[start:end]
        if _WEATHER.search(clause) and not _BODY.search(clause):
            kept = clause.replace("热", _OTHER)
            text = text[:start] + kept + text[end:] if symptoms_said(kept) else blanked(text, start, end)
    return _OF_NO_FEVER.sub(_OTHER, text)


def _without_cooking(text: str) -> str:
    """烧啊？烧了 beside sentences about the stove is about it as well, unless it names the body."""
    if not _COOKING.search(text):
        return text

    def without(said: re.Match[str]) -> str:
        stove = "烧" in said[0] and not _OF_THE_BODY.search(said[0])
        return "，" * len(said[0]) if stove or _COOKING.search(said[0]) else said[0]

    return _SENTENCE.sub(without, text)
