"""Fits the weights of expected answers, `voice/recognise/weights.yaml`, on voices and wordings that are not held out.

python -m tests.bench.speech_fit gather    # hears every case and keeps what was found for and against each answer
python -m tests.bench.speech_fit fit       # from what was kept, within seconds
"""

import argparse
import gzip
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from datetime import datetime
from itertools import product
from math import log
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import yaml
from scipy.optimize import minimize

from nlu.reading import Choice, Expectation
from tests.bench.speech_audio import Voices
from voice.adapting.sayings import all_voices
from voice.audio.sound import Sound
from voice.models.catalogue import MODELS_FOLDER
from voice.recognise import verdict as verdicts
from voice.recognise.verdict import Candidate, Weights, verdict
from voice.recognise.whisper.adapter import TELEPHONE
from voice.recognise.whisper.ear import Ear
from voice.residents.recipe import Recipe, elder_recipe
from voice.turns.vad import holds_speech

CASES = Path(__file__).with_name("speech_cases")
KEPT = CASES / "fitting_heard.json.gz"
WEIGHTS = Path(verdicts.__file__).with_name("weights.yaml")
AT = datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
TEMPOS, ELDER_TEMPOS = (0.85, 1.0, 1.0, 1.15), (0.7, 0.85)
SNRS_DB = (10.0, 20.0)
ELDER_SHARE = 0.2
OUTSIDE_WEIGHT = 1.6  # a made-up answer is worse than a question that is asked again
LEAST_SHARE = 3e-4  # of the right answer: one hopeless case must not decide
START = Weights(
    temperature=1.3,
    prior=11.0,
    prior_a_syllable=-1.3,
    habit=0.6,
    distance_cost=8.5,
    readable=-1.0,
    heard_a_syllable=1.7,
)
# How far each weight may lie from the start before that costs PULL.
SLACK = Weights(
    temperature=0.5, prior=4.0, prior_a_syllable=1.0, habit=0.3, distance_cost=3.0, readable=3.0, heard_a_syllable=1.0
)
PULL = 0.002
MOST_TRIALS = 120  # of 0.1 s each; more gains little
DIGITS = 2  # of a weight; more would differ between machines


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One saying and how it sounds."""

    expectation: Expectation
    text: str
    meaning: str | None
    voice: str
    tempo: float
    snr_db: float
    seed: int
    elder: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was found for one saying. `wording` and `voice` are what it may be set apart by."""

    meaning: str | None
    wording: str
    voice: str
    elder: bool
    expected: tuple[Candidate, ...]
    free: tuple[Candidate, ...]


def sayings() -> Iterator[Spoken]:
    """Every case of the two files, each in one voice, tempo and noise of its own; in voices that the model has not
    learned from (voice/adapting), or it would seem surer than it is.
    """
    loaded = {
        name: yaml.safe_load((CASES / name).read_text(encoding="utf-8")) for name in ("tuning.yaml", "fitting.yaml")
    }
    voices = list(loaded["fitting.yaml"]["blends"])
    for name, cases in loaded.items():
        tempos = TEMPOS if name == "fitting.yaml" else (1.0,)
        for take, (expectation, text, meaning) in product(range(2), _answers(cases)):
            if meaning is not None or take == 0:
                yield _spoken(expectation, text, meaning, take, voices, tempos)


def _answers(cases: dict[str, Any]) -> list[tuple[Expectation, str, str | None]]:
    found: list[tuple[Expectation, str, str | None]] = []
    asked: list[Expectation] = []
    for question in cases["yes_no"]:
        asked.append(Expectation(key="q", kind="yes_no", asked=question["asked"]))
        found += [(asked[-1], text, '"yes"') for text in question["affirmed"]]
        found += [(asked[-1], text, '"no"') for text in question["denied"]]
    for question in (each for each in cases["choice"] if "choices" in each):
        choices = tuple(Choice(key=each, label=each) for each in question["choices"])
        asked.append(Expectation(key="q", kind="choice", choices=choices))
        for key, texts in question["says"].items():
            found += [(asked[-1], text, json.dumps(key, ensure_ascii=False)) for text in texts]
    for place, text in enumerate(cases["out_of_set"]):
        found += [(asked[(3 * place + step) % len(asked)], text, None) for step in range(3)]
    return found


