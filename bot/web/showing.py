"""How values look on a screen: Beijing time, masked numbers, spans of time."""

from datetime import datetime, timedelta

from bot.clock import BEIJING


def clock_time(at: datetime | None) -> str:
    """09:05:12 in Beijing."""
    return at.astimezone(BEIJING).strftime("%H:%M:%S") if at else "—"


def day_and_time(at: datetime | None) -> str:
    """2026年1月12日 09:05 in Beijing."""
    if at is None:
        return "—"
    local = at.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def short_time(at: datetime | None) -> str:
    """1月12日 09:05 in Beijing."""
    if at is None:
        return "—"
    local = at.astimezone(BEIJING)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def span(length: timedelta | None) -> str:
    """2 分 5 秒."""
    if length is None:
        return "—"
    seconds = max(0, round(length.total_seconds()))
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} 小时 {minutes} 分"
    return f"{minutes} 分 {rest} 秒" if minutes else f"{rest} 秒"


def masked_phone(phone: str | None) -> str:
    """138****5678: enough to tell two numbers apart, not enough to call."""
    if not phone:
        return "没有登记"
    if len(phone) < 8:
        return "*" * len(phone)
    return f"{phone[:3]}****{phone[-4:]}"


def figure(number: float) -> str:
    """212 for whole numbers, 19.2 for others."""
    return f"{round(number, 1):g}"


def percent(part: int, whole: int) -> str:
    """83%; a dash when there is nothing to divide by."""
    return f"{round(100 * part / whole)}%" if whole else "—"
