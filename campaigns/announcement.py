"""How a campaign is made known: a notice to print, a text for the group, a script for grid workers.

Who calls, from which number, on which days, what is asked, what is never asked, and how to check it.
"""

import re
from dataclasses import dataclass
from datetime import date

from campaigns.window import CallingWindow
from dialogs.questionnaire import Questionnaire

_WEEKDAYS = "一二三四五六日"
_LISTED = 5  # questions that a notice names; more are not read at a notice board
_FILLED_IN = re.compile(r"\{[^}]*\}")
NEVER_ASKED = "不问钱，不要密码，不要验证码，不叫您转账，也不用您点链接"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a campaign's announcements are made of."""

    community: str
    questionnaire: Questionnaire
    window: CallingWindow
    first_day: date  # Beijing's calendar
    last_day: date
    caller_number: str = ""  # shown on residents' telephones; "" where the carrier chooses it
    callback_number: str = ""  # "" where the community gave none


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """The three texts. Nothing in them is about one resident."""

    title: str
    notice: tuple[str, ...]  # paragraphs, to print
    group_text: str  # one message
    worker_script: tuple[tuple[str, str], ...]  # what residents ask grid workers, what they answer


def announce(facts: Facts) -> Announcement:
    """The texts of one campaign."""
    return Announcement(
        title=f"关于“{facts.questionnaire.title}”电话的通知",
        notice=_notice(facts),
        group_text=_group_text(facts),
        worker_script=_worker_script(facts),
    )


def _notice(facts: Facts) -> tuple[str, ...]:
    asked = facts.questionnaire
    paragraphs = [
        "各位居民：",
        f"{_days(facts)}，每天{_hours(facts)}，{facts.community}用智能语音助手“邻音”给大家打电话，"
        f"{asked.purpose}。声音是电脑合成的，{_minutes(facts)}就好。",
        f"电话里会问：{_questions(facts)}",
        f"请放心：{NEVER_ASKED}。凡是要这些的，都不是我们。",
        "不想答的可以不答；不方便就说“晚点打”；想找真人就说“转人工”，或者按零；不想再接，说“以后别打了”就行。",
    ]
    if facts.caller_number:
        paragraphs.append(f"来电号码：{facts.caller_number}")
    paragraphs.append(_how_to_check(facts))
    paragraphs.append("家里的老人听不清楚的，请家里人帮着听一听。")
    paragraphs.append(f"{facts.community}　{facts.first_day.year}年{facts.first_day.month}月{facts.first_day.day}日")
    return tuple(paragraphs)


def _group_text(facts: Facts) -> str:
    number = f"来电号码 {facts.caller_number}。" if facts.caller_number else ""
    return (
        f"【{facts.community}】{_days(facts)}{_hours(facts)}，社区的智能语音助手“邻音”会给各家打电话，"
        f"{facts.questionnaire.purpose}。{number}{NEVER_ASKED}。{_how_to_check(facts)}请转告家里的老人。"
    )


def _worker_script(facts: Facts) -> tuple[tuple[str, str], ...]:
    asked = facts.questionnaire
    return (
        ("这个电话是真的吗？", f"是真的，是{asked.asked_by}打的。{_how_to_check(facts)}"),
        ("为什么打？", f"{asked.purpose}。"),
        ("什么时候打？", f"{_days(facts)}，{_hours(facts)}，别的时间不打。"),
        ("都问些什么？", _questions(facts, listed=len(asked.questions))),
        ("会不会要钱、要验证码？", f"不会。{NEVER_ASKED}。谁要这些，请您马上挂掉，告诉我。"),
        ("说话的是人吗？", "不是，声音是电脑合成的。想跟人说，说“转人工”，或者按零，我会给您打过去。"),
        ("我不想接怎么办？", "跟它说“以后别打了”，就不会再打；您的事直接找我。"),
        ("我说的话会给谁看？", f"只给{asked.asked_by}办这件事的人看，保存 {asked.keep_days} 天。记错了可以改。"),
    )


def _questions(facts: Facts, *, listed: int = _LISTED) -> str:
    # What is filled in for each call, such as the times that are still free, is left out.
    questions = [_FILLED_IN.sub("……", each.ask.written or each.ask.spoken) for each in facts.questionnaire.questions]
    shown = "".join(questions[:listed])
    return shown if len(questions) <= listed else f"{shown}……一共 {len(questions)} 个问题。"


def _minutes(facts: Facts) -> str:
    """A question and its answer take some ten seconds, hello and good-bye half a minute."""
    minutes = -(-(30 + 10 * len(facts.questionnaire.questions)) // 60)
    return f"{'一两三四五六七八九'[min(minutes, 9) - 1]}分钟"


def _how_to_check(facts: Facts) -> str:
    if facts.callback_number:
        return f"想核实，请打 {facts.callback_number}，或者问您的网格员。"
    return "想核实，请看社区公告栏上的电话，或者问您的网格员。"


def _days(facts: Facts) -> str:
    first, last = facts.first_day, facts.last_day
    if first == last:
        days = f"{first.month}月{first.day}日"
    elif first.month == last.month:
        days = f"{first.month}月{first.day}日到{last.day}日"
    else:
        days = f"{first.month}月{first.day}日到{last.month}月{last.day}日"
    if len(facts.window.weekdays) == len(_WEEKDAYS):
        return days
    return days + "（只在周" + "、".join(_WEEKDAYS[day - 1] for day in sorted(facts.window.weekdays)) + "）"


def _hours(facts: Facts) -> str:
    window = facts.window
    return f"{window.opens:%H:%M} 到 {window.closes:%H:%M}"
