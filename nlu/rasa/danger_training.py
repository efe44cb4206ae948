"""Fits the second opinion on danger (nlu/danger_opinion.py) and writes it where it is shipped.

    .venv-rasa/bin/python -m nlu.rasa.danger_training

To be run again after a change of the lexicons of dangers or of the intents' training data; tests/rasa holds that the
shipped model is still the one that these files give.
"""

import math
import random
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from nlu.danger_opinion import ARTEFACT, DangerOpinion, danger_features
from nlu.lexicon import load
from nlu.noise import misheard
from nlu.red_flags import outcomes_of

INTENT_DATA = Path(__file__).parents[1] / "data"
DANGER_INTENT = "red_flag"

# Weights of the examples: what was written to tell danger from its likeness counts in full.
INTENTS_COUNT, MISHEARD_COUNT, STORIES_COUNT = 0.5, 0.7, 0.6
MISHEARD_COPIES = 4  # fewer leave the scores to chance
MISHEARD_RATES = (0.08, 0.15, 0.25)  # around the 15 % at which recall is promised
SMALLEST_SHARE = 4  # a feature of fewer texts is learned by heart
REGULARISATION, KINDS_REGULARISATION = 40.0, 10.0  # sklearn's C; of 3, 10, 40 the best on the cases of tests/nlu
MOST_STEPS = 300
SMALLEST_KIND_WEIGHT = 0.1  # below it a feature says nothing of the kind; the shipped file is half as large without


@dataclass(frozen=True, slots=True)
class _Example:
    text: str
    kind: str  # "" for ordinary talk
    weight: float
    kind_known: bool = True


def fitted(*, seed: int = 1) -> DangerOpinion:
    """The model of the shipped examples; the same seed gives the same model."""
    examples = list(_examples(random.Random(seed)))  # noqa: S311
    found = [danger_features(each.text, outcomes_of(each.text)) for each in examples]
    counts = Counter(feature for each in found for feature in each)
    vocabulary = sorted(name for name, count in counts.items() if count >= SMALLEST_SHARE)
    rows = {name: row for row, name in enumerate(vocabulary)}
    rarity = np.array([1.0 + math.log(len(found) / counts[name]) for name in vocabulary], dtype=np.float32)
    matrix = _matrix(found, rows, rarity)
    danger = _classifier(REGULARISATION)
    kinds = _classifier(KINDS_REGULARISATION)
    told = [number for number, each in enumerate(examples) if each.kind and each.kind_known]
    with warnings.catch_warnings():
        # Stopping before the last decimal is meant.
        warnings.simplefilter("ignore", ConvergenceWarning)
        danger.fit(matrix, [bool(each.kind) for each in examples], sample_weight=[each.weight for each in examples])
        kinds.fit(matrix[told], [examples[number].kind for number in told])
    return DangerOpinion(
        vocabulary=vocabulary,
        rarity=rarity,
        weights=danger.coef_[0].astype(np.float32),
        bias=float(danger.intercept_[0]),
        kinds=[str(each) for each in kinds.classes_],
        kind_weights=np.where(abs(kinds.coef_) < SMALLEST_KIND_WEIGHT, 0, kinds.coef_).T.astype(np.float32),
    )


def _examples(rng: random.Random) -> Iterator[_Example]:
    """Every example, misheard copies of it, and dangers inside a story."""
    dangers: Mapping[str, Sequence[str]] = load("dangers_told.yaml")
    talk: Mapping[str, Sequence[str]] = load("ordinary_talk.yaml")
    asked = list(_said_with_intents())
    ordinary = [text for texts in talk.values() for text in texts]
    harmless = [*ordinary, *(text for text, intent in asked if intent != DANGER_INTENT)]
    told = [_Example(text, kind, 1.0) for kind, texts in dangers.items() for text in texts]
    told += [_Example(text, DANGER_INTENT, 1.0, kind_known=False) for text, intent in asked if intent == DANGER_INTENT]
    for each in (*told, *(_Example(text, "", 1.0) for text in ordinary)):
        yield each
        for _ in range(MISHEARD_COPIES):
            heard = misheard(each.text, error_rate=rng.choice(MISHEARD_RATES), rng=rng)
            yield _Example(heard, each.kind, MISHEARD_COUNT, each.kind_known)
    yield from (_Example(text, "", INTENTS_COUNT) for text, intent in asked if intent != DANGER_INTENT)
    for each in told:
        parts = [each.text, rng.choice(harmless)]
        rng.shuffle(parts)
        yield _Example("，".join(parts), each.kind, STORIES_COUNT, each.kind_known)
    yield from (_Example(f"{text}，{rng.choice(harmless)}", "", STORIES_COUNT) for text in ordinary)


def _said_with_intents() -> Iterable[tuple[str, str]]:
    for file in sorted(INTENT_DATA.glob("*.yml")):
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                yield line.removeprefix("- "), block["intent"]


def _classifier(regularisation: float) -> LogisticRegression:
    return LogisticRegression(C=regularisation, max_iter=MOST_STEPS)


def _matrix(found: Sequence[Sequence[str]], rows: Mapping[str, int], rarity: np.ndarray) -> csr_matrix:
    """One row a text, as DangerOpinion weighs it."""
    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for each in found:
        known = [row for row in map(rows.get, each) if row is not None]
        seen = rarity[known]
        values.extend(seen / (math.sqrt(float(seen @ seen)) or 1.0))
        columns.extend(known)
        ends.append(len(columns))
    return csr_matrix((np.array(values, dtype=np.float64), columns, ends), shape=(len(found), len(rows)))


if __name__ == "__main__":
    fitted().save(ARTEFACT)
