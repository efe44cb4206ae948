"""The weights of expected answers are those that fit what was kept best."""

from dataclasses import asdict, replace

from tests.bench.speech_fit import KEPT, SLACK, kept, loss, right
from voice.recognise.verdict import phrase_weights

STEP = 0.5  # of what a weight may vary
NOTHING = 0.01  # of the loss: the search stops after 120 trials


def test_no_weight_can_be_moved_for_the_better() -> None:
    found, weights = kept(KEPT), phrase_weights()
    best = loss(found, weights)
    for name, slack in asdict(SLACK).items():
        for step in (-STEP * slack, STEP * slack):
            moved = replace(weights, **{name: asdict(weights)[name] + step})
            assert loss(found, moved) > best - NOTHING


def test_most_is_understood_and_little_made_up() -> None:
    counts = right(kept(KEPT), phrase_weights())
    assert {name: good / tried >= 0.85 for name, (good, tried) in counts.items()} == dict.fromkeys(counts, True)
