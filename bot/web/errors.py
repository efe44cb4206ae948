"""What may go wrong on a page, and the one table from error codes to HTTP status.

WebError
├── NotFound      no such thing, or not in the visitor's grid (it is not said which)
├── BadForm       a form field is missing or wrong
├── Overtaken     somebody else changed the same thing meanwhile
├── NoVoice       nothing can be read aloud here
└── TooManyTurns  a chat sender writes faster than anybody types
"""

from bot.auth.errors import AuthError


class WebError(Exception):
    """`code` is stable; `message` is Chinese and says what to do next."""

    code = "web"
    message = "操作没有完成，请稍后再试。"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.message)
        self.message = message or self.message


class NotFound(WebError):
    code = "not_found"
    message = "没有找到这一页，可能已被移走，或不在您负责的网格内。"


class BadForm(WebError):
    code = "bad_form"
    message = "填写的内容不完整，请检查后再提交。"


class Overtaken(WebError):
    code = "overtaken"
    message = "刚才有别人改过，请刷新页面看看再决定。您写的内容还在。"


class NoVoice(WebError):
    code = "no_voice"
    message = "这台机器还没有安装语音，请管理员运行 ./linyin models install kokoro-zh，装好后再来听。"


class TooManyTurns(WebError):
    code = "too_many_turns"
    message = "您说得太快了，请稍等一会儿再发。"


STATUS: dict[str, int] = {
    "not_found": 404,
    "bad_form": 422,
    "overtaken": 409,
    "no_voice": 409,
    "too_many_turns": 429,
    "too_large": 413,
    "wrong_password": 401,
    "too_many_failures": 429,
    "not_logged_in": 401,
    "not_allowed": 403,
    "stale_form": 403,
    "weak_password": 422,
    "login_taken": 409,
    "unknown_user": 404,
    "wrong_account": 422,
    "campaign.not_permitted": 403,
    "campaign.policy_invalid": 422,
    "campaign.empty_audience": 422,
    "campaigns.not_found": 404,
    "campaigns.questionnaire": 422,
    "campaigns.trial": 422,
    "registry.book": 422,
    "registry.watchword": 422,
    "tickets.not_found": 404,
    "session_unknown": 404,
    "storage.busy": 503,
    "storage.unreachable": 503,
    "workers_unavailable": 503,
}
UNNAMED_STATUS = 409  # a refusal of a colleague's package: understood, but not possible as things stand


def status_of(error: AuthError | WebError | Exception) -> int:
    """The HTTP status of an error that has a code."""
    return STATUS.get(getattr(error, "code", ""), UNNAMED_STATUS)
