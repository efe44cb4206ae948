"""Who gets in, and for how long."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.auth.accounts import first_run
from bot.auth.errors import AuthError, WeakPassword
from bot.auth.login import log_in
from bot.auth.passwords import Passwords, first_password, refuse_weak
from bot.auth.throttle import PER_LOGIN, SPAN, locked_until
from integrations.storage.models import AuditRow, LoginFailureRow, LoginSessionRow, UserRow

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def actions(town: Any) -> list[str]:
    with town.store.reading() as session:
        return list(session.scalars(select(AuditRow.action).order_by(AuditRow.id)))


def test_the_first_password_is_given_once_and_kept_nowhere(given: Any) -> None:
    at = given.clock.now()
    password = first_run(given.store, given.passwords, below=given.below, at=at)
    assert password is not None
    assert first_run(given.store, given.passwords, below=given.below, at=at) is None
    with given.store.reading() as session:
        user = session.scalars(select(UserRow)).one()
    assert user.login == "admin"
    assert password not in user.password_hash
    assert user.password_hash.startswith("$argon2id$")


def test_nobody_sees_a_page_without_logging_in(visitor: Any, empty_town: Any) -> None:
    for path in ("/", "/campaigns", "/tickets", "/registry", "/exports", "/audit", "/users"):
        answer = visitor.client.get(path, headers={"accept": "text/html"}, follow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login")
    assert visitor.client.get("/campaigns").status_code == 401
    assert visitor.client.post("/logout").status_code == 401


def test_a_wrong_password_says_neither_which_half_was_wrong(admin: Any, visitor: Any) -> None:
    for login in ("admin", "nobody"):
        answer = visitor.client.post("/login", data={"login": login, "password": "nonsense"})
        assert answer.status_code == 401
        assert "登录名或密码不对，请检查后再试。" in answer.text


def test_after_five_failures_even_the_right_password_waits(visitor: Any, account: Any, empty_town: Any) -> None:
    password = account("lin", "staff")
    for _ in range(PER_LOGIN):
        assert visitor.client.post("/login", data={"login": "lin", "password": "x"}).status_code == 401
    answer = visitor.client.post("/login", data={"login": "lin", "password": password})
    assert answer.status_code == 429
    assert "15 分钟后" in answer.text
    empty_town.clock.advance(SPAN)
    visitor.log_in("lin", password)
    with empty_town.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(LoginFailureRow)) == 0


def test_failures_of_one_address_are_counted_over_all_logins(visitor: Any, empty_town: Any) -> None:
    statuses = [
        visitor.client.post("/login", data={"login": f"guess{number}", "password": "x"}).status_code
        for number in range(31)
    ]
    assert statuses[:30] == [401] * 30
    assert statuses[30] == 429


def test_many_tries_at_the_same_moment_count_like_one_after_the_other(given: Any, account: Any) -> None:
    account("lin", "staff")

    def guess(number: int) -> str:
        try:
            log_in(given.store, given.passwords, "lin", f"guess {number}", address="10.0.0.1", token=given.token, at=AT)
        except AuthError as error:
            return error.code
        return "in"

    with ThreadPoolExecutor(8) as crowd:
        codes = list(crowd.map(guess, range(16)))
    assert codes.count("wrong_password") == PER_LOGIN
    assert codes.count("too_many_failures") == 16 - PER_LOGIN


def test_the_lock_ends_when_the_oldest_counted_failure_is_forgotten(empty_town: Any) -> None:
    at = empty_town.clock.now()
    failures = [at - timedelta(minutes=minutes) for minutes in (14, 10, 1)]
    assert locked_until(failures, 4, at=at) is None
    assert locked_until(failures, 3, at=at) == at + timedelta(minutes=1)
    assert locked_until(failures, 2, at=at) == at + timedelta(minutes=5)


def test_a_session_ends_after_two_idle_hours_and_after_twelve_in_any_case(admin: Any, empty_town: Any) -> None:
    for _ in range(11):
        empty_town.clock.advance(timedelta(hours=1))
        admin.page("/")
    empty_town.clock.advance(timedelta(hours=1, minutes=1))
    assert admin.client.get("/campaigns").status_code == 401


def test_an_idle_session_ends(admin: Any, empty_town: Any) -> None:
    empty_town.clock.advance(timedelta(hours=2, minutes=1))
    assert admin.client.get("/campaigns").status_code == 401


def test_logging_out_ends_the_session_in_the_database(admin: Any, empty_town: Any) -> None:
    cookie = admin.client.cookies["linyin"]
    admin.post("/logout")
    admin.client.cookies.set("linyin", cookie)
    assert admin.client.get("/campaigns").status_code == 401
    with empty_town.store.reading() as session:
        assert session.scalars(select(LoginSessionRow)).all() == []
    assert actions(empty_town)[-2:] == ["login.done", "login.ended"]


def test_the_cookie_cannot_be_read_by_script_or_sent_by_another_site(visitor: Any, account: Any) -> None:
    password = account("lin", "staff")
    answer = visitor.client.post("/login", data={"login": "lin", "password": password}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_changed_password_ends_the_other_sessions(admin: Any, account: Any, given: Any, app: Any) -> None:
    password = account("lin", "staff")
    admin.post("/logout")
    admin.log_in("lin", password)
    old = admin.client.cookies["linyin"]
    admin.client.cookies.clear()
    admin.log_in("lin", password)
    new_password = "今天天气真好呀适合散步"
    assert "密码已修改" in admin.post("/me/password", current=password, wanted=new_password, again=new_password)
    assert admin.client.get("/campaigns").status_code == 200
    admin.client.cookies.clear()
    admin.client.cookies.set("linyin", old)
    assert admin.client.get("/campaigns").status_code == 401


def test_the_old_password_is_asked_for_before_it_is_changed(admin: Any) -> None:
    page = admin.post("/me/password", 422, current="wrong", wanted="abcdefghijkl", again="abcdefghijkl")
    assert "现在的密码不对" in page


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaa", "1234567890", "xx-lin-2026-xx"])
def test_a_password_that_is_easily_guessed_is_refused(weak: str) -> None:
    with pytest.raises(WeakPassword):
        refuse_weak(weak, login="lin")


def test_first_passwords_can_be_read_aloud() -> None:
    drawn = iter(range(16))
    assert first_password(lambda below: next(drawn) % below) == "abcd-efgh-jkmn-pqrs"


def test_a_login_after_the_page_asked_for_never_leads_to_another_site(visitor: Any, account: Any) -> None:
    password = account("lin", "staff")
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        answer = visitor.client.post(
            "/login", data={"login": "lin", "password": password, "next": elsewhere}, follow_redirects=False
        )
        assert answer.headers["location"] == "/"


def test_a_disabled_account_is_out_at_once(admin: Any, account: Any, empty_town: Any, passwords: Passwords) -> None:
    password = account("lin", "staff")
    with empty_town.store.reading() as session:
        user = session.scalars(select(UserRow.id).where(UserRow.login == "lin")).one()
    admin.post(f"/users/{user}/disable")
    admin.post("/logout")
    assert admin.client.post("/login", data={"login": "lin", "password": password}).status_code == 401


def test_nobody_closes_their_own_account(admin: Any, empty_town: Any) -> None:
    with empty_town.store.reading() as session:
        user = session.scalars(select(UserRow.id).where(UserRow.login == "admin")).one()
    assert "不能停用自己的账号" in admin.post(f"/users/{user}/disable", 422)
