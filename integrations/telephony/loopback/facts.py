"""What is true in one simulated household: drawn once from the seed and the number, the same in every call."""

import random
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from integrations.telephony.loopback.numerals import (
    cardinal,
    counted,
    digits,
    heard_day,
    heard_digits,
    past_days,
    temperatures,
)

# Shares of each value, as staff meet them in a winter round: most people are well and want nothing.
_SHARES: dict[str, dict[str, int]] = {
    "fever": {"no": 85, "yes": 15},
    "temperature": {"measured": 75, "not_measured": 25},
    "cough": {"no": 75, "yes": 25},
    "chest": {"no": 93, "yes": 7},
    "medicine": {"yes": 88, "no": 12},
    "sleep": {"good": 50, "fair": 30, "poor": 20},
    "help_what": {"told": 1},
    "help": {"no": 82, "yes": 18},
    "day": {"right": 85, "wrong": 15},
    "fasting": {"no": 88, "yes": 12},
    "attend": {"going": 65, "not_going": 20, "undecided": 15},
    "escort": {"no": 80, "yes": 20},
    "returned": {"yes": 60, "no": 40},
    "origin": {"told": 1},
    "date": {"told": 1},
    "vehicle": {"train": 35, "coach": 25, "plane": 10, "car": 30},
    "people": {"1": 50, "more": 50},
    "phone": {"told": 1},
}
# Where people work who come home: city, and the province in front of it where it is often said.
_PLACES = (
    *(("武汉", "湖北"), ("广州", "广东"), ("深圳", "广东"), ("东莞", "广东"), ("成都", "四川"), ("杭州", "浙江")),
    *(("宁波", "浙江"), ("苏州", "江苏"), ("南京", "江苏"), ("合肥", "安徽"), ("长沙", "湖南"), ("郑州", "河南")),
    *(("西安", "陕西"), ("厦门", "福建"), ("北京", ""), ("上海", ""), ("重庆", ""), ("天津", "")),
)
_PREFIXES = ("138", "139", "135", "150", "186", "177")
_SHORTEST_PHONE = 7  # digits, with some lost on the way
_LONGEST_AGO = 10  # days since the return
_RIGHT_IN_THE_END = {"day": "right", "fasting": "no"}  # a notice told again is understood


