"""What a household book says, before anything of it is written."""

from dataclasses import dataclass, field
from typing import Any

from integrations.registry.book.address import Address
from integrations.registry.book.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that was left out; holds no personal data."""

    sheet: str
    row: int  # as Excel shows it
    column: str  # the heading, "" where the whole row is meant
    reason: str  # Chinese

    def __str__(self) -> str:
        where = f"“{self.column}”列，" if self.column else ""
        return f"工作表“{self.sheet}”第 {self.row} 行，{where}{self.reason}。"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadColumn:
    """A column that was left out, with what to do about it."""

    sheet: str
    row: int  # of the headings, as Excel shows it
    letter: str  # of the column, as Excel shows it
    heading: str
    reason: str  # Chinese

    def __str__(self) -> str:
        return f"工作表“{self.sheet}”第 {self.row} 行 {self.letter} 列“{self.heading}”：{self.reason}。"


@dataclass(slots=True, kw_only=True)
class HouseholdEntry:
    """One household with all the rows that belong to it."""

    address: Address
    grid: str = ""
    worker: str = ""
    deputy: str = ""
    note: str = ""
    consent: str = "unknown"
    calling_hours: dict[str, Any] | None = None  # campaigns.window.CallingWindow as JSON; None: any
    people: list[Person] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class WorkerEntry:
    """One grid worker, or somebody at the community's desk."""

    name: str
    role: str  # grid_worker|grid_lead|desk
    grid: str = ""
    phone: str | None = None


@dataclass(slots=True, kw_only=True)
class GridEntry:
    """Who looks after a grid unless a household says otherwise."""

    worker: str = ""
    deputy: str = ""


@dataclass(slots=True, kw_only=True)
class Book:
    """A household book as read."""

    rows: int = 0  # with something about a household or a worker in them
    households: dict[str, HouseholdEntry] = field(default_factory=dict)  # by Address.key
    workers: dict[str, WorkerEntry] = field(default_factory=dict)  # by name
    grids: dict[str, GridEntry] = field(default_factory=dict)  # by name
    bad_rows: list[BadRow] = field(default_factory=list)
    unread_columns: list[UnreadColumn] = field(default_factory=list)
    used_sheets: list[str] = field(default_factory=list)
    skipped_sheets: list[str] = field(default_factory=list)
