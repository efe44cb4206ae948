"""Passwords: Argon2id hashes, a first password that can be read aloud, and which new ones are refused."""

import threading
from collections.abc import Callable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.auth.errors import WeakPassword

SHORTEST = 10  # characters; NIST SP 800-63B asks for at least 8, we have no second factor
LONGEST = 200  # a longer one only costs hashing time
FIRST_PASSWORD_GROUPS = 4
FIRST_PASSWORD_GROUP_LETTERS = 4
# No 0/O, 1/l/I: the first password is copied from a terminal by hand. 31^16 possibilities are 79 bits.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
EASY = frozenset({"1234567890", "0123456789", "1111111111", "0000000000", "qwertyuiop", "password123", "admin12345"})


AT_ONCE = 2  # hashes; each takes 64 MB and a core, and a flood of logins must not take the machine


class Passwords:
    """Hashes and checks passwords. Argon2id with RFC 9106's second recommended setting unless told otherwise."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        # Checked when the login is unknown, so that the answer takes as long as for a known one.
        self._nobody = self._hasher.hash("nobody has this password")

    def hashed(self, password: str) -> str:
        """The string to store."""
        with self._turn:
            return self._hasher.hash(password)

    def match(self, stored: str | None, password: str) -> bool:
        """Whether the password is the stored one's; takes the same time when nothing is stored."""
        if len(password) > LONGEST:
            return False
        try:
            with self._turn:
                matches = self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return matches and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with weaker settings than today's."""
        return self._hasher.check_needs_rehash(stored)


def refuse_weak(password: str, *, login: str) -> None:
    """Raises WeakPassword with the reason in Chinese."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"新密码至少要 {SHORTEST} 个字符，可以用一句自己记得住的话。")
    if len(password) > LONGEST:
        raise WeakPassword(f"新密码最多 {LONGEST} 个字符，请缩短一些。")
    if password.lower() in EASY or len(set(password)) < 5:
        raise WeakPassword("这个密码太容易被猜到，请换一个。")
    if login.lower() in password.lower():
        raise WeakPassword("密码里不要包含登录名，请换一个。")


def first_password(below: Callable[[int], int]) -> str:
    """A new random password such as `k7mx-p2qa-…`; `below(n)` draws a number from 0 to n-1."""
    groups = (
        "".join(READABLE[below(len(READABLE))] for _ in range(FIRST_PASSWORD_GROUP_LETTERS))
        for _ in range(FIRST_PASSWORD_GROUPS)
    )
    return "-".join(groups)
