"""Fits the intent model on examples, made richer by how people start and end a sentence and how they are misheard."""

import math
import random
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from nlu.features import features
from nlu.intents import IntentModel
from nlu.lexicon import load
from nlu.noise import misheard

Example = tuple[str, str]  # text, intent

RunUps = Mapping[str, Sequence[str]]  # lexicon/run_ups.yaml

# Shares of the dressed copies; nothing was measured, they only keep all forms in the data.
OPENED, OPENED_AND_ENDED, DRESSED_AND_MISHEARD = 0.6, 0.4, 0.5
MISHEARD_COPIES = 1  # two cost twice the time for the same accuracy, clean and at 15 % noise
MISHEARD_RATES = (0.08, 0.15, 0.25)  # around the 15 % at which accuracy is promised
SMALLEST_SHARE = 5  # a feature of fewer variants belongs to one example alone: it would be learned by heart
REGULARISATION = 40.0  # sklearn's C
MOST_STEPS = 80  # of the solver: 30 lose a point of accuracy, 200 gain nothing


def fit(examples: Sequence[Example], *, seed: int) -> IntentModel:
    """A model of the given examples; the same ones and seed give the same model. Raises ValueError on one intent."""
    rng = random.Random(seed)  # noqa: S311
    run_ups: RunUps = load("run_ups.yaml")
    rich = [(variant, intent) for text, intent in examples for variant in _variants(text, run_ups, rng)]
    found = [features(text) for text, _ in rich]
    counts = Counter(feature for each in found for feature in each)
    vocabulary = {name: row for row, name in enumerate(sorted(k for k, n in counts.items() if n >= SMALLEST_SHARE))}
    rarity = np.array([1.0 + math.log(len(found) / counts[name]) for name in vocabulary], dtype=np.float32)
    classifier = LogisticRegression(C=REGULARISATION, max_iter=MOST_STEPS, tol=1e-3, class_weight="balanced")
    with warnings.catch_warnings():
        # Stopping before the last decimal is meant.
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(_matrix(found, vocabulary, rarity), [intent for _, intent in rich])
    return IntentModel(
        labels=[str(each) for each in classifier.classes_],
        vocabulary=vocabulary,
        rarity=rarity,
        weights=classifier.coef_.T.astype(np.float32),
        bias=classifier.intercept_.astype(np.float32),
    )


def _variants(text: str, run_ups: RunUps, rng: random.Random) -> Iterable[str]:
    yield text
    yield _dressed(text, run_ups, rng)
    for _ in range(MISHEARD_COPIES):
        said = _dressed(text, run_ups, rng) if rng.random() < DRESSED_AND_MISHEARD else text
        yield misheard(said, error_rate=rng.choice(MISHEARD_RATES), rng=rng)


def _dressed(text: str, run_ups: RunUps, rng: random.Random) -> str:
    """The text as somebody says it who takes a run-up, or calls the caller by a name."""
    opening = rng.choice(run_ups["openings"]) if rng.random() < OPENED else ""
    ending = rng.choice(run_ups["endings"]) if not opening or rng.random() < OPENED_AND_ENDED else ""
    return f"{opening}{text}{ending}"


def _matrix(found: Sequence[Sequence[str]], vocabulary: dict[str, int], rarity: np.ndarray) -> csr_matrix:
    """One row a text, as IntentModel weighs it: its length counts the features that the model does not know."""
    unseen_rarity = float(rarity.max()) ** 2
    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for each in found:
        rows = [row for row in map(vocabulary.get, each) if row is not None]
        seen = rarity[rows]
        length = math.sqrt(float(seen @ seen) + (len(each) - len(rows)) * unseen_rarity)
        values.extend(seen / (length or 1.0))
        columns.extend(rows)
        ends.append(len(columns))
    return csr_matrix((np.array(values, dtype=np.float64), columns, ends), shape=(len(found), len(vocabulary)))
