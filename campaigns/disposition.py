"""How a call ended, as the line and the far end tell it."""

from enum import StrEnum
from typing import Literal

EarlyMedia = Literal[
    "",  # nothing was played before the answer
    "ringback",
    "busy",  # 正在通话中
    "no_answer",  # 暂时无人接听
    "declined",  # 对方已拒绝 / 用户正忙 after a ring
    "power_off",  # 已关机
    "suspended",  # 已停机
    "empty_number",  # 空号
    "unreachable",  # 无法接通 / 不在服务区
    "voicemail",  # 来电秘书, 语音信箱
    "unknown",  # something was said that we do not know
]


class Disposition(StrEnum):
    """The end of one attempt. Exactly one is given to every attempt that was dialled."""

    ANSWERED = "answered"  # a person spoke with us
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"  # the ring was rejected, nothing was said
    POWER_OFF = "power_off"
    SUSPENDED = "suspended"  # 停机: the subscriber has not paid
    EMPTY_NUMBER = "empty_number"
    UNREACHABLE = "unreachable"  # no coverage
    VOICEMAIL = "voicemail"  # a machine answered
    FAX = "fax"
    SILENT = "silent"  # picked up, never a word: not an answer
    ABANDONED = "abandoned"  # we let a person who had answered go without speaking to them
    BLOCKED = "blocked"  # refused by the network or by call screening
    FAILED = "failed"  # our line or trunk failed; the far end never rang
    INTERRUPTED = "interrupted"  # our process died while the call was up


LABELS: dict[Disposition, str] = {
    Disposition.ANSWERED: "已接通",
    Disposition.BUSY: "占线",
    Disposition.NO_ANSWER: "无人接听",
    Disposition.DECLINED: "拒接",
    Disposition.POWER_OFF: "关机",
    Disposition.SUSPENDED: "停机",
    Disposition.EMPTY_NUMBER: "空号",
    Disposition.UNREACHABLE: "无法接通",
    Disposition.VOICEMAIL: "语音信箱",
    Disposition.FAX: "传真",
    Disposition.SILENT: "接通无声",
    Disposition.ABANDONED: "接通后中断",
    Disposition.BLOCKED: "被拦截",
    Disposition.FAILED: "线路故障",
    Disposition.INTERRUPTED: "系统中断",
}

_BY_EARLY_MEDIA: dict[str, Disposition] = {
    "busy": Disposition.BUSY,
    "no_answer": Disposition.NO_ANSWER,
    "declined": Disposition.DECLINED,
    "power_off": Disposition.POWER_OFF,
    "suspended": Disposition.SUSPENDED,
    "empty_number": Disposition.EMPTY_NUMBER,
    "unreachable": Disposition.UNREACHABLE,
    "voicemail": Disposition.VOICEMAIL,
}

# ITU-T Q.850 causes that say something about the far end; the others are our side's trouble.
_BY_Q850: dict[int, Disposition] = {
    1: Disposition.EMPTY_NUMBER,
    17: Disposition.BUSY,
    18: Disposition.NO_ANSWER,
    19: Disposition.NO_ANSWER,
    20: Disposition.POWER_OFF,
    21: Disposition.DECLINED,
    22: Disposition.EMPTY_NUMBER,
    27: Disposition.UNREACHABLE,
    28: Disposition.EMPTY_NUMBER,
    31: Disposition.NO_ANSWER,
}

_BY_SIP: dict[int, Disposition] = {
    403: Disposition.BLOCKED,
    404: Disposition.EMPTY_NUMBER,
    408: Disposition.NO_ANSWER,
    410: Disposition.EMPTY_NUMBER,
    480: Disposition.UNREACHABLE,
    484: Disposition.EMPTY_NUMBER,
    486: Disposition.BUSY,
    487: Disposition.NO_ANSWER,
    600: Disposition.BUSY,
    603: Disposition.DECLINED,
    604: Disposition.EMPTY_NUMBER,
    607: Disposition.BLOCKED,
    608: Disposition.BLOCKED,
}


def classify(*, sip_code: int, q850_cause: int | None = None, early_media: str = "") -> Disposition:
    """The disposition of a call that was never answered.

    What the carrier said aloud comes first, then the Q.850 cause, then the SIP code: carriers in China play 关机 and
    空号 in early media and end both with the same 404 or 480.
    """
    if early_media in _BY_EARLY_MEDIA:
        return _BY_EARLY_MEDIA[early_media]
    if q850_cause in _BY_Q850:
        return _BY_Q850[q850_cause]
    return _BY_SIP.get(sip_code, Disposition.FAILED)
