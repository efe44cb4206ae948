"""Each questionnaire of the library, spoken over a telephone band: what is kept, and what is no answer to it."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from dialogs.definitions import library
from dialogs.dictionary import load_dictionary
from dialogs.phases import expectation
from dialogs.questionnaire import Questionnaire
from voice.audio.wav import SYNTHETIC_LABEL, comment_of, read_wav
from voice.recognise.meaning import meaning
from voice.recognise.recogniser import Recogniser

SESSIONS = Path(__file__).with_name("sessions")
NOT_AN_ANSWER = "not_an_answer"


def turns() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every turn with its recording."""
    for session in yaml.safe_load((SESSIONS / "sessions.yaml").read_text(encoding="utf-8")):
        for number, turn in enumerate(session["says"], start=1):
            yield SESSIONS / f"{session['questionnaire']}-{number}.wav", turn


TURNS = [pytest.param(path, turn, id=path.stem) for path, turn in turns()]


@pytest.fixture(scope="session")
def questionnaires() -> dict[str, Questionnaire]:
    return {each.key: each for each in library(dictionary=load_dictionary())}


@pytest.mark.recogniser
@pytest.mark.parametrize(("path", "turn"), TURNS)
def test_a_spoken_answer_is_kept_as_it_was_meant_or_rejected(
    path: Path, turn: dict[str, Any], questionnaires: dict[str, Questionnaire], whisper: Recogniser, at: datetime
) -> None:
    question = questionnaires[path.stem.rpartition("-")[0]].question(turn["question"])
    asked = expectation(question)
    heard = whisper.recognise(read_wav(path), expectation=asked, at=at)
    kept = meaning(heard.text, expectation=asked, at=at) if heard.expected else None
    assert (NOT_AN_ANSWER if kept is None else json.loads(kept)) == turn["value"], heard


def test_every_questionnaire_is_spoken_and_has_something_to_reject(questionnaires: dict[str, Questionnaire]) -> None:
    values: dict[str, list[Any]] = {}
    for path, turn in turns():
        values.setdefault(path.stem.rpartition("-")[0], []).append(turn["value"])
    asked = {key for key, each in questionnaires.items() if each.questions}
    assert asked <= set(values)
    assert all(NOT_AN_ANSWER in each and len(each) > 1 for each in values.values())


def test_no_value_is_the_first_that_a_question_offers(questionnaires: dict[str, Questionnaire]) -> None:
    for path, turn in turns():
        question = questionnaires[path.stem.rpartition("-")[0]].question(turn["question"])
        if question.choices:
            assert turn["value"] != question.choices[0].key


def test_every_recording_says_that_it_is_synthetic() -> None:
    for path, _ in turns():
        assert comment_of(path.read_bytes()) == SYNTHETIC_LABEL
