"""Sound as a telephone carries it: codes, rates, band, noise."""

import numpy as np
import pytest

from voice.audio.g711 import ALAW_SILENCE, ULAW_SILENCE, decode_alaw, decode_ulaw, encode_alaw, encode_ulaw
from voice.audio.noise import babble, mixed, room_noise, speech_power
from voice.audio.resample import resample
from voice.audio.sound import Sound, joined, level_db, silence, to_int16
from voice.audio.telephone import telephone_band


def tone(hz: float, seconds: float, rate_hz: int, level: float = 0.3) -> Sound:
    moments = np.arange(round(seconds * rate_hz)) / rate_hz
    return Sound((level * np.sin(2 * np.pi * hz * moments)).astype(np.float32), rate_hz)


# Published pairs of code and sample (ITU-T G.711 table 1a and 2a, scaled to 16 bits).
@pytest.mark.parametrize(
    ("code", "sample"),
    [(0xD5, 8), (0x55, -8), (0xD4, 24), (0x80, 5504), (0x00, -5504), (0xAA, 32256), (0x2A, -32256), (0x85, 4224)],
)
def test_an_a_law_code_is_the_sample_of_the_standard(code: int, sample: int) -> None:
    assert to_int16_exact(decode_alaw(bytes([code]))) == sample


@pytest.mark.parametrize(
    ("code", "sample"), [(0xFF, 0), (0x7F, 0), (0x80, 32124), (0x00, -32124), (0xFE, 8), (0xF0, 120)]
)
def test_a_mu_law_code_is_the_sample_of_the_standard(code: int, sample: int) -> None:
    assert to_int16_exact(decode_ulaw(bytes([code]))) == sample


def to_int16_exact(sound: Sound) -> int:
    return round(float(sound.samples[0]) * 32_768)


def test_every_a_law_code_survives_a_round_trip() -> None:
    codes = bytes(range(256))
    assert encode_alaw(decode_alaw(codes)) == codes


def test_a_mu_law_round_trip_changes_nothing_but_the_sign_of_zero() -> None:
    codes = bytes(range(256))
    assert encode_ulaw(decode_ulaw(codes)).replace(b"\x7f", b"\xff") == codes.replace(b"\x7f", b"\xff")


def test_silence_is_the_code_that_receivers_expect() -> None:
    assert encode_ulaw(silence(0.01, 8_000)) == ULAW_SILENCE * 80
    assert set(encode_alaw(silence(0.01, 8_000))) <= {ALAW_SILENCE[0], 0x55}


def test_only_sound_at_8_khz_can_be_coded() -> None:
    with pytest.raises(ValueError, match="8000"):
        encode_alaw(silence(0.1, 16_000))


@pytest.mark.parametrize(("start", "end"), [(8_000, 16_000), (16_000, 8_000), (24_000, 8_000), (8_000, 24_000)])
def test_a_tone_keeps_pitch_and_level_at_another_rate(start: int, end: int) -> None:
    changed = resample(tone(1_000, 1.0, start), end)
    spectrum = np.abs(np.fft.rfft(changed.samples))
    assert changed.rate_hz == end
    assert changed.seconds == pytest.approx(1.0, abs=0.001)
    assert int(np.argmax(spectrum)) == pytest.approx(1_000, abs=2)
    assert level_db(changed) == pytest.approx(level_db(tone(1_000, 1.0, start)), abs=0.3)


def test_a_telephone_passes_the_voice_and_takes_hum_and_hiss() -> None:
    voice, hum, hiss = (telephone_band(tone(hz, 1.0, 24_000)) for hz in (1_000, 60, 3_900))
    assert voice.rate_hz == 8_000
    assert level_db(voice) - level_db(hum) > 30
    assert level_db(voice) - level_db(hiss) > 10


def test_nothing_above_half_the_rate_folds_back_into_the_voice() -> None:
    assert level_db(telephone_band(tone(6_000, 1.0, 24_000))) < -60


@pytest.mark.parametrize("snr_db", [20.0, 15.0, 5.0])
def test_noise_lies_below_the_speech_by_the_given_ratio(snr_db: float) -> None:
    speech = joined([silence(1.0, 8_000), tone(700, 1.0, 8_000), silence(1.0, 8_000)])
    noise = room_noise(len(speech.samples), np.random.default_rng(3))
    under = mixed(speech, noise, snr_db).samples - speech.samples
    ratio = 10 * np.log10(speech_power(speech) / np.mean(np.square(under)))
    assert ratio == pytest.approx(snr_db, abs=0.6)


def test_the_same_seed_gives_the_same_babble() -> None:
    voices = [tone(300, 0.7, 16_000), tone(500, 0.9, 24_000)]
    first, again = (babble(voices, 8_000, 8_000, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first, again)
    assert float(np.std(first)) == pytest.approx(1.0, abs=0.01)


def test_loud_sound_is_clipped_and_not_wrapped_round() -> None:
    assert to_int16(tone(500, 0.1, 8_000, level=0.9).scaled(3.0)).max() == 32_767
