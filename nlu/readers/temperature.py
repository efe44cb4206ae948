"""A temperature: 三十七度二, 三十八点五, 36.6差不多, 零下华氏三十一度半."""

import re
from datetime import datetime

from nlu.found import APPROXIMATE, CERTAIN, LIKELY, Found, latest
from nlu.heard import heard_digit, heard_numbers
from nlu.no_value import why_not
from nlu.normalise import normalise
from nlu.numerals import DIGIT_CLASS, NUMERAL_CLASS, as_digits, read_count, read_numeral
from nlu.reading import Expectation, NotRead, Reading

# A living person is between these; a thermometer shows 35 to 42 °C.
BODY_C = (30.0, 45.0)
BODY_F = (86.0, 113.0)
# What weather, water and machines can be, for questions that are not about a body.
ANY_C = (-273.15, 1500.0)
# The whole degrees that stand unsaid in "三七二" and "三十七二".
BODY_TENS = ("3", "4")

_N = f"[{NUMERAL_CLASS}]+(?:[点.][{DIGIT_CLASS}]+)?"
_MINUS = r"(?P<minus>(?:零下|负的?|(?<![0-9度])[-−])\s*)?"
_SCALE = r"(?P<scale{n}>华氏|摄氏|[Ff](?![a-z])|[Cc](?![a-z]))?"
# A recogniser writes 度 as 独, 肚, 渡 and a final 二 as 儿.
_DEGREE = r"(?:°|度|独|肚|渡|毒)"
# The digit after 度 is a tenth, unless it counts something else: 38度2天了.
_NO_COUNT = rf"(?![{NUMERAL_CLASS}]*(?:[个天次年月日号点时小度分片]|星期))"
_MARKED = re.compile(
    _MINUS
    + _SCALE.format(n=1)
    + r"(?P<minus2>(?:零下|负的?|(?<![0-9度])[-−])\s*)?"
    + rf"(?P<whole>{_N})\s*(?P<more>[多来几])?(?:(?P<degree>{_DEGREE})|(?=[FfCc](?![a-z])|华氏|摄氏))"
    + _SCALE.format(n=2)
    + rf"(?:{_DEGREE})?[…—]*(?P<part>半|[{DIGIT_CLASS}]{_NO_COUNT}[{DIGIT_CLASS}]?|儿(?!子|媳|女|孙)|而(?!且))?"
)
# 三十七二, 三七二, 36 7: a body's temperature without the word for degrees.
_SHORT = re.compile(
    rf"(?P<tens>[三四34])(?:十|是|时|石)?(?P<ones>[{DIGIT_CLASS}])\s*(?:点|度|独)?"
    rf"(?P<part>[{DIGIT_CLASS}])(?![{NUMERAL_CLASS}])"
)
_BARE = re.compile(
    rf"{_MINUS}(?P<whole>[{NUMERAL_CLASS}]+(?:[点.][{DIGIT_CLASS}]+)?)(?![{NUMERAL_CLASS}个天次年月日号时小分片楼人回顿遍趟碗颗粒盒岁块斤杯口])"
)
_BROKEN_OFF = ("…", "—")  # 三十七度……差一点，三十六度九
_APPROXIMATELY = re.compile(r"左右|差不多|大概|大约|好像|可能|上下|以上|以下|不到|多")
_WORDS_ONLY = re.compile(
    r"正常|不正常|高烧|低烧|发烧|发热|退烧|退了|不烧|没烧|烧|烫|不高|有点高|偏高|偏低|还行|还可以|挺好|没事"
)
_ABOUT_A_BODY = re.compile(r"体温|发烧|发热|量.{0,3}温|烧")
# 三是七度: the recogniser heard 十 as another syllable of the same sound.
_MISHEARD_TEN = re.compile(rf"(?<=[一二三四])(?:是|时|石|实|食)(?=[{DIGIT_CLASS}][点度独.])")


# 三十九度崎: the last digit, with nothing after it.
_LAST = re.compile(r"(?<=[度独点])[\u4e00-\u9fff](?=$|[，,。！!？?了])")
# 三十八岁, 近视五百度, 52度的白酒, 用了120度电, 转了180度: figures that are no temperature.
_OTHER_DEGREES = re.compile(
    rf"(?:近视|老花|散光|镜|电表|用了?电|转了?|角)[^，,。]{{0,5}}?[{NUMERAL_CLASS}.]+\s*度"
    rf"|[{NUMERAL_CLASS}.]+\s*(?:度的?(?:电|角|近视|老花|镜|[白黄烧米]?酒|[老大二]?曲)|周?岁|床|栋|单元|[块元斤])"
)
# 孙子三十八度二，我是三十六度七: of several people's the speaker's own.
_OWN = re.compile(r"(?:^|[，,。；;、\s])(?:我|俺|咱)(?:自己|本人)?(?:的|是|就|量的|就是|倒是|才|有|这边|大概|大约)*$")
_NOW = re.compile(r"今天|今早|今儿|现在|刚才|刚刚|这会|眼下|目前")


