"""Who answered: carriers' announcements, answering services, fax and people."""

import numpy as np
import pytest

from voice.announcements.answered import answered
from voice.announcements.spoken import announced
from voice.announcements.tones import tone_in
from voice.audio.dtmf import tones
from voice.audio.noise import mixed, room_noise
from voice.audio.sound import Sound, joined, silence
from voice.audio.wav import read_wav


# As Whisper base heard them at 15 dB, mistakes and all.
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("对不起您所拨打的号码不存在,请查证后再拨。", "empty_number"),
        ("您部的号码是空草", "empty_number"),
        ("对不起年薄打的用户已经关及", "power_off"),
        ("对不起,你所呼析的用户阴线费以停机。", "suspended"),
        ("该用货以暂停服务", "suspended"),
        ("对不起对方正在通话中,请不要怪机", "busy"),
        ("您所播打的电话正盲,请稍后再试。", "busy"),
        ("对不起你所不打的电话不在服务期。", "unreachable"),
        ("您呼叫的用户无法接通", "unreachable"),
        ("追不起您播打的电话以情节", "suspended"),
        ("您所拨大的号码没有增进,请和时后中播。", "empty_number"),
        ("你好,请在敌身后留言留言完毕请挂机。", "voicemail"),
        ("我是智能来电助理,请问您找机主有什么事吗?", "voicemail"),
        ("喂哪个呀", "person"),
        ("未未听得到吗", "person"),
    ],
)
def test_an_announcement_is_known_by_its_words_as_misheard(text: str, kind: str) -> None:
    found = announced((text,))
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize("text", ["我昨天从武汉回来的", "今天天气还可以", "吃了两片药", ""])
def test_ordinary_talk_is_no_announcement(text: str) -> None:
    assert announced((text,)) is None


def test_a_meaning_wins_over_a_carriers_phrase_and_over_a_greeting() -> None:
    found = announced(("喂，您好，您所拨打的用户已关机，请稍后再拨",))
    assert found is not None
    assert found.kind == "power_off"


def test_a_carriers_phrase_before_something_else_says_no_more_than_that_it_is_one() -> None:
    found = announced(("您拨打的是什么呀我听不懂",))
    assert found is not None
    assert found.kind == "carrier"


def test_a_second_hypothesis_counts_less() -> None:
    first, second = announced(("已关机",)), announced(("移关节的", "已关机"))
    assert first is not None
    assert second is not None
    assert second.kind == "power_off"
    assert second.confidence < first.confidence


def wave(hz: float, seconds: float) -> Sound:
    moments = np.arange(round(seconds * 8_000)) / 8_000
    return Sound((0.2 * np.sin(2 * np.pi * hz * moments)).astype(np.float32), 8_000)


INFORMATION = joined([wave(950, 0.33), wave(1400, 0.33), wave(1800, 0.33)])
BUSY = joined([each for _ in range(4) for each in (wave(450, 0.35), silence(0.35, 8_000))])


@pytest.mark.parametrize(
    ("sound", "tone"),
    [
        (INFORMATION, "information"),
        (joined([silence(0.5, 8_000), wave(2_100, 1.0)]), "fax"),
        (joined([wave(1_100, 0.5), silence(1.0, 8_000)]), "fax"),
        (joined([wave(450, 1.0), silence(4.0, 8_000)]), "ringing"),
        (BUSY, "busy"),
        (joined([silence(1.0, 8_000), wave(1_000, 0.3)]), "beep"),
        (silence(1.0, 8_000), None),
        (tones("15"), None),
    ],
)
def test_a_tone_on_the_line_is_named_even_in_noise(sound: Sound, tone: str | None) -> None:
    assert tone_in(sound) == tone
    noise = room_noise(len(sound.samples), np.random.default_rng(2))
    assert tone_in(mixed(sound, noise, 20.0)) == tone


def test_a_fax_is_not_greeted_and_a_silent_line_is_told() -> None:
    assert answered(wave(2_100, 1.0), ()).by == "fax"
    assert answered(silence(2.0, 8_000), ()).by == "silence"
    assert answered(BUSY, ()).by == "tone"


def test_a_word_and_a_wait_is_a_person_and_a_long_speech_is_not_sure(request: pytest.FixtureRequest) -> None:
    audio = request.path.parent / "audio"
    short = read_wav(audio / "yes_no_denied.wav")
    assert answered(joined([short, silence(1.0, 8_000)]), ()).by == "person"
    long = joined([read_wav(audio / "yes_no_rejected.wav").cut(0.3, 1.6)] * 4)
    assert answered(long, ()).by == "unsure"
    assert answered(long, ("您好，请在嘀声后留言",)).by == "voicemail"
