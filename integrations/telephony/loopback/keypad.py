"""Which keys a simulated resident presses when asked to."""

import re

from integrations.telephony.loopback.facts import Facts, label

_KEYS = "一二三四五六七八九"
_OFFER = re.compile(r"([^，。,：:？！]+)[，,]?按([一二三四五六七八九1-9])(?![个下])")  # 火车，按一


def keys_for(topic: str, facts: Facts, words: str, *, right: bool | None = None) -> str:
    """The keys that answer for this topic, as the assistant's words explain them; "" when they do not fit it.

    `right` says whether a value that was just read back was right; None when none was.
    """
    if not topic:
        return ""
    offered = {shown: _digit(key) for shown, key in _OFFER.findall(words)}
    key = facts.key(topic)
    if "不是" in offered:
        agreed = key if right is None else ("yes" if right else "no")
        return {"yes": offered.get("是", ""), "no": offered["不是"]}.get(agreed, "")
    if offered:
        return offered.get(label(topic, key), "")
    match topic:
        case "temperature" if key == "measured":
            return f"{facts.value(topic):g}".replace(".", "*") + "#"
        case "phone" | "people":
            return f"{facts.value(topic)}#"
        case "date":
            return str(facts.value(topic))[5:].replace("-", "")
        case "day" if facts.value(topic):
            return str(facts.value(topic)).replace("-", "")
        case _:
            return ""


def _digit(key: str) -> str:
    return key if key.isascii() else str(_KEYS.index(key) + 1)
