"""From a share of probability to a confidence: how often texts with such a share are right (docs/speech.md)."""

from bisect import bisect_right
from typing import Literal

# Lower edge of the share → share of right texts on tests/bench/speech_cases/tuning.yaml at 10 and 15 dB.
_STEPS: dict[str, tuple[tuple[float, float], ...]] = {
    "expected": ((0.0, 0.3), (0.5, 0.6), (0.7, 0.75), (0.85, 0.85), (0.95, 0.95)),
    "free": ((0.0, 0.3), (0.5, 0.4), (0.9, 0.5)),
}


def confidence_of(path: Literal["expected", "free"], share: float) -> float:
    """Confidence 0..1 of a text with that share of probability."""
    edges = [edge for edge, _ in _STEPS[path]]
    return _STEPS[path][bisect_right(edges, share) - 1][1]
