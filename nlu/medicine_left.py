"""For how many days a medicine lasts: 还剩两天的, 一天一片还有十来片, 够吃到月底, 今天早上吃完了."""

import re
from datetime import datetime

from nlu.dates.finding import find_date, local_time
from nlu.durations import DAY_SECONDS, find_duration, length_of
from nlu.numerals import read_numeral

# Days, and where the words that say so stand.
Left = tuple[float, int, int]

UNITS = "片|粒|颗|丸|包|袋|支|次|顿|板"
NUMBER = r"([0-9零一二三四五六七八九十百两半]+)[多来]?"
SOON_GONE = "(?:没了|没有了|断|吃完|没药|用完|完了)"
NONE_LEFT = re.compile(
    r"(?:药|都|已经|全|早|快)?(?:吃完了|吃光了|用完了|断药|断了|没有了|没了|一片都没|一粒都没|一颗都没|没药|空了|吃没了|打完了)"
)
NOT_YET = re.compile(r"(?:还没|没有|没|快要|快|马上就?)(?:吃完|吃光|用完|断药|断|没药|没了|打完)")
GONE_TODAY = re.compile(r"(?:今[天儿]|今早)(?:早上|早晨|上午|中午|早)?(?:刚刚?|才|都|已经)?(?:吃|用|打)(?:完|光)了")
LAST_TODAY = re.compile(
    r"(?:就|只|还|仅)?剩(?:下)?(?:了)?(?:今天|今儿|今日|今朝|这)(?:的|这)?(?:一|最后一)?(?:片|粒|顿|次|颗|天)?|最后(?:一)?(?:片|粒|顿|次|颗)|今天(?:这)?是?最后"
    r"|(?:就|只)(?:只?有|剩)?(?:今[天儿朝日]个?|今晚|今早)(?:晚上|夜里|黑儿|早上|中午|晌午)?(?:这|那|的)*(?:最后)?一(?:片|粒|顿|颗|次|针|支)"
    r"|就(?:只有)?(?:今天|今儿|今日)(?:这)?一(?:片|粒|顿|颗|次)"
)
ENDS = re.compile(rf"(?P<day>今天|今儿|明天|明儿|后天|后儿|大后天)(?:就|都|也|晚上|早上|一天)*{SOON_GONE}")
UNTIL = re.compile("(?:够|能|吃|用|撑|顶|管)+到")
UNTIL_A_NEAR_DAY = re.compile("(?:够|能|撑|顶|管)[吃用打服]?到(?P<day>今|明|大后|后)[天儿日朝晚个早]")
DAYS_UNTIL = {"今": 1, "明": 2, "后": 3, "大后": 4}
SOME_LEFT = re.compile(r"多着|多的是|有的是|够着|不少|足够|还有好多|还有很多|刚拿|刚开|才买")
LEFT = re.compile(r"剩|够|还能|还可以吃|还有|余|能吃|能顶|撑|顶得|的量|吃得到|吃到")
BEFORE_LEFT = 6  # characters: 三天的量
PER_DAY = re.compile(rf"(?:一天|每天|天天|一日|每日)(?:要?吃|服|用|打)?{NUMBER}(?:{UNITS})")
LEFT_PIECES = re.compile(rf"(?:剩|剩下|剩了|还有|还剩|只有|有)(?:最后)?{NUMBER}(?:{UNITS})(?!药?一天)")