@dataclass(slots=True)
class Facts:
    """The facts of one household on one day. `on` is the date at the near end."""

    seed: str
    on: date
    notice_day: tuple[int, int] | None = None  # as told in this call
    _keys: dict[str, str] = field(default_factory=dict)
    _changes: dict[str, int] = field(default_factory=dict)

    def key(self, topic: str) -> str:
        """Which of the topic's values holds here."""
        if topic not in self._keys:
            shares = _SHARES[topic]
            self._keys[topic] = self._draw(topic).choices(list(shares), list(shares.values()))[0]
        return self._keys[topic]

    def change(self, topic: str) -> None:
        """The resident had it wrong: another value holds from now on."""
        before = self.key(topic)
        self._changes[topic] = self._changes.get(topic, 0) + 1
        if len(_SHARES[topic]) > 1 and topic != "temperature":
            others = [each for each in _SHARES[topic] if each != before]
            self._keys[topic] = self._draw(topic).choice(others)

    def understand(self, topic: str) -> None:
        """A notice was explained once more."""
        if topic in _RIGHT_IN_THE_END:
            self._keys[topic] = _RIGHT_IN_THE_END[topic]

    def value(self, topic: str) -> Any:
        """The value as it must be kept, in the form that scoring.py compares."""
        key = self.key(topic)
        match topic:
            case "temperature":
                return self._temperature() if key == "measured" else None
            case "origin":
                return self._place()[0]
            case "date":
                return self._returned().isoformat()
            case "people":
                return self._people()
            case "phone":
                return self._phone()
            case "day":
                return None if self.notice_day is None else f"{self.notice_day[0]:02}-{self._notice_day():02}"
            case "help_what":
                return True
            case _:
                return key

    def slots(self, topic: str, rng: random.Random) -> dict[str, str]:
        """What fills the braces of the topic's phrases, in one of the ways in which people say it."""
        match topic:
            case "temperature":
                return {"temperature": rng.choice(temperatures(self._temperature()))}
            case "origin":
                city, province = self._place()
                return {"place": rng.choice((city, province + city))}
            case "date":
                return {"return_day": rng.choice(past_days(self._returned(), on=self.on))}
            case "people":
                return {"people": counted(self._people())}
            case "phone":
                return {"phone": digits(self._phone(), grouped=rng.random() < 0.5, yao=rng.random() < 0.8)}
            case "day" if self.notice_day is not None:
                said = f"{cardinal(self._notice_day())}号"
                month = f"{cardinal(self.notice_day[0])}月" if rng.random() < 0.7 else ""
                return {"notice_day": month + said, "wrong_day": month + said}
            case _:
                return {}

    def read_back(self, topic: str, words: str) -> bool:
        """Whether words of the assistant give this topic's value back rightly."""
        match topic:
            case "temperature":
                said = temperatures(self._temperature())
                return any(each in words for each in (*said, f"{self._temperature():g}"))
            case "date":
                return heard_day(words) == (self._returned().month, self._returned().day)
            case "phone":
                return self._phone() in heard_digits(words)
            case "people":
                number = self._people()
                return any(f"{each}人" in words or f"{each}个" in words for each in (number, counted(number)))
            case "origin":
                return self._place()[0] in words
            case "day":
                return self.notice_day is not None and heard_day(words) == (self.notice_day[0], self._notice_day())
            case _:
                shown = label(topic, self.key(topic))
                denied = shown == _NO and words.startswith(_SAID_BACK_NO)
                return denied or (bool(shown) and shown in words)

    def _draw(self, topic: str, what: str = "") -> random.Random:
        return random.Random(f"{self.seed}:{topic}:{what}:{self._changes.get(topic, 0)}")  # noqa: S311  a simulation

    def _temperature(self) -> float:
        return self._draw("temperature", "value").randint(372, 388) / 10

    def _place(self) -> tuple[str, str]:
        return self._draw("origin").choice(_PLACES)

    def _returned(self) -> date:
        return self.on - timedelta(days=self._draw("date").randint(1, _LONGEST_AGO))

    def _people(self) -> int:
        return 1 if self.key("people") == "1" else self._draw("people", "number").randint(2, 5)

    def _phone(self) -> str:
        draw = self._draw("phone")
        return draw.choice(_PREFIXES) + f"{draw.randint(0, 99_999_999):08}"

    def _notice_day(self) -> int:
        day = self.notice_day[1] if self.notice_day else 0
        return day if self.key("day") == "right" else day % 28 + 1


_SHAPES = {"temperature": "度|℃", "date": "[月号日]", "day": "[月号日]", "people": "人"}


def looks_like(topic: str, words: str) -> bool:
    """Whether words of the assistant have the form of this topic's values."""
    if topic == "phone":
        return len(heard_digits(words)) >= _SHORTEST_PHONE
    return topic in _SHAPES and re.search(_SHAPES[topic], words) is not None


def label(topic: str, key: str) -> str:
    """How the assistant shows a value of a topic; "" where it has no fixed form."""
    return _LABELS.get(topic, _LABELS["_"]).get(key, "")


_NO, _SAID_BACK_NO = "否", "没有"  # as it is shown, and as it is said back: 没有，对不对
# How a value looks when it is shown, for topics that are read back only when the line was bad.
_LABELS: dict[str, dict[str, str]] = {
    "sleep": {"good": "好", "fair": "一般", "poor": "不好"},
    "attend": {"going": "去", "not_going": "不去", "undecided": "没定"},
    "vehicle": {"train": "火车", "coach": "大巴", "plane": "飞机", "car": "开车"},
    "_": {"yes": "是", "no": _NO},
}
