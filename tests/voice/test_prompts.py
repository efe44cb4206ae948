"""Prompts rendered ahead: kept under their content, sealed where personal, spliced where parts vary."""

import json
from datetime import date, time
from pathlib import Path

import numpy as np
import pytest

from nlu.spoken import spoken_day, spoken_phone, spoken_temperature, spoken_time
from nlu.spoken_rooms import spoken_room
from voice.audio.g711 import ALAW_SILENCE
from voice.audio.sound import Sound, level_db
from voice.errors import VoiceError
from voice.prompts.cache import PromptCache, PromptKey, heard
from voice.prompts.label import metadata, sound_mark
from voice.prompts.renderer import Renderer
from voice.prompts.splice import pieces, units_ahead
from voice.synthesise.espeak import Espeak
from voice.synthesise.synthesiser import ELDER, PLAIN
from voice.synthesise.wording import sentences, with_digits_named


class Turned:
    """A cipher for tests: every byte turned over, and a mark that tells a damaged text."""

    def seal(self, plain: bytes) -> bytes:
        return b"sealed" + bytes(255 - each for each in plain)

    def open(self, sealed: bytes) -> bytes:
        if not sealed.startswith(b"sealed"):
            raise ValueError("not sealed by us")
        return bytes(255 - each for each in sealed[6:])


def key(text: str = "您好", *, personal: bool = False) -> PromptKey:
    return PromptKey(text=text, engine="espeak", voice="cmn", manner=PLAIN, personal=personal)


def tone() -> Sound:
    return Sound((0.3 * np.sin(2 * np.pi * 440 * np.arange(24_000) / 24_000)).astype(np.float32), 24_000)


@pytest.fixture
def cache(tmp_path: Path) -> PromptCache:
    return PromptCache(tmp_path, cipher=Turned(), secret=b"secret")


@pytest.mark.parametrize("personal", [False, True])
def test_a_prompt_comes_back_as_it_was_put(cache: PromptCache, personal: bool) -> None:
    assert cache.get(key(personal=personal)) is None
    alaw = cache.put(key(personal=personal), tone())
    assert cache.get(key(personal=personal)) == alaw
    assert heard(alaw).seconds == pytest.approx(1.0, abs=0.01)


def test_a_personal_prompt_is_sealed_on_disk_and_its_name_tells_nothing(cache: PromptCache, tmp_path: Path) -> None:
    alaw = cache.put(key("王秀英奶奶", personal=True), tone())
    (path,) = (each for each in tmp_path.rglob("*") if each.is_file())
    assert path.read_bytes() != alaw
    assert path.read_bytes() == Turned().seal(alaw)
    assert key("王秀英奶奶", personal=True).address(b"secret") != key("王秀英奶奶", personal=True).address(b"other")


def test_a_damaged_personal_prompt_is_rendered_anew(cache: PromptCache, tmp_path: Path) -> None:
    cache.put(key(personal=True), tone())
    (path,) = (each for each in tmp_path.rglob("*") if each.is_file())
    path.write_bytes(b"damaged")
    assert cache.get(key(personal=True)) is None
    assert not path.exists()


def test_a_forgotten_prompt_is_gone(cache: PromptCache) -> None:
    cache.put(key(personal=True), tone())
    cache.forget(key(personal=True))
    assert cache.get(key(personal=True)) is None


def test_whatever_changes_the_sound_changes_the_name() -> None:
    slow = PromptKey(text="您好", engine="espeak", voice="cmn", manner=ELDER, personal=False)
    names = {each.address(b"") for each in (key(), key("你好"), key(personal=True), slow)}
    assert len(names) == 4


def test_a_full_disk_is_told_in_words(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    with pytest.raises(VoiceError, match="磁盘"):
        PromptCache(blocked, cipher=Turned(), secret=b"").put(key(), tone())


def test_what_is_read_back_is_made_of_units_that_were_rendered_ahead() -> None:
    units = {*units_ahead(), "对不对？", "请问是", "家吗？", "很满意"}
    at = date(2026, 2, 28)
    for said in (
        spoken_day(at),
        spoken_phone("13807161045"),
        spoken_temperature(37.2),
        spoken_room({"building": "12", "unit": "2", "room": "501"}),
        f"明天{spoken_time(time(14, 30))}",
        "高压一百三十五，低压八十，很满意",
    ):
        assert pieces(f"{said}，对不对？", units, longest=8), said
    home = pieces("请问是王女士家吗？", units, longest=8) or ()
    assert [each.unit for each in home] == ["请问是", "王女士", "家吗？"]


@pytest.mark.parametrize("said", ["请问是仇女士家吗？", "三十七度二，对不对", "八号，阑尾炎，对不对？", "。", ""])
def test_a_sentence_with_a_part_that_is_no_unit_is_not_spliced(said: str) -> None:
    assert pieces(said, {*units_ahead(), "对不对？", "请问是", "家吗？"}, longest=8) is None


def test_units_are_parted_as_their_marks_say() -> None:
    units = {"幺", "三", "一月", "三号", "好。", "对不对？", "一月三"}
    found = pieces("好。一月三号，幺三，对不对？", units, longest=8) or ()
    assert [each.unit for each in found] == ["好。", "一月", "三号", "幺", "三", "对不对？"]
    assert [each.gap_seconds for each in found] == [0.0, 0.3, 0.08, 0.2, 0.08, 0.2]


def test_a_spliced_prompt_plays_its_units_and_is_not_kept(cache: PromptCache, tmp_path: Path) -> None:
    renderer = Renderer(Espeak(), cache, voice="cmn")
    units = ["三月", "八号", "对不对？"]
    said, longest = "三月八号，对不对？", 8
    assert renderer.render_ahead(units[:2], manners=[PLAIN]) == 2
    assert renderer.spliced(said, units, longest=longest, manner=PLAIN) is None
    assert renderer.render_ahead(units, manners=[PLAIN]) == 1
    kept = len([*tmp_path.rglob("*.al")])
    whole = renderer.spliced(said, units, longest=longest, manner=PLAIN)
    first, then, last = (renderer.prompt(each, manner=PLAIN, personal=False) for each in units)
    assert whole == first + ALAW_SILENCE * 640 + then + ALAW_SILENCE * 1_600 + last
    assert len([*tmp_path.rglob("*.al")]) == kept == 3


def test_long_numbers_are_said_digit_by_digit_in_groups() -> None:
    assert with_digits_named("打13912345778", apart=False) == "打幺三九，幺二三四，五七七八"
    assert with_digits_named("打12345", apart=True) == "打幺，二，三，四，五"
    assert with_digits_named("36.8度，501室，2026年", apart=True) == "36.8度，501室，2026年"


def test_a_text_is_said_sentence_by_sentence() -> None:
    assert sentences("您好。请问是王奶奶吗？…！好") == ["您好。", "请问是王奶奶吗？…！", "好"]
    assert sentences("……！？") == []


def test_synthetic_speech_is_labelled_in_sound_and_metadata() -> None:
    mark = sound_mark()
    assert 0.6 < mark.seconds < 1.6
    assert -40 < level_db(mark) < -20
    implicit = json.loads(metadata(producer="幸福社区", content_id="c1"))["AIGC"]
    assert implicit == {"Label": "1", "ContentProducer": "幸福社区", "ProduceID": "c1"}