# Medicine, and that little or none of it is there, clauses apart: 俺那降糖药，叫二甲双胍，瓶底就剩俩了，将够今儿吃.
_MEDICINE = re.compile(
    "药(?!店|房|铺|水池)|胰岛素|[片丸](?!段|儿地)|胶囊|治[^，。]{1,6}(?:病|压|糖|心脏|头痛)的|[降控稀抗护调通化][^，。药]{0,3}(?:压|糖|脂|凝|血|心|率|栓)[^，。]{0,2}的|救心"
    "|倍他|洛尔|双胍|地平|沙坦|他汀|普利|缓释"
)
_PIECE = "[片颗粒丸支针包袋瓶板顿]"
_FEW = f"(?:[一半][{UNITS.replace('|', '')}针瓶格]|[俩两二]{_PIECE}?(?!个?[天月周瓶盒板人位])|底)"
_RUNS_OUT = re.compile(
    f"(?:就|只|才|仅|净|光)(?:剩|有|得)?下?(?:了|得|这|那)*(?:今[天儿晚朝日黑][早晚]?[上个儿黑]?)?(?:的|这|那)*(?:最后)?{_FEW}|剩(?:下)?(?:了|得)?{_FEW}|见底|底朝天"
    "|(?:吃|打|用|服|喷|吸|滴|抹|喝|贴)(?:光|完|净|没)(?:了|哒|咯|咧|哩|嘞|喽|啦)(?![，,]?(?:再|就去|才去|会))|(?:够|管|顶)(?:[吃用打服]?到|[吃用打服])?今[天儿朝日晚]|(?:就|只|才|将|刚)(?:够|管|顶|能)[吃用打服]?到明[天儿朝日早]|最后一"
    f"|一{_PIECE}(?:都|也)(?:不剩|没|冇)|(?:不|没|冇)剩(?:了|下|哒|咯)"
    "|(?:[今明后昨][天儿晚日朝个]|已经|早就|都|又)[^，。]{0,5}断(?:了|咧|哒|顿|药|咯)|(?:瓶|盒|罐)[^，。]{0,5}空(?:了|哒|咯|咧|的)"
)
# 瓶子里只剩两粒了 … 配不了药
_FEW_PIECES = re.compile("(?:就|只|才|仅|净|光)(?:剩|有|得)下?(?:了|得)?(?:最后)?[一半两俩][片颗粒丸针支]")
_FETCHED = re.compile("(?:又|刚|才|新)[^，。没不]{0,4}(?:开|买|拿|取|配|领|送)(?:了|来|的|哒|回)")
_REFILLED = re.compile(
    f"{_FETCHED.pattern}|还有[^，。]{{0,3}}(?:盒|瓶|板)|(?:不|没)(?:愁|缺)|有的是|多着|够吃(?!到?[今明])|吃不完"
    "|(?:感冒|咳嗽|止咳|消炎|退烧|眼|膏|农|补)药|(?:吃|用|打)(?:完|光)了?[，]?(?:就|也)?(?:好|见效|不[咳疼痛烧])"
)
_STOCK = re.compile(
    f"{_RUNS_OUT.pattern}|(?:就|只|还)(?:是)?(?:这|那)(?:一|半|俩|两)|(?:吃|打)(?:了|完)[^，。]{{0,4}}就?(?:没|冇|断)|没药|冇药|空[瓶盒]|一{_PIECE}(?:都|也)(?:没|冇)"
    "|不剩|没剩|[瓶盒罐板][^，。]{0,6}(?:倒不出|空|翻|光|扔)|(?:没|冇|没得|冇得)人(?:给|帮|替|去)?[我俺额]?(?:捎|买|取|拿|带|开|送|跑腿)"
)


# She has fetched it, there it lies in the drawer: 上午买了四盒回来, 翻出来一整盒, 够吃个把月.
_THERE_AFTER_ALL = re.compile(
    "(?:买|拿|取|配|领|送|带|捎|寄|翻|找|寻)[^，。没不]{0,6}(?:回来|出来|来(?:了|哒|咯|一|两)|到了)|(?<![没冇得])有药(?:了|哒|咯|咧|的)|药有(?:了|哒|咯|咧)|一?整[盒瓶板包袋]"
    "|(?:不|没|冇|唔)(?:愁|缺|差|断)(?:了|药)|(?<![不没])(?:够|管)(?:吃|用)"
)


# 还有半盒, 就一瓶
_COUNTED = re.compile(
    "(?:有|剩|就|只|还)(?:下|了|得|着|个)*[半几好0-9一二两三四五六七八九十]+(?:多|来|几)?(?:盒|瓶|板|片|粒|颗|袋|包|支|罐)"
)


def there_after_all(text: str) -> bool:
    """Whether the words tell that medicine is there: 老伴儿翻出来一整盒，这回不缺了."""
    return _THERE_AFTER_ALL.search(text) is not None


