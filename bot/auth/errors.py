"""What may go wrong when somebody logs in or asks for more than their role allows.

AuthError
├── WrongPassword       login or password not right (never says which)
├── TooManyFailures     wait before the next try
├── NotLoggedIn         no session, or it ended
├── NotAllowed          the role does not include this
├── StaleForm           the CSRF token of the form is not this session's
├── WeakPassword        the new password is too easy to guess
├── LoginTaken          another user has this login
└── UnknownUser         no such user
"""


class AuthError(Exception):
    """`code` is stable; `message` is Chinese and says what to do next."""

    code = "auth"
    message = "操作没有完成，请重新登录后再试。"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.message)
        self.message = message or self.message


class WrongPassword(AuthError):
    code = "wrong_password"
    message = "登录名或密码不对，请检查后再试。"


class TooManyFailures(AuthError):
    code = "too_many_failures"
    message = "试错次数太多，请过一会儿再登录。"


class NotLoggedIn(AuthError):
    code = "not_logged_in"
    message = "请先登录。"


class NotAllowed(AuthError):
    code = "not_allowed"
    message = "您的账号没有这项权限，如有需要请联系管理员。"


class StaleForm(AuthError):
    code = "stale_form"
    message = "页面放得太久了，请刷新页面后再提交一次。"


class WeakPassword(AuthError):
    code = "weak_password"


class LoginTaken(AuthError):
    code = "login_taken"
    message = "这个登录名已经有人用了，请换一个。"


class UnknownUser(AuthError):
    code = "unknown_user"
    message = "没有这个账号，请检查登录名。"
