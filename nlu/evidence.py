"""What a reply says about a yes-or-no question, piece by piece."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "echo",  # says the question's own predicate: 没发烧
    "plain",  # a bare yes or no
    "consent",  # agrees: 好, 行
    "listening",  # 嗯
    "guess",  # a statement that leans to one side
    "sometimes",
    "over",  # says that something is no longer so: 好了
    "unknown",
    "refused",
    "not_measured",
    "question",  # asks back
    "correction",  # sets aside what was said before
]

Past = Literal["", "recent", "long", "aspect"]  # aspect: only 过 says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that a clause says; `yes` is None where it takes no side. Positions are of the standard text."""

    kind: Kind
    start: int
    end: int
    yes: bool | None = None
    strong: bool = True  # an echo of the whole topic, not of one word of it
    hedged: bool = False
    over: bool = False
    past: Past = ""
    contrast: bool = False
    word: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What was made of one clause, before it is known where the clause stands."""

    kind: Kind
    yes: bool | None = None
    word: str = ""
    strong: bool = True