def _spoken(
    expectation: Expectation, text: str, meaning: str | None, take: int, voices: Sequence[str], tempos: Sequence[float]
) -> Spoken:
    section = "out_of_set" if meaning is None else expectation.kind
    number = int(hashlib.sha256(f"{section}{expectation.asked}{text}{take}".encode()).hexdigest(), 16)
    chosen = random.Random(number)
    elder = chosen.random() < ELDER_SHARE
    return Spoken(
        expectation=expectation,
        text=text,
        meaning=meaning,
        elder=elder,
        voice=voices[(number + take) % len(voices)],
        tempo=chosen.choice(ELDER_TEMPOS if elder else tempos),
        snr_db=round(chosen.uniform(*SNRS_DB), 1),
        seed=number % 2**31,
    )


def blends(folder: Path) -> dict[str, dict[Path, float]]:
    """The voices of `fitting.yaml`: of what voice files, with what shares."""
    cases = yaml.safe_load((CASES / "fitting.yaml").read_text(encoding="utf-8"))
    files = all_voices(folder)
    return {
        name: {files / f"{one}.bin": share, files / f"{other}.bin": 1 - share}
        for name, (one, other, share) in cases["blends"].items()
    }


def gather(models: Path, folder: Path, *, rendered_only: bool) -> list[Heard]:
    """What the recogniser finds for every saying; with `rendered_only` for those whose speech is in the folder."""
    voices = Voices(models, folder, blends=blends(folder / "adapting"))
    ear = Ear(models / "whisper-base", threads=1, adapter=TELEPHONE)
    television = [voices.clean(text, voice=voice, tempo=1.0) for text, voice in _television()]
    found = []
    for each in sayings():
        recipe = elder_recipe(each.tempo) if each.elder else Recipe(tempo=each.tempo, snr_db=each.snr_db)
        if rendered_only and not voices.rendered(each.text, recipe, voice=each.voice):
            continue
        sound = voices.line(each.text, recipe, voice=each.voice, seed=each.seed, around=television)
        if holds_speech(sound):
            found.append(_heard(ear, each, sound))
    return found


def _television() -> list[tuple[str, str]]:
    cases = yaml.safe_load((CASES / "tuning.yaml").read_text(encoding="utf-8"))
    return list(zip(cases["out_of_set"], cases["voices"], strict=False))


def _heard(ear: Ear, said: Spoken, sound: Sound) -> Heard:
    turn = ear.heard(sound)
    free = ear.free(turn, said.expectation, at=AT).texts
    expected = ear.expected(turn, said.expectation, free, at=AT)
    return Heard(
        meaning=said.meaning,
        wording=said.text,
        voice=said.voice,
        elder=said.elder,
        expected=tuple(map(_rounded, expected)),
        free=tuple(map(_rounded, free)),
    )


def _rounded(each: Candidate) -> Candidate:
    return replace(each, score=round(each.score, 2), odds=round(each.odds, 2), unheard=round(each.unheard, 2))


def keep(found: Sequence[Heard], path: Path) -> None:
    """Writes them down."""
    text = json.dumps([asdict(each) for each in found], ensure_ascii=False)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def kept(path: Path) -> list[Heard]:
    """What was written down."""
    rows = json.loads(gzip.decompress(path.read_bytes()))
    return [
        Heard(**{**row, **{pool: tuple(Candidate(**each) for each in row[pool]) for pool in ("expected", "free")}})
        for row in rows
    ]


