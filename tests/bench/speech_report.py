"""What the speech bench counts, and how it is told."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.bench.speech_counts import Tally, percentile


@dataclass
class Tables:
    """Everything that is counted."""

    ours: dict[str, Tally] = field(default_factory=dict)
    raw: dict[str, Tally] = field(default_factory=dict)
    replies: dict[str, list[float]] = field(default_factory=lambda: {"closed": [], "open": []})
    cpu_seconds: list[float] = field(default_factory=list)
    shares: list[tuple[float, bool]] = field(default_factory=list)  # confidence and whether it was right

    def add(self, section: str, *, right: bool, raw: bool | None = None) -> None:
        """One answer."""
        self.ours.setdefault(section, Tally()).add(right=right)
        if raw is not None:
            self.raw.setdefault(section, Tally()).add(right=raw)


def report(tables: Tables, *, seconds: float) -> dict[str, Any]:
    """The keys of the issue, each rate with its interval, and the raw recogniser's beside them."""
    found: dict[str, Any] = {key: tally.report() for key, tally in tables.ours.items()}
    outside = tables.ours.get("out_of_set", Tally())
    found["out_of_set_accepted"] = Tally(outside.tried - outside.right, outside.tried).report()
    found["raw"] = {key: tally.report() for key, tally in tables.raw.items()}
    closed, opened = tables.replies["closed"], tables.replies["open"]
    return {
        **found,
        "reply_p50_s": percentile(closed, 0.5),
        "reply_p95_s": percentile(closed, 0.95),
        "reply_open_p50_s": percentile(opened, 0.5),
        "reply_open_p95_s": percentile(opened, 0.95),
        "cpu_mean_s": round(float(np.mean(tables.cpu_seconds)), 3) if tables.cpu_seconds else None,
        "calibration": calibration(tables.shares),
        "n": sum(each.tried for each in tables.ours.values()),
        "wall_s": round(seconds),
        "voices": "synthetic (Kokoro) on a simulated telephone line",
    }


def calibration(shares: list[tuple[float, bool]]) -> dict[str, dict[str, float | int | list[float]]]:
    """How often each stated confidence was right."""
    tallies: dict[str, Tally] = {}
    for confidence, right in sorted(shares):
        tallies.setdefault(f"{confidence:.2f}", Tally()).add(right=right)
    return {key: tally.report() for key, tally in tallies.items()}
