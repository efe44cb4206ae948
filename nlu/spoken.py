"""Values as people say them aloud: 三十七度二, 幺三八，幺二三四, 十一月二十一号下午三点半, 两天半.

What is said here is understood by the readers: tests take values there and back.
"""

from datetime import date, datetime, time

from nlu.dates.lunar import lunar_of

DIGITS = "零一二三四五六七八九"
UNITS = ("", "十", "百", "千")
MYRIADS = ("", "万", "亿", "万亿")
LARGEST = 10**16
# Operators say 幺 for 1 where 一 could be heard as 七.
TELEPHONE_DIGITS = "零幺二三四五六七八九"
MONTHS = ("正月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "冬月", "腊月")
WEEKDAYS = "一二三四五六日"
# Until which hour each part of the day goes, as people divide it.
PARTS = ((6, "凌晨"), (12, "早上"), (13, "中午"), (18, "下午"), (24, "晚上"))
DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS = 86400, 3600, 60


def spoken_number(value: float) -> str:
    """A number in words: 两千零三十, 三十七点二, 负五. Raises ValueError from 10^16."""
    if abs(value) >= LARGEST:
        raise ValueError(f"{value} is too large to be said")
    written = f"{abs(value):.6f}".rstrip("0").rstrip(".") if value != int(value) else str(abs(int(value)))
    whole, _, decimals = written.partition(".")
    sign = "负" if value < 0 else ""
    said = _whole(int(whole))
    return f"{sign}{said}点{_one_by_one(decimals)}" if decimals else sign + said


def spoken_count(value: int) -> str:
    """A number before a measure word: 两 for 2, 两百 for 200."""
    said = spoken_number(value)
    return "两" if said == "二" else said


def spoken_digits(digits: str) -> str:
    """Digits one by one, 1 as 幺, letters as they are: for telephone and identity numbers."""
    return "".join(TELEPHONE_DIGITS[int(each)] if each.isdigit() else each for each in digits)


def spoken_phone(number: str) -> str:
    """A telephone number in the groups that people tell it in: 幺三八，幺二三四，五六七八."""
    mobile = len(number) == 11 and number.startswith("1")
    area = 3 if number.startswith(("010", "02")) else 4 if number.startswith("0") else 0
    groups = (number[:3], number[3:7], number[7:]) if mobile else (number[:area], number[area:])
    return "，".join(spoken_digits(group) for group in groups if group)


def spoken_temperature(celsius: float) -> str:
    """A temperature in °C: 三十七度二, 零下五度."""
    sign = "零下" if celsius < 0 else ""
    tenths = round(abs(celsius) * 10)
    whole, tenth = divmod(tenths, 10)
    return f"{sign}{spoken_number(whole)}度{DIGITS[tenth] if tenth else ''}"


def spoken_day(day: date, *, year: bool = False) -> str:
    """A day of the solar calendar: 十一月二十一号, with `year` 二零二六年十一月二十一号."""
    said = f"{spoken_number(day.month)}月{spoken_number(day.day)}号"
    return f"{_one_by_one(str(day.year))}年{said}" if year else said


def spoken_lunar_day(day: date) -> str | None:
    """A day by the lunar calendar: 腊月二十八, 正月初五; None outside its tables."""
    lunar = lunar_of(day)
    if lunar is None:
        return None
    leap = "闰" if lunar.leap else ""
    return leap + MONTHS[lunar.month - 1] + ("初" if lunar.day <= 10 else "") + spoken_number(lunar.day)


def spoken_weekday(day: date) -> str:
    """星期三."""
    return "星期" + WEEKDAYS[day.weekday()]


def spoken_time(moment: time) -> str:
    """A time of day to the minute: 下午三点半, 早上八点零五分."""
    hour, minute = moment.hour, moment.minute
    part = next(name for end, name in PARTS if hour < end)
    said_hour = spoken_count(hour % 12 or 12) if hour else "零"
    if minute == 30:
        said_minute = "半"
    elif minute:
        said_minute = f"{'零' if minute < 10 else ''}{spoken_number(minute)}分"
    else:
        said_minute = ""
    return f"{part}{said_hour}点{said_minute}"


def spoken_moment(moment: datetime) -> str:
    """A day and a time: 十一月二十一号下午三点半."""
    return spoken_day(moment.date()) + spoken_time(moment.time())


def spoken_duration(months: float, seconds: float) -> str:
    """A length of time: 一年零三个月, 两天半, 一个半小时; whole minutes."""
    years, rest = divmod(int(months), 12)
    parts = [f"{spoken_count(years)}年" if years else "", f"{spoken_count(rest)}个月" if rest else ""]
    days, left = divmod(int(seconds), DAY_SECONDS)
    half_day = left == DAY_SECONDS // 2
    if days or half_day:
        parts.append(f"{spoken_count(days) if days else '半'}天{'半' if days and half_day else ''}")
    hours, left = (0, 0) if half_day else divmod(left, HOUR_SECONDS)
    half_hour = left == HOUR_SECONDS // 2
    if hours or half_hour:
        parts.append(f"{spoken_count(hours)}个{'半' if half_hour else ''}小时" if hours else "半个小时")
    minutes = 0 if half_hour else left // MINUTE_SECONDS
    parts.append(f"{spoken_count(minutes)}分钟" if minutes else "")
    return "零".join(part for part in parts if part)


def _whole(value: int) -> str:
    """A whole number: groups of four digits with 万, 亿, 万亿, gaps told as 零."""
    if value == 0:
        return "零"
    said = ""
    for place in range(len(MYRIADS) - 1, -1, -1):
        group = value // 10 ** (4 * place) % 10**4
        if not group:
            continue
        gap = "零" if said and group < 1000 else ""
        said += gap + _below_myriad(group, first=not said) + MYRIADS[place]
    return said


def _below_myriad(value: int, *, first: bool) -> str:
    said, skipped = "", False
    for place in range(3, -1, -1):
        digit = value // 10**place % 10
        if not digit:
            skipped = bool(said)
            continue
        ten = place == 1 and digit == 1 and first and not said
        two = digit == 2 and place >= 2
        said += ("零" if skipped else "") + ("" if ten else "两" if two else DIGITS[digit]) + UNITS[place]
        skipped = False
    return said


def _one_by_one(digits: str) -> str:
    return "".join(DIGITS[int(each)] for each in digits)
