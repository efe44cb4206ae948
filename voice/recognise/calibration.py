"""From a share of probability to a confidence: how often texts with such a share are right (docs/speech.md)."""

from bisect import bisect_right
from typing import Literal

CalibratedPath = Literal["phrase", "value", "free"]

# Lower edge of the share → share of right texts. Phrases: on what the weights were fitted on (docs/speech.md),
# with speech outside the set: 31 of 43 below 0.8, 33 of 36 to 0.95, 110 of 110 above. Values: 34 of 43 on
# tests/bench/speech_cases/tuning.yaml. `free` is for texts that no answer was found in.
_STEPS: dict[CalibratedPath, tuple[tuple[float, float], ...]] = {
    "phrase": ((0.0, 0.3), (0.5, 0.7), (0.8, 0.9), (0.95, 0.97)),
    "value": ((0.0, 0.3), (0.5, 0.65), (0.6, 0.8), (0.9, 0.85)),
    "free": ((0.0, 0.45),),
}


def confidence_of(path: CalibratedPath, share: float) -> float:
    """Confidence 0..1 of a text with that share of probability."""
    edges = [edge for edge, _ in _STEPS[path]]
    return _STEPS[path][bisect_right(edges, share) - 1][1]