def fitted(found: Sequence[Heard]) -> Weights:
    """The weights under which the right answers are the likeliest, drawn a little towards the start."""
    start, slack = np.array(astuple(START)), np.array(astuple(SLACK))

    def cost(moved: np.ndarray[Any, np.dtype[np.float64]]) -> float:
        return loss(found, _weights(start + moved * slack)) + PULL * float(moved @ moved)

    best = minimize(
        cost, np.zeros(len(start)), method="Powell", options={"maxfev": MOST_TRIALS, "xtol": 0.05, "ftol": 1e-4}
    )
    return _weights([round(float(each), DIGITS) for each in start + best.x * slack])


def _weights(values: Sequence[float]) -> Weights:
    return Weights(**dict(zip(asdict(START), map(float, values), strict=True)))


def loss(found: Sequence[Heard], weights: Weights) -> float:
    """Mean log probability lost on what was meant, speech outside the set included."""
    total = 0.0
    for each in found:
        share = _share(each, weights)
        total -= (1.0 if each.meaning is not None else OUTSIDE_WEIGHT) * log(max(share, LEAST_SHARE))
    return total / len(found)


def _share(heard: Heard, weights: Weights) -> float:
    found = verdict(heard.expected, heard.free, weights)
    if heard.meaning is None:
        return found.other
    return sum(share for each, share in found.ranked if each.meaning == heard.meaning)


def right(found: Sequence[Heard], weights: Weights, accepted: float = 0.5) -> dict[str, tuple[int, int]]:
    """How many were understood, of how many: answers and speech outside the set, ordinary and elder."""
    counts: dict[str, tuple[int, int]] = {}
    for each in found:
        said = verdict(each.expected, each.free, weights)
        taken = said.candidate.meaning if said.candidate is not None and said.share >= accepted else None
        name = ("elder_" if each.elder else "") + ("outside" if each.meaning is None else "answer")
        so_far = counts.get(name, (0, 0))
        counts[name] = (so_far[0] + (taken == each.meaning), so_far[1] + 1)
    return counts


def crossed(found: Sequence[Heard], *, by: str, parts: int = 4) -> dict[str, tuple[int, int]]:
    """The same with weights that were fitted without the wordings (or the voices) that they are counted on."""
    total: dict[str, tuple[int, int]] = {}
    for part in range(parts):
        apart = [int(hashlib.sha256(str(getattr(each, by)).encode()).hexdigest(), 16) % parts == part for each in found]
        weights = fitted([each for each, out in zip(found, apart, strict=True) if not out])
        for name, (good, tried) in right(
            [each for each, out in zip(found, apart, strict=True) if out], weights
        ).items():
            so_far = total.get(name, (0, 0))
            total[name] = (so_far[0] + good, so_far[1] + tried)
    return total


def main() -> None:
    """Writes what was heard, or the weights."""
    options = argparse.ArgumentParser()
    options.add_argument("step", choices=("gather", "fit", "cross"))
    options.add_argument("--models", type=Path, default=MODELS_FOLDER)
    options.add_argument("--folder", type=Path, default=Path("var/bench/speech"))
    options.add_argument("--rendered-only", action="store_true")
    chosen = options.parse_args()
    if chosen.step == "gather":
        keep(gather(chosen.models, chosen.folder, rendered_only=chosen.rendered_only), KEPT)
        return
    found = kept(KEPT)
    if chosen.step == "cross":
        print(json.dumps({by: crossed(found, by=by) for by in ("wording", "voice")}))  # noqa: T201 - its output
        return
    weights = fitted(found)
    head = "# Made by `python -m tests.bench.speech_fit fit`: do not edit.\n"
    WEIGHTS.write_text(head + yaml.safe_dump(asdict(weights), sort_keys=False), encoding="utf-8")
    print(json.dumps({"loss": loss(found, weights), "right": right(found, weights)}))  # noqa: T201 - its output


if __name__ == "__main__":
    main()