def read_temperature(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The temperature as `{"value": 37.2, "unit": "C"|"F"}`; "正常" or "高烧" without a figure is vague."""
    del at
    plain = normalise(text)
    words = heard_numbers(re.sub(r"(?<=3[4-9])，(?=[0-9]度)", ".", plain.text))
    words = _OTHER_DEGREES.sub(lambda other: "，" * len(other[0]), words)
    words = _LAST.sub(lambda last: heard_digit(last[0]) or last[0], _MISHEARD_TEN.sub("十", words))
    body = bool(_ABOUT_A_BODY.search(expectation.asked))
    found = latest(words, lambda part: find_temperature(part, body=body))
    if found is None:
        return why_not(plain, otherwise="vague" if _WORDS_ONLY.search(words) else "not_an_answer")
    if not _possible(found, body=body):
        return NotRead(reason="invalid", span=plain.span(found.start, found.end))
    return found.reading(plain, words)


def find_temperature(text: str, *, body: bool = False) -> Found | None:
    """The temperature in a normalised text: with 度 or a scale, else bare; of a body's the highest, or that of now."""
    marked = [found for match in _MARKED.finditer(text) if (found := _marked(match, text)) is not None]
    marked = [each for each in marked if not text[each.start : each.end].endswith(_BROKEN_OFF)] or marked
    now = list(_NOW.finditer(text)) if body else []
    if now:
        marked = [each for each in marked if each.start >= now[-1].end()] or marked
    own = [each for each in marked if _OWN.search(text[: each.start])] if body and len(marked) > 1 else []
    marked = own or marked
    if marked:
        return max(marked, key=lambda each: each.value["value"]) if body else _upper_end(marked, text)
    short = _SHORT.search(text)
    if short and not re.search(rf"[{NUMERAL_CLASS}.点]$", text[: short.start()]):
        tenths = int(as_digits(short["tens"]) + as_digits(short["ones"]) + as_digits(short["part"]))
        return Found({"value": tenths / 10, "unit": "C"}, short.start(), short.end(), LIKELY)
    return _bare(text)


def _marked(match: re.Match[str], text: str) -> Found | None:
    whole = read_numeral(match["whole"])
    if whole is None or match["more"] == "几" or (match["minus"] and match["minus2"]):
        return None
    value = whole.value if whole.upto is None else whole.upto
    if match["part"] == "半":
        value += 0.5
    elif match["part"] and "." not in match["whole"] and "点" not in match["whole"]:
        decimals = "2" if match["part"] in "儿而" else as_digits(match["part"])
        estimate = read_count(match["part"])
        if estimate and estimate.upto:
            decimals = f"{estimate.upto:.0f}"
        value = float(f"{value:.0f}.{decimals}")
    scale = next((match[name] for name in ("scale1", "scale2") if match[name]), "")
    unit = "F" if scale and scale in "Ff华氏" else "C"
    sure = whole.upto is None and not match["more"]
    confidence = APPROXIMATE if not sure else LIKELY if _APPROXIMATELY.search(text) else CERTAIN
    signed = -value if match["minus"] or match["minus2"] else value
    return Found({"value": round(signed, 3), "unit": unit}, match.start(), match.end(), confidence)


def _upper_end(found: list[Found], text: str) -> Found:
    """Of 36到37度 the upper end, of several separate figures the first."""
    if len(found) > 1 and re.fullmatch(r"\s*(?:到|至|[-~—]+)\s*", text[found[0].end : found[1].start]):
        return found[1]
    return found[0]


def _bare(text: str) -> Found | None:
    """A figure alone: 36.6差不多, 三十八点五."""
    for match in _BARE.finditer(text):
        numeral = read_numeral(match["whole"])
        if numeral is None:
            continue
        value = -numeral.value if match["minus"] else numeral.value
        precise = "." in match["whole"] or "点" in match["whole"]
        if precise or match.group() == text.strip("，。 的了是") or BODY_C[0] <= value <= BODY_C[1]:
            confidence = LIKELY if _APPROXIMATELY.search(text) or not precise else CERTAIN
            return Found({"value": value, "unit": _scale_of(value)}, match.start(), match.end(), confidence)
    return None


def _scale_of(value: float) -> str:
    return "F" if BODY_F[0] <= value <= BODY_F[1] else "C"


def _possible(found: Found, *, body: bool) -> bool:
    low, high = (BODY_F if found.value["unit"] == "F" else BODY_C) if body else ANY_C
    return bool(low <= found.value["value"] <= high)
