"""Teaches Whisper base telephones and answers: an hour of two cores after half an hour of rendering.

In an environment of its own, with PyTorch (docs/speech.md):

python -m voice.adapting.training render   # speaks sayings.tsv; goes on where it was broken off
python -m voice.adapting.training learn    # writes voice/recognise/whisper/telephone.npz
python -m voice.adapting.training learn --on FILE --steps 200   # goes on from changes that were learned before
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import ceil, cos, pi
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - its usual name

from voice.adapting.lines import no_words, on_some_line, through
from voice.adapting.network import Whisper
from voice.adapting.sayings import APART, FULL_SCALE, Saying, Speakers, sayings
from voice.audio.sound import RECOGNISER_HZ, Sound
from voice.models.catalogue import MODELS_FOLDER
from voice.recognise.whisper.adapter import TELEPHONE, read_halves, write_changes
from voice.recognise.whisper.features import log_mel
from voice.recognise.whisper.model import ENCODER_FRAMES_PER_SECOND, MARGIN_SECONDS

STEPS, BATCH, BATCHES_SORTED = 410, 16, 4  # sounds of like length go together, or most of a batch is padding
RATE, WARM_UP, DECAY, STRONGEST_GRADIENT = 8e-4, 40, 0.01, 1.0
SMOOTHING = 0.05  # of the labels: a model that is surer than right cannot be calibrated
LONGEST_SECONDS, FEATURE_HZ = 10, 100
NO_WORDS_SHARE = 0.5  # of the batches have one sound without words
JOINED_SHARE, JOINED_UP_TO_SECONDS = 0.08, 2.0  # two short answers in one turn
NOBODY = "<|nocaptions|>"  # the token whose probability is that of no speech
NO_SPEECH_WEIGHT = 0.3
OTHERS = 300  # sounds that may be heard behind a speaker
REPORT_EVERY = 20
# Of what was learned. With all of it the model forgets the words of people who talk of other things: decisions/0007.
# While it learns the share is another in each batch, so that a part of the changes is good for itself.
KEPT_SHARE, LEAST_SHARE = 0.5, 0.45


@dataclass(frozen=True, slots=True)
class Example:
    """Clean speech at 16 kHz, and what is said."""

    speech: NDArray[np.float32]
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What the network gets, and which token should follow each (-100: any)."""

    features: Tensor
    heard: Tensor
    tokens: Tensor
    wanted: Tensor


