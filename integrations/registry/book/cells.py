"""What one cell means: text, phones, identity numbers, years of birth, as communities write them."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from integrations.registry.book.sheets import Cell
from integrations.registry.lookup import normal_phone
from nlu.readers.id_number import describe

_NOTHING = frozenset(
    {
        "",
        "/",
        "\\",
        "-",
        "--",
        "—",
        "——",
        "无",
        "没有",
        "不详",
        "不清楚",
        "未知",
        "空",
        "暂无",
        "N/A",
        "NA",
        "NONE",
        "NULL",
        "0",
    }
)
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{9,11}|[2-8]\d{6,7}")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)
_SEPARATORS = re.compile(r"[、,，;；/|\n]+")
_LETTER = re.compile(r"[^\W\d_]")
_PHONE_ODDITIES = re.compile(r"[^0-9+、,，;；/|\n]")
_DOCUMENT = re.compile(r"[A-Z]{1,2}\d{6,10}")  # passports, travel permits
_RESIDENT = re.compile(r"\d{17}[\dX]|\d{15}")
_DIGITS_A_FLOAT_KEEPS = 15  # Excel keeps no more
_DAY_ZERO = date(1899, 12, 30)  # Excel's serial 1 is 1900-01-01, with its 29 February 1900
_FIRST_SERIAL, _LAST_SERIAL = 2200, 60000  # 1906 to 2064: smaller numbers are years
_OLDEST_BIRTH = 1900
_REMEMBERED = 1024  # a worker's phone stands in row after row
_YEAR_MONTH = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})日?)?月?|年)?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_MALE, _FEMALE = frozenset({"男", "M", "男性"}), frozenset({"女", "F", "女性"})
_YES, _NO = (
    frozenset({"是", "同意", "有", "愿意", "可以", "Y", "YES", "√", "✓"}),
    frozenset({"否", "不同意", "不愿意", "不可以", "拒绝", "N", "NO", "×", "X"}),
)


class CellWrong(Exception):
    """A cell that cannot be understood; the message is Chinese, tells why, and holds nothing of the cell."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Identity:
    """What an identity number says."""

    number: str
    birth_year: int | None
    sex: str | None


def text_of(cell: Cell) -> str:
    """The text of a cell in half width, one space between words; whole numbers without a point; "" for nothing."""
    if isinstance(cell, str):
        return cell.strip() if cell.isascii() else " ".join(unicodedata.normalize("NFKC", cell).split())
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell)


@lru_cache(maxsize=_REMEMBERED, typed=True)
def phones_of(cell: Cell) -> tuple[str, ...]:
    """The numbers of a cell, normalised, in their order. Raises CellWrong."""
    text = unicodedata.normalize("NFKC", cell) if isinstance(cell, str) else text_of(cell)
    if text.strip().upper() in _NOTHING:
        return ()
    if _SCIENTIFIC.fullmatch(text.strip()):
        raise CellWrong("电话被 Excel 变成了科学计数法，请把这一格改成文本重新填")
    if _LETTER.search(text):
        text = _PHONE_ODDITIES.sub("", text)
    found = tuple(_phone(part) for part in _SEPARATORS.split(text) if part.strip())
    if not found:
        raise CellWrong("电话里没有号码")
    return found


def _phone(part: str) -> str:
    digits = normal_phone(part)
    if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
        return digits
    if len(digits) == len("13912345678"):
        raise CellWrong("电话不是手机号，也不是带区号的座机号")
    raise CellWrong(f"电话位数不对（{len(digits)} 位，手机号应是 11 位）")


def identity_of(cell: Cell, *, at: datetime) -> Identity | None:
    """The identity number of a cell, checked. Raises CellWrong."""
    if isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) >= 10**_DIGITS_A_FLOAT_KEEPS:
        raise CellWrong("身份证号被 Excel 当成数字，后几位已经丢了，请把这一格改成文本重新填")
    text = text_of(cell).replace(" ", "").upper()
    if text in _NOTHING:
        return None
    if _SCIENTIFIC.fullmatch(text):
        raise CellWrong("身份证号被 Excel 变成了科学计数法，请把这一格改成文本重新填")
    if _RESIDENT.fullmatch(text):
        said = describe(text, at=at)
        if not said["valid"]:
            raise CellWrong("身份证号不对（校验位或出生日期有误），请核对")
        sex_digit = int(text[16] if len(text) == len("110101190001010000") else text[14])
        return Identity(text, int(str(said["birth"])[:4]), "male" if sex_digit % 2 else "female")
    if _DOCUMENT.fullmatch(text):
        return Identity(text, None, None)
    raise CellWrong(f"身份证号位数不对（{len(text)} 位，应是 18 位）")


def birth_year_of(cell: Cell, *, at: datetime) -> int | None:
    """The year of a date of birth: a date, Excel's serial, or text. Raises CellWrong."""
    if isinstance(cell, date):
        year: int | None = cell.year
    else:
        text = text_of(cell).replace(" ", "")
        if text.upper() in _NOTHING:
            return None
        year = _year_of_number(float(text)) if _is_number(text) else _year_of_text(text)
    if year is None or not _OLDEST_BIRTH <= year <= at.year:
        raise CellWrong("出生日期看不懂，请写成 1956-03-12 这样")
    return year


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit() and not re.fullmatch(r"\d{4}\.\d{1,2}", text)


def _year_of_number(number: float) -> int | None:
    if _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return (_DAY_ZERO + timedelta(days=int(number))).year
    compact = _COMPACT_DATE.fullmatch(str(int(number)))
    if compact and len(compact[0]) > len("1956"):
        return int(compact[1]) if _is_day(int(compact[1]), int(compact[2]), int(compact[3] or 1)) else None
    return int(number) if number.is_integer() else None


def _year_of_text(text: str) -> int | None:
    match = _YEAR_MONTH.match(text)
    if not match or not _is_day(int(match[1]), int(match[2] or 1), int(match[3] or 1)):
        return None
    return int(match[1])


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def sex_of(cell: Cell) -> str | None:
    """male, female, or None for anything else."""
    text = text_of(cell).upper()
    return "male" if text in _MALE else "female" if text in _FEMALE else None


def consent_of(cell: Cell) -> str:
    """given, refused or unknown."""
    text = text_of(cell).upper()
    return "given" if text in _YES else "refused" if text in _NO else "unknown"


def blank(text: str) -> bool:
    """Whether a text only says that there is nothing."""
    return text.strip().upper() in _NOTHING
