"""What can go wrong with dialogs' data.

DialogsError
└── QuestionnaireInvalid   a questionnaire file cannot be used; lists every fault with file and line
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing to change in a file."""

    file: str
    line: int  # from 1
    message: str  # Chinese: what is wrong and what to write instead

    def __str__(self) -> str:
        return f"{self.file} 第 {self.line} 行：{self.message}"


class DialogsError(Exception):
    """Something in dialogs/; `code` is stable, `message` is Chinese and says what to do next."""

    code = "dialogs"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class QuestionnaireInvalid(DialogsError):
    """A questionnaire file that cannot be used."""

    code = "questionnaire_invalid"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults
