"""How well we hear: `linyin bench speech`. Synthetic voices on a simulated line; people are measured apart.

Voices and wordings come from speech_cases/held_out.yaml, which nothing was tuned on. The raw recogniser, Whisper base
as its publisher made it, whose free text is read without scoring the expected answers, is measured on the same sounds
in the same run.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from dialogs.acts.answers import SURE_AGREEMENT
from dialogs.phases import RIGHT
from nlu.normalise import normalise
from nlu.reading import Expectation
from nlu.red_flags import find_red_flags
from tests.bench.speech_at_once import Said, at_once
from tests.bench.speech_audio import Voices, telephone_digits
from tests.bench.speech_report import Tables, report
from tests.bench.speech_said import Case, answer_cases
from tests.bench.speech_turns import timed
from voice.announcements.answered import answered
from voice.audio.sound import Sound
from voice.denied import Denials
from voice.models.catalogue import MODELS_FOLDER
from voice.recognise.meaning import meaning
from voice.recognise.messages import EngineSpec
from voice.recognise.pool import TURN_LIMIT_SECONDS, RecogniserPool
from voice.recognise.recogniser import Recognition
from voice.recognise.whisper.model import WhisperModel
from voice.recognise.whisper.recogniser import WhisperRecogniser
from voice.residents.recipe import ELDER_TEMPOS, ORDINARY, Recipe, elder_recipe
from voice.turns.decisive import is_decisive
from voice.turns.policy import OLD_PACE, Pace, turn_policy

CASES = Path(__file__).with_name("speech_cases")
AT = datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
ELDER_SHARE = 6  # every sixth case is said by elders too: their renderings cost most
RAW_BEAM = 5
MOST_ATTEMPTS = 3  # of a value that is read back, before the keypad is offered
CONFIRM = Expectation(key=RIGHT, kind="yes_no", asked="对不对？")
ASKED = {
    "phone": "请问您的电话号码是多少？",
    "date": "您是哪一天回来的？",
    "temperature": "今天体温多少度？",
}
READ_BACK = tuple(ASKED)
CALLS = 8  # at once
AT_ONCE_EVERY = 3  # so many answer cases are left out between two: eight calls have 96 turns
SLOW_EVERY = 4  # so many speakers are old ones, at whose pace a turn ends later


class Bench:
    """One run over one list of voices."""

    def __init__(
        self, cases: dict[str, Any], voices: Voices, recogniser: WhisperRecogniser, *, raw: WhisperModel, seed: int
    ) -> None:
        self._cases = cases
        self._voices = voices
        self._recogniser = recogniser
        self._raw = raw
        self._seed = seed
        self.tables = Tables()

    def answers(self, *, elder: bool, rounds: int, every: int) -> None:
        """Yes/no, choices and speech outside the set: each case in each voice, `rounds` times in other noise."""
        prefix = "elder_" if elder else ""
        for case, voice in self._said(every, rounds):
            sound = self._sound(case.text, voice, elder=elder)
            heard, cpu = self._heard(sound, case.expectation)
            got = self._meaning(heard.text, case.expectation) if heard.expected else None
            raw = self._meaning(self._raw_text(sound), case.expectation)
            self.tables.add(prefix + case.section, right=got == case.meaning, raw=raw == case.meaning)
            self.tables.shares.append((heard.confidence if heard.expected else 0.0, got == case.meaning))
            self._time(sound, case, heard, cpu, elder=elder)

    def read_back(self, kind: str, *, rounds: int) -> None:
        """Values that are read back and said again until they are right, at most three times, never by keypad."""
        expectation = Expectation(key=kind, kind=kind, asked=ASKED[kind])
        for text, voice in ((text, voice) for text in self._cases[kind] for voice in self._cases["voices"]):
            said = telephone_digits(text) if kind == "phone" else text
            wanted = self._meaning(said, expectation)
            for _ in range(rounds):
                self._dialogue(kind, expectation, said, wanted, voice)

    def _dialogue(self, kind: str, expectation: Expectation, said: str, wanted: str | None, voice: str) -> None:
        denials = Denials()
        for attempt in range(MOST_ATTEMPTS):
            sound = self._sound(said, voice, elder=False)
            heard, cpu = self._heard(sound, denials.expected(expectation))
            got = self._meaning(heard.text, expectation)  # as the dialogue does: it reads every value back, sure or not
            case = Case(section=kind, expectation=expectation, text=said, meaning=wanted)
            if attempt == 0:
                raw = self._meaning(self._raw_text(sound), expectation)
                self.tables.add(f"{kind}_first_time", right=got == wanted, raw=raw == wanted)
                self._time(sound, case, heard, cpu, elder=False)
            denials.heard(heard.text, expectation, at=AT)
            if got is not None and self._confirmed(voice, denials, right=got == wanted):
                self.tables.add(kind, right=got == wanted)
                self.tables.add("wrong_confirmed", right=got != wanted)
                return
        self.tables.add(kind, right=False)
        self.tables.add("wrong_confirmed", right=False)

    def _confirmed(self, voice: str, denials: Denials, *, right: bool) -> bool:
        """Whether the reply to a read-back is heard as a yes; where it is neither, or a doubtful yes, once more."""
        for again in range(2):
            said = self._cases["confirm"]["affirmed" if right else "denied"]
            self._seed += 1
            sound = self._sound(said[self._seed % len(said)], voice, elder=False)
            heard, cpu = self._heard(sound, CONFIRM)
            case = Case(section="confirm", expectation=CONFIRM, text="", meaning="")
            self._time(sound, case, heard, cpu, elder=False)
            denials.heard(heard.text, CONFIRM, at=AT)
            found = self._meaning(heard.text, CONFIRM)
            if found == '"no"' or (found == '"yes"' and (heard.confidence >= SURE_AGREEMENT or again)):
                return found == '"yes"'
        return False

    def red_flags(self, *, rounds: int) -> None:
        """Danger told to a yes/no question, and ordinary health talk: found by the lexicon in what is handed on."""
        expectation = Expectation(key="health", kind="yes_no", asked="您最近身体好吗？")
        for section in ("red_flags", "ordinary_health"):
            for text in self._cases[section]:
                for voice in self._cases["voices"]:
                    for _ in range(rounds):
                        snr_db = 10.0 if self._seed % 2 else 15.0
                        sound = self._sound(text, voice, elder=False, recipe=Recipe(snr_db=snr_db))
                        heard, _ = self._heard(sound, expectation)
                        found = bool(find_red_flags(heard.text))
                        only_best = bool(find_red_flags(self._raw_text(sound)))
                        self.tables.add(section, right=found, raw=only_best)

    def announcements(self) -> None:
        """Who answered, from the sound."""
        for kind, texts in self._cases["announcements"].items():
            for text in texts:
                for voice in self._cases["voices"]:
                    sound = self._sound(text, voice, elder=False)
                    heard, _ = self._heard(sound, None)
                    texts_heard = (heard.text, *(each.text for each in heard.alternatives))
                    self.tables.add("announcements", right=answered(sound, texts_heard).by == kind)

    def cut_offs(self) -> None:
        """Slow speakers with pauses of 0.8 to 2 s between groups, at the pace that is assumed for the old."""
        for kind in ("phone", "text"):
            texts = (
                [telephone_digits(each) for each in self._cases["phone"]] if kind == "phone" else self._cases["slow"]
            )
            for text in texts:
                for voice in self._cases["voices"][:2]:
                    sound = self._sound(text, voice, elder=True)
                    timing = timed(sound, turn_policy(kind, OLD_PACE), decode_seconds=1.0, decisive=False)
                    self.tables.add("cut_offs", right=timing.cut_off)

    def at_once(self, engine: RecogniserPool) -> dict[str, float | int | None]:
        """The answers again, by several residents at the same time."""
        answers = [each for each in answer_cases(self._cases) if each.meaning is not None][::AT_ONCE_EVERY]
        plain = [(each.text, each.expectation) for each in answers if each.expectation is not None]
        values = [
            (telephone_digits(text) if kind == "phone" else text, Expectation(key=kind, kind=kind, asked=asked))
            for kind, asked in ASKED.items()
            for text in self._cases[kind]
        ]
        turns = [
            Said(self._sound(text, self._cases["voices"][place % 2], elder=False), expectation, self._pace())
            for place, (text, expectation) in enumerate((*plain, *values))
        ]
        return at_once(turns, engine, calls=CALLS, at=AT)

    def _pace(self) -> Pace:
        return Pace() if self._seed % SLOW_EVERY else OLD_PACE

    def _said(self, every: int, rounds: int) -> Iterator[tuple[Case, str]]:
        for _ in range(rounds):
            for case in islice(answer_cases(self._cases), 0, None, every):
                for voice in self._cases["voices"]:
                    yield case, voice

    def _sound(self, text: str, voice: str, *, elder: bool, recipe: Recipe | None = None) -> Sound:
        self._seed += 1
        if not elder:
            return self._voices.line(text, recipe or ORDINARY, voice=voice, seed=self._seed)
        tempo = ELDER_TEMPOS[len(text) % len(ELDER_TEMPOS)]
        around = [
            self._voices.clean(each, voice=other, tempo=1.0)
            for each, other in zip(self._cases["out_of_set"], self._cases["voices"], strict=False)
        ]
        return self._voices.line(text, elder_recipe(tempo), voice=voice, seed=self._seed, around=around)

    def _heard(self, sound: Sound, expectation: Expectation | None) -> tuple[Recognition, float]:
        started = time.process_time()
        heard = self._recogniser.recognise(sound, expectation=expectation, at=AT)
        cpu = time.process_time() - started
        self.tables.cpu_seconds.append(cpu)
        return heard, cpu

    def _raw_text(self, sound: Sound) -> str:
        found = self._raw.decode(self._raw.encode(sound), beam_size=RAW_BEAM, count=1)
        return normalise(found[0].text).text if found else ""

    def _meaning(self, text: str, expectation: Expectation | None) -> str | None:
        return meaning(text, expectation=expectation, at=AT) if expectation else None

    def _time(self, sound: Sound, case: Case, heard: Recognition, cpu: float, *, elder: bool) -> None:
        if case.expectation is None or case.meaning is None:
            return
        kind = case.expectation.kind
        policy = turn_policy(kind, OLD_PACE if elder else self._pace())
        decisive = is_decisive(heard, kind=kind)
        timing = timed(sound, policy, decode_seconds=cpu, decisive=decisive)
        self.tables.replies["open" if kind in READ_BACK else "closed"].append(timing.reply_seconds)


def run(
    *,
    models: Path,
    folder: Path,
    rounds: int,
    every: int,
    voices: int,
    threads: int = 1,
    kept: Path | None = None,
    sections: Sequence[str] = (),
) -> dict[str, Any]:
    """The whole bench as one dictionary. `every` takes each so many-th case only, `voices` limits the voices;
    `kept` is written after each section; no `sections` are all of them.
    """
    cases = yaml.safe_load((CASES / "held_out.yaml").read_text(encoding="utf-8"))
    cases["voices"] = cases["voices"][:voices]
    base = models / "whisper-base"
    recogniser = WhisperRecogniser(base, threads=threads)
    raw = WhisperModel(base, threads=threads)
    bench = Bench(cases, Voices(models, folder), recogniser, raw=raw, seed=20261121)
    together: dict[str, float | int | None] = {}
    started = time.perf_counter()
    parts: dict[str, Callable[[], None]] = {
        "answers": lambda: bench.answers(elder=False, rounds=rounds, every=every),
        **{kind: partial(bench.read_back, kind, rounds=rounds) for kind in READ_BACK},
        "announcements": bench.announcements,
        "cut_offs": bench.cut_offs,
        "red_flags": lambda: bench.red_flags(rounds=1),
        "elder": lambda: bench.answers(elder=True, rounds=1, every=every * ELDER_SHARE),
        "at_once": lambda: together.update(_together(bench, EngineSpec(engine="whisper", folder=base))),
    }
    for name in sections or parts:
        parts[name]()
        found = {**report(bench.tables, seconds=time.perf_counter() - started), "at_once": together}
        if kept is not None:
            kept.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return found


def _together(bench: Bench, spec: EngineSpec) -> dict[str, float | int | None]:
    """With as many recognisers as there are cores."""
    with RecogniserPool(spec, workers=os.cpu_count() or 1, turn_limit_seconds=TURN_LIMIT_SECONDS) as engine:
        return bench.at_once(engine)


def main() -> None:
    """Prints the report as JSON."""
    options = argparse.ArgumentParser()
    options.add_argument("--json", action="store_true", help="the report is JSON in any case")
    options.add_argument("--models", type=Path, default=MODELS_FOLDER)
    options.add_argument("--folder", type=Path, default=Path("var/bench/speech"))
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--every", type=int, default=1)
    options.add_argument("--voices", type=int, default=4)
    options.add_argument("--kept", type=Path, default=None)
    options.add_argument("--sections", nargs="*", default=())
    chosen = options.parse_args()
    result = run(
        models=chosen.models,
        folder=chosen.folder,
        rounds=chosen.rounds,
        every=chosen.every,
        voices=chosen.voices,
        kept=chosen.kept,
        sections=chosen.sections,
    )
    print(json.dumps(result, ensure_ascii=False, indent=1))  # noqa: T201 - a program's output


if __name__ == "__main__":
    main()
