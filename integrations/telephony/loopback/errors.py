"""Errors of the loopback telephone.

LoopbackError
└── FarEndSilent  the process of the simulated residents did not start
"""

from integrations.errors import IntegrationError


class LoopbackError(IntegrationError):
    """Something about the loopback telephone failed."""

    code = "loopback"


class FarEndSilent(LoopbackError):
    """The process of the simulated residents did not start."""

    code = "loopback.silent"

    def __init__(self) -> None:
        super().__init__("模拟居民的进程没有启动：请看上面的出错信息，处理后再试一次。")