class Classroom:
    """Makes batches of examples. One seed makes the same ones."""

    def __init__(self, examples: Sequence[Example], tokenizer: Tokenizer, *, seed: int) -> None:
        self._examples = examples
        self._rng = np.random.default_rng(seed)
        self._others = [Sound(each.speech[::2], RECOGNISER_HZ // 2) for each in examples[:OTHERS]]
        self._tokenizer = tokenizer
        known = tokenizer.get_vocab()
        marks = ("<|startoftranscript|>", "<|zh|>", "<|transcribe|>", "<|notimestamps|>", "<|endoftext|>", NOBODY)
        *self._prompt, self._end, self._nobody = [known[each] for each in marks]

    def batches(self) -> Iterator[Batch]:
        """For ever."""
        while True:
            drawn = self._rng.choice(len(self._examples), BATCH * BATCHES_SORTED)
            chosen = sorted((self._examples[each] for each in drawn), key=lambda each: len(each.speech))
            for start in BATCH * self._rng.permutation(BATCHES_SORTED):
                yield self._batch(chosen[start : start + BATCH])

    def _batch(self, examples: Sequence[Example]) -> Batch:
        heard = [self._heard(each) for each in examples]
        if self._rng.random() < NO_WORDS_SHARE:
            heard[-1] = through(no_words(self._rng), self._rng, self._others), ""
        seconds = [min(sound.seconds, LONGEST_SECONDS) for sound, _ in heard]
        window = min(ceil((max(seconds) + self._rng.uniform(0.6, 1.6)) * 4) / 4, LONGEST_SECONDS)
        features = np.concatenate([log_mel(sound, window=LONGEST_SECONDS) for sound, _ in heard])
        frames = 2 * round(window * FEATURE_HZ / 2)
        mask = torch.zeros(len(heard), 1, 1, frames // 2, dtype=torch.bool)
        for place, each in enumerate(seconds):
            mask[place, ..., : round((each + MARGIN_SECONDS) * ENCODER_FRAMES_PER_SECOND)] = True
        return Batch(torch.from_numpy(features[:, :, :frames]), mask, *self._tokens([text for _, text in heard]))

    def _heard(self, example: Example) -> tuple[Sound, str]:
        speech, text = example.speech, example.text
        other = self._examples[int(self._rng.integers(len(self._examples)))]
        short = max(len(speech), len(other.speech)) < JOINED_UP_TO_SECONDS * RECOGNISER_HZ
        if short and self._rng.random() < JOINED_SHARE:
            pause = np.zeros(int(self._rng.uniform(0.3, 1.3) * RECOGNISER_HZ), np.float32)
            speech, text = np.concatenate([speech, pause, other.speech]), f"{text}，{other.text}"
        return on_some_line(speech, self._rng, self._others), text

    def _tokens(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        spelled = [list(self._tokenizer.encode(each, add_special_tokens=False).ids) for each in texts]
        size = len(self._prompt) + max(map(len, spelled))
        tokens, wanted = torch.full((len(texts), size), self._end), torch.full((len(texts), size), -100)
        for place, each in enumerate(spelled):
            begin, end = len(self._prompt) - 1, len(self._prompt) + len(each)
            tokens[place, :end] = torch.tensor([*self._prompt, *each])
            wanted[place, begin:end] = torch.tensor([*each, self._end])
            wanted[place, 0] = self._prompt[1] if each else self._nobody
        return tokens, wanted


def loss(network: Whisper, batch: Batch) -> Tensor:
    """The mean cross entropy of the tokens; whether anybody speaks counts a little."""
    hidden = network.decode(batch.tokens, network.encode(batch.features), batch.heard)
    asked = batch.wanted != -100
    wanted = batch.wanted[asked]
    lost = F.cross_entropy(hidden[asked] @ network.embeddings.t(), wanted, reduction="none", label_smoothing=SMOOTHING)
    weights = torch.where(torch.nonzero(asked)[:, 1] == 0, NO_SPEECH_WEIGHT, 1.0)
    return (lost * weights).sum() / weights.sum()


def learn(network: Whisper, batches: Iterator[Batch], *, steps: int) -> None:
    """AdamW, the rate rising and then falling as a cosine."""
    learned = [each for each in network.parameters() if each.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=RATE, weight_decay=DECAY, betas=(0.9, 0.98))
    rng, lost = np.random.default_rng(0), list[float]()
    for step, batch in zip(range(steps), batches, strict=False):
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP) * (1 + cos(pi * step / steps)) / 2
        network.weigh(rng.uniform(LEAST_SHARE, 1.0))
        found = loss(network, batch)
        optimiser.zero_grad()
        found.backward()
        torch.nn.utils.clip_grad_norm_(learned, STRONGEST_GRADIENT)
        optimiser.step()
        lost.append(found.item())
        if len(lost) == REPORT_EVERY:
            print(f"{step + 1} of {steps}: {np.mean(lost):.3f}", flush=True)  # noqa: T201 - a program's progress
            lost.clear()


def render(models: Path, folder: Path) -> None:
    """Speaks what has not been spoken yet."""
    speakers, wanted = Speakers(models, folder), list(sayings())
    for place, saying in enumerate(wanted, start=1):
        path = _path(folder, saying)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, speakers.spoken(saying))
        if place % REPORT_EVERY == 0:
            print(f"{place} of {len(wanted)}", flush=True)  # noqa: T201 - a program's progress


def examples(folder: Path) -> list[Example]:
    """What has been rendered, but for the voices that are kept apart."""
    taught = [each for each in sayings() if APART.isdisjoint(voice for voice, _ in each.voices)]
    return [
        Example(np.load(path).astype(np.float32) / FULL_SCALE, each.text)
        for each in taught
        if (path := _path(folder, each)).exists()
    ]


def _path(folder: Path, saying: Saying) -> Path:
    name = sha256(f"{saying.text}|{saying.name}|{saying.tempo}".encode()).hexdigest()[:24]
    return folder / "spoken" / f"{name}.npy"


def main(arguments: Any = None) -> None:
    """Renders, or learns."""
    options = argparse.ArgumentParser()
    options.add_argument("step", choices=("render", "learn"))
    options.add_argument("--models", type=Path, default=MODELS_FOLDER)
    options.add_argument("--folder", type=Path, default=Path("var/adapting"))
    options.add_argument("--steps", type=int, default=STEPS)
    options.add_argument("--to", type=Path, default=TELEPHONE)
    options.add_argument("--on", type=Path)
    chosen = options.parse_args(arguments)
    if chosen.step == "render":
        render(chosen.models, chosen.folder)
        return
    torch.manual_seed(0)
    base = chosen.models / "whisper-base"
    classroom = Classroom(examples(chosen.folder), Tokenizer.from_file(str(base / "tokenizer.json")), seed=0)
    network = Whisper(base / "model.bin")
    if chosen.on:
        network.go_on({name: (up / KEPT_SHARE, down) for name, (up, down) in read_halves(chosen.on).items()})
    learn(network, classroom.batches(), steps=chosen.steps)
    halves = network.adapted().items()
    write_changes(chosen.to, {name: (KEPT_SHARE * up, down) for name, (up, down) in halves})


if __name__ == "__main__":
    main()