def tells_of_stock(text: str) -> bool:
    """Whether the words are about how much medicine is there, or who fetches it: 就这一颗，没人给捎."""
    return _STOCK.search(text) is not None


def how_much(text: str) -> re.Match[str] | None:
    """The words that count what is there, and not for how long it lasts: 还有半盒."""
    return _COUNTED.search(text)


def fetched_since(text: str, end: int) -> bool:
    """Whether more was fetched by what the text tells from `end` on: 药吃完了，昨天又开了一个月的."""
    return _FETCHED.search(text, end) is not None


def runs_out(text: str) -> tuple[int, int] | None:
    """Where the text says that a medicine which it names runs out; None where more has come."""
    named = _MEDICINE.search(text)
    out = (_RUNS_OUT.search(text, named.start()) or _FEW_PIECES.search(text)) if named else None
    return None if out is None or _REFILLED.search(text) else out.span()


def days_left(text: str, *, at: datetime) -> Left | None:
    """For how many days it lasts, today counted, 0 when none is left; None where the text does not say."""
    gone, last = GONE_TODAY.search(text), LAST_TODAY.search(text)
    if gone is not None:
        return 0.0, *gone.span()
    if last is not None:
        return 1.0, *last.span()
    return _ends(text, at) or _until(text, at) or _counted(text) or _lasting(text) or _none(text)


def until_a_near_day(text: str) -> float | None:
    """The seconds for which it lasts, today counted, where it ends on a day close by: 就够吃到今儿晚上了."""
    until = UNTIL_A_NEAR_DAY.search(text)
    return DAYS_UNTIL[until["day"]] * DAY_SECONDS if until else None


def some_left(text: str) -> re.Match[str] | None:
    """The words that say that there is some, but not for how long: 还多着呢, 还有一盒."""
    return SOME_LEFT.search(text) or LEFT.search(text)


def _ends(text: str, at: datetime) -> Left | None:
    """明天就没了: lasts until the day before, today at least."""
    ends = ENDS.search(text)
    days = None if ends is None else _days_to(ends["day"], at)
    return None if ends is None or days is None else (max(days, 1.0), *ends.span())


def _until(text: str, at: datetime) -> Left | None:
    """够吃到后天, 还够吃到月底: that day counts."""
    until = UNTIL.search(text)
    if until is None:
        return None
    days = _days_to(text[until.end() :], at)
    return None if days is None or days < 0 else (days + 1, *until.span())


def _days_to(words: str, at: datetime) -> float | None:
    """The days from today to the day that the words begin with."""
    day = find_date(words, at=at, prefer="future")
    if day is None or day.start > 0:
        return None
    return float((datetime.fromisoformat(day.value["candidates"][0]).date() - local_time(at).date()).days)


def _counted(text: str) -> Left | None:
    """还剩六片，一天两片."""
    pieces, daily = LEFT_PIECES.search(text), PER_DAY.search(text)
    if pieces is None or daily is None:
        return None
    count, rate = _number(pieces[1]), _number(daily[1])
    return (count / rate, pieces.start(), max(pieces.end(), daily.end())) if count is not None and rate else None


def _lasting(text: str) -> Left | None:
    """还能吃一礼拜, 三天的量; 一天一颗 tells no length that is left."""
    told = PER_DAY.sub(lambda daily: "，" * len(daily[0]), text)
    for mark in LEFT.finditer(told):
        length = find_duration(told[mark.start() :]) or find_duration(
            told[max(0, mark.start() - BEFORE_LEFT) : mark.end()]
        )
        if length is not None:
            return length_of(length) / DAY_SECONDS, mark.start(), min(len(text), mark.start() + length.end)
    return None


def _none(text: str) -> Left | None:
    none, not_yet = NONE_LEFT.search(text), NOT_YET.search(text)
    if none is None or (not_yet is not None and none.start() < not_yet.end()):
        return None
    return 0.0, *none.span()


def _number(words: str) -> float | None:
    if words == "半":
        return 0.5
    numeral = read_numeral("二" if words == "两" else words.replace("半", ""))
    return numeral.value if numeral is not None else None
