"""Numbers as residents say them. Written apart from the product's own speaking and reading of numbers, on purpose."""

import re
from datetime import date, timedelta

_DIGITS = "零一二三四五六七八九"
_WEEKDAYS = "一二三四五六日"
_ARABIC = str.maketrans("0123456789", _DIGITS)


def cardinal(number: int) -> str:
    """0..99 in words: 三十七."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def counted(number: int) -> str:
    """1..99 before a measure word: 两个."""
    return "两" if number == 2 else cardinal(number)


def temperatures(value: float) -> tuple[str, ...]:
    """Ways of saying a temperature: 三十七度二, 三十七点二度; the first is the usual one."""
    whole, tenth = divmod(round(value * 10), 10)
    if not tenth:
        return (f"{cardinal(whole)}度", f"整{cardinal(whole)}度")
    return (f"{cardinal(whole)}度{_DIGITS[tenth]}", f"{cardinal(whole)}点{_DIGITS[tenth]}度")


def digits(number: str, *, grouped: bool = False, yao: bool = True) -> str:
    """A telephone number digit by digit, with pauses between 3, 4 and 4 digits where `grouped`."""
    spoken = number.translate(_ARABIC)
    if yao:
        spoken = spoken.replace("一", "幺")
    return f"{spoken[:3]}，{spoken[3:7]}，{spoken[7:]}" if grouped else spoken


def past_days(day: date, *, on: date) -> tuple[str, ...]:
    """Ways of saying a day in the last fortnight, all of which mean that day and no other."""
    ago = (on - day).days
    ways = [f"{cardinal(day.month)}月{cardinal(day.day)}号"]
    if (day.year, day.month) == (on.year, on.month):
        ways.append(f"{cardinal(day.day)}号")
    ways += {1: ["昨天", "昨天"], 2: ["前天", "前天"], 3: ["大前天"]}.get(ago, [])
    monday = on - timedelta(days=on.weekday())
    if monday - timedelta(days=7) <= day < monday:
        ways += [f"上周{_WEEKDAYS[day.weekday()]}", f"上个星期{_WEEKDAYS[day.weekday()]}"]
    elif day >= monday and ago > 3:
        ways.append(f"这周{_WEEKDAYS[day.weekday()]}")
    return tuple(ways)


def heard_digits(words: str) -> str:
    """What was said with every digit as one Arabic digit and everything else left out: 幺三九 → 139."""
    table = str.maketrans(_DIGITS + "幺〇两", "0123456789" + "102")
    return re.sub(r"\D", "", words.translate(table))


def heard_day(words: str) -> tuple[int, int] | None:
    """Month and day of the first 某月某号 (or 12月8日) in what was said."""
    found = re.search(r"([一二三四五六七八九十]{1,2}|1?\d)月([一二三四五六七八九十]{1,3}|[1-3]?\d)[号日]", words)
    return (_number(found[1]), _number(found[2])) if found else None


def _number(words: str) -> int:
    if words.isascii():
        return int(words)
    tens, ten, ones = words.rpartition("十")
    value = _DIGITS.index(ones) if ones else 0
    return value + (10 * (_DIGITS.index(tens) if tens else 1) if ten else 0)
