"""Shares with their intervals."""

from dataclasses import dataclass
from math import sqrt

NORMAL_95 = 1.959964


@dataclass
class Tally:
    """How often something was right, and how often it was tried."""

    right: int = 0
    tried: int = 0

    def add(self, *, right: bool) -> None:
        """One more trial."""
        self.right += right
        self.tried += 1

    def report(self) -> dict[str, float | int | list[float]]:
        """Share, 95 % interval (Wilson 1927) and number; an empty tally has share 0 and the widest interval."""
        low, high = interval(self.right, self.tried)
        share = self.right / self.tried if self.tried else 0.0
        return {"share": round(share, 4), "low": round(low, 4), "high": round(high, 4), "n": self.tried}


def interval(right: int, tried: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not tried:
        return 0.0, 1.0
    share, square = right / tried, NORMAL_95**2
    centre = (share + square / (2 * tried)) / (1 + square / tried)
    half = NORMAL_95 * sqrt(share * (1 - share) / tried + square / (4 * tried**2)) / (1 + square / tried)
    return max(0.0, centre - half), min(1.0, centre + half)


def percentile(values: list[float], share: float) -> float | None:
    """The value below which that share of the values lies; None of none."""
    if not values:
        return None
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)
