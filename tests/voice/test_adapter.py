"""What Whisper base has learned on top, and what it was not allowed to learn from."""

import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from voice.adapting.lines import no_words, on_some_line
from voice.adapting.sayings import APART, sayings
from voice.audio.sound import TELEPHONE_HZ, Sound
from voice.errors import ModelError
from voice.models.catalogue import model_named, read_catalogue
from voice.recognise.voiced import is_voice
from voice.recognise.whisper.adapter import TELEPHONE, read_changes
from voice.recognise.whisper.weights import model_bytes, read_weights, with_added

HELD_OUT = Path(__file__).parents[1] / "bench/speech_cases/held_out.yaml"
MATRIX = "decoder/layer_0/ffn/linear_0/weight"


def test_changes_are_added_to_their_matrices_and_to_nothing_else(whisper_folder: Path) -> None:
    plain = model_bytes(whisper_folder / "model.bin")
    changes = read_changes(TELEPHONE)
    before, after = (read_weights(each, beginning="") for each in (plain, with_added(plain, changes)))
    assert after[MATRIX] == pytest.approx(before[MATRIX] + changes[MATRIX], abs=2e-3)
    assert [name for name in before if not np.array_equal(before[name], after[name])] == [
        name for name in before if name in changes
    ]


def test_changes_for_another_model_are_refused(whisper_folder: Path) -> None:
    plain = model_bytes(whisper_folder / "model.bin")
    with pytest.raises(ModelError):
        with_added(plain, {"decoder/layer_9/ffn/linear_0/weight": np.zeros((2, 2), np.float32)})


def test_nothing_that_is_held_out_was_learned_from() -> None:
    held = yaml.safe_load(HELD_OUT.read_text(encoding="utf-8"))
    voices, wordings = set(held.pop("voices")), {_plain(each) for each in _texts(held)}
    learned = list(sayings())
    assert not [each for each in learned if _plain(each.text) in wordings]
    assert not voices & {voice for each in learned for voice, _ in each.voices}


def test_the_mandarin_voices_that_were_learned_from_come_with_the_model() -> None:
    files = {file.path for file in model_named("kokoro-zh", read_catalogue()).files}
    used = {voice for each in sayings() for voice, _ in each.voices}
    assert {f"{voice}.bin" for voice in used if voice.startswith("z")} <= files


def test_voices_for_the_fit_of_the_weights_are_kept_apart() -> None:
    fitting = yaml.safe_load(HELD_OUT.with_name("fitting.yaml").read_text(encoding="utf-8"))
    assert all(APART & set(blend[:2]) for blend in fitting["blends"].values())


def test_a_saying_comes_over_some_line_at_the_rate_of_telephones(kokoro_like: Sound) -> None:
    rng = np.random.default_rng(0)
    heard = [on_some_line(kokoro_like.samples, rng, [kokoro_like]) for _ in range(12)]
    assert {each.rate_hz for each in heard} == {TELEPHONE_HZ}
    assert len({round(each.seconds, 2) for each in heard}) > 6
    assert sum(map(is_voice, heard)) > 9


def test_sobs_and_coughs_sound_at_all() -> None:
    rng = np.random.default_rng(1)
    assert all(np.abs(no_words(rng).samples).max() > 0.0005 for _ in range(20))


@pytest.fixture
def kokoro_like() -> Sound:
    moments = np.arange(16_000) / 16_000
    vowel = sum(np.sin(2 * np.pi * 140 * each * moments) / each for each in range(1, 20))
    return Sound((0.2 * vowel * (moments % 0.4 < 0.3)).astype(np.float32), 16_000)


def _texts(found: object) -> list[str]:
    if isinstance(found, dict):
        return [text for key, value in found.items() for text in (str(key), *_texts(value))]
    if isinstance(found, list):
        return [text for each in found for text in _texts(each)]
    return [str(found)]


def _plain(text: str) -> str:
    return "".join(re.findall(r"[\u4e00-\u9fff]", text))
