"""What can be wrong with what is kept of conversations.

BotError
├── RecordingDamaged  evidence.damaged : a file was changed, or sealed by another key
└── ErasureRefused    evidence.erasure_refused : what a resident asks to delete cannot be deleted now
"""

from bot.errors import BotError


class RecordingDamaged(BotError):
    """A recording that does not open."""

    code = "evidence.damaged"

    def __init__(self) -> None:
        super().__init__("录音文件损坏或被改动过，不能播放；请从备份恢复这个文件。")


class ErasureRefused(BotError):
    """What is kept about a resident cannot be deleted as things are."""

    code = "evidence.erasure_refused"
