"""From a share of probability to a confidence: how often texts with such a share are right (docs/speech.md)."""

from bisect import bisect_right
from typing import Literal

CalibratedPath = Literal["phrase", "value", "free"]

# Lower edge of the share → share of right texts on tests/bench/speech_cases/tuning.yaml at 15 and 10 dB, 2 voices:
# phrases 78 of 82 in all, values 34 of 43. `free` is for texts that no answer was found in.
_STEPS: dict[CalibratedPath, tuple[tuple[float, float], ...]] = {
    "phrase": ((0.0, 0.3), (0.5, 0.8), (0.6, 0.9), (0.8, 0.95)),
    "value": ((0.0, 0.3), (0.5, 0.65), (0.6, 0.8), (0.9, 0.85)),
    "free": ((0.0, 0.45),),
}


def confidence_of(path: CalibratedPath, share: float) -> float:
    """Confidence 0..1 of a text with that share of probability."""
    edges = [edge for edge, _ in _STEPS[path]]
    return _STEPS[path][bisect_right(edges, share) - 1][1]
