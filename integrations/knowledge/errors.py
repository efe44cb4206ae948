"""What can go wrong with a notice.

NoticeError
├── UnreadableNoticeError  the file is broken, encrypted, or not of its kind
├── EmptyNoticeError       the file holds no text: a scan
└── UnknownNoticeError     the kind of file is not one we read
"""


class NoticeError(Exception):
    """A notice could not be taken. `code` is stable; `message` says in Chinese what to do next."""

    code = "notice"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UnreadableNoticeError(NoticeError):
    code = "notice_unreadable"


class EmptyNoticeError(NoticeError):
    code = "notice_empty"


class UnknownNoticeError(NoticeError):
    code = "notice_unknown"
