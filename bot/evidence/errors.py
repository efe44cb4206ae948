"""What can be wrong with a recording.

BotError
└── RecordingDamaged  evidence.damaged : a file was changed, or sealed by another key
"""

from bot.errors import BotError


class RecordingDamaged(BotError):
    """A recording that does not open."""

    code = "evidence.damaged"

    def __init__(self) -> None:
        super().__init__("录音文件损坏或被改动过，不能播放；请从备份恢复这个文件。")
