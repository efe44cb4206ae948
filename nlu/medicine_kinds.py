"""Which medicine the words are about: what is taken day by day is asked for, not what was bought for a cold."""

import re

from nlu.reading import Expectation, Reading

_ASKS_STOCK = re.compile("药[^。]{0,12}(?:够|还能吃|还剩|剩多少|用完|吃完)|够[^。]{0,6}药")
# Taken for a few days, put on the skin or eaten for strength.
_FOR_A_WHILE = (
    "(?:感冒|伤风|流感|咳嗽|止咳|化痰|消炎|退烧|退热|肠胃|拉肚子|止泻|眼|鼻炎|皮肤|外用|擦的?|抹的?|跌打|驱虫|农|补)药[水膏]?"
    "|膏药|药膏|药酒|糖浆|冲剂|含片|板蓝根|钙片|鱼油|维生素|维[他生]命|保健品|补品|阿莫西林|头孢\\w{0,2}|消炎片|红花油|风油精|创可贴"
)
_STOCK = (
    "(?:(?:吃|用|贴|打|喝|擦|抹|滴)[完光没]|没(?:有|得)?(?:了|哒|咯|$|(?=[，。]))|冇得?|见底|断|不够|够|多着|不多|快[没完]"
    "|(?:还|就|只|也)?(?:有|剩)[^，。！？]{1,6})"
)
_STOCK_OF_ANOTHER = re.compile(
    f"(?:{_FOR_A_WHILE})[^，。！？]{{0,3}}[，,]?(?:是|倒是|也|都|已经|早就?|刚刚?|[今昨前][天儿])*{_STOCK}(?:了|哒|咯|的|呢)*"
)
# 一种够，一种不够: asked whether it lasts, the one that does not is meant.
_ONE_OF_THEM = re.compile(
    "(?:一[种样个]|有的|有些|有一?[种样个]|另一?[种样个])[^，。！？]{0,8}?(?:不[太大]?够|没了|没有了|快[没完]|[吃用打]完|断|见底|不多)"
)
_SURE = 0.8  # of a reading: one of several is named as short


def of_usual_medicine(text: str, asked: tuple[Expectation | None, ...]) -> str:
    """The text without what it tells of the stock of other medicine, where the usual one is asked for."""
    if not any(each is not None and _asks_stock(each) for each in asked):
        return text
    return _STOCK_OF_ANOTHER.sub(lambda told: "，" * len(told[0]), text)


def one_runs_short(text: str, pending: Expectation) -> Reading | None:
    """A no to whether the medicine lasts, where it is said that one of several does not."""
    short = _ONE_OF_THEM.search(text) if _asks_stock(pending) else None
    return Reading(value="no", span=short.span(), confidence=_SURE) if short else None


def _asks_stock(question: Expectation) -> bool:
    return question.kind == "yes_no" and _ASKS_STOCK.search(question.asked) is not None
