"""Long lists in pages."""

from dataclasses import dataclass

PAGE_ROWS = 50  # fits two screens; more makes the phone of a grid worker scroll for long


@dataclass(frozen=True, kw_only=True)
class Page:
    """Which part of a list is shown. `number` counts from 1."""

    number: int
    total: int
    rows: int = PAGE_ROWS

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.rows))

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.rows

    @property
    def first_row(self) -> int:
        return self.offset + 1 if self.total else 0

    @property
    def last_row(self) -> int:
        return min(self.offset + self.rows, self.total)


def page(number: int, total: int) -> Page:
    """The page asked for, or the nearest that exists."""
    last = max(1, -(-total // PAGE_ROWS))
    return Page(number=min(max(1, number), last), total=total)
