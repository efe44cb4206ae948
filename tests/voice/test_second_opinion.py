"""What the quick model is in doubt about is heard by the careful one. Here both are Whisper base, which CI has."""

from datetime import datetime
from pathlib import Path

import pytest

from nlu.reading import Expectation
from voice.audio.wav import read_wav
from voice.recognise.recogniser import Recognition
from voice.recognise.verdict import Candidate, Verdict, averaged
from voice.recognise.whisper.recogniser import WhisperRecogniser

AUDIO = Path(__file__).with_name("audio")
YES_NO = Expectation(key="q", kind="yes_no", asked="您打过流感疫苗没有？")


@pytest.fixture(scope="module")
def both(whisper_folder: Path) -> WhisperRecogniser:
    return WhisperRecogniser(whisper_folder, careful=whisper_folder)


def heard(recogniser: WhisperRecogniser, name: str, expectation: Expectation, at: datetime) -> Recognition:
    return recogniser.recognise(read_wav(AUDIO / name), expectation=expectation, at=at)


def test_a_sure_answer_is_the_quick_models(whisper: WhisperRecogniser, both: WhisperRecogniser, at: datetime) -> None:
    alone = heard(whisper, "yes_no_denied.wav", YES_NO, at)
    assert alone.confidence > 0.8
    assert heard(both, "yes_no_denied.wav", YES_NO, at) == alone


@pytest.mark.recogniser
def test_a_question_back_is_no_answer_to_either(both: WhisperRecogniser, at: datetime) -> None:
    found = heard(both, "yes_no_rejected.wav", YES_NO, at)
    assert found.expected is False
    assert found.text


@pytest.mark.recogniser
def test_a_denied_value_is_heard_again_by_both(both: WhisperRecogniser, at: datetime) -> None:
    temperature = Expectation(key="q", kind="temperature", asked="今天体温多少度？")
    first = heard(both, "temperature.wav", temperature, at)
    assert first.expected
    denied = Expectation(
        key="q", kind="temperature", asked="今天体温多少度？", denied=('{"unit": "C", "value": 35.0}',)
    )
    assert heard(both, "temperature.wav", denied, at).text == first.text


def test_two_verdicts_count_alike() -> None:
    first, second = (
        Verdict(None, 0.0, other, tuple((Candidate(text, value, -1.0), share) for text, value, share in ranked))
        for other, ranked in (
            (0.1, (("三十七度二", "37.2", 0.5), ("三十七度八", "37.8", 0.4))),
            (0.0, (("37度8", "37.8", 0.9), ("37度2", "37.2", 0.1))),
        )
    )
    found = averaged(first, second)
    assert found.candidate is not None
    assert (found.candidate.meaning, found.candidate.text) == ("37.8", "37度8")
    assert found.share == pytest.approx(0.65)
    assert found.other == pytest.approx(0.05)
    assert [each.text for each, _ in found.ranked] == ["37度8", "三十七度二"]


def test_a_verdict_on_nothing_is_none() -> None:
    nothing = Verdict(None, 0.0, 1.0, ())
    assert averaged(nothing, nothing) == nothing
