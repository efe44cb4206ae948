"""From clean speech to what arrives from a resident's telephone."""

from collections.abc import Sequence

import numpy as np

from voice.audio.noise import babble, mixed, room_noise, speech_power
from voice.audio.resample import resample
from voice.audio.sound import TELEPHONE_HZ, Sound, joined, silence
from voice.audio.telephone import telephone_band
from voice.residents.mobile import through_mobile
from voice.residents.recipe import Recipe

LEAD_SECONDS, TAIL_SECONDS = 0.3, 0.7  # of line before and after the words
PACKET_SECONDS = 0.02
CONCEALED_LEVEL = 0.5  # a lost packet is filled with the one before it, softer, as receivers do


def on_the_line(groups: Sequence[Sound], recipe: Recipe, rng: np.random.Generator, *, around: Sequence[Sound]) -> Sound:
    """Groups of words as they arrive at 8 kHz: paused, levelled, in noise, coded, with lost packets.

    `around` are the voices of the television. Raises ValueError for no groups, or for a television without voices.
    """
    speech = _level(_paused([resample(each, TELEPHONE_HZ) for each in groups], recipe, rng), recipe.level_db)
    noise = (
        babble(around, len(speech.samples), TELEPHONE_HZ, rng)
        if recipe.television
        else room_noise(len(speech.samples), rng)
    )
    noisy = mixed(speech, noise, recipe.snr_db)
    coded = through_mobile(noisy) if recipe.mobile_codec else noisy
    return with_losses(telephone_band(coded), recipe.packet_loss, rng)


def _paused(groups: Sequence[Sound], recipe: Recipe, rng: np.random.Generator) -> Sound:
    parts = [silence(LEAD_SECONDS, TELEPHONE_HZ)]
    for place, group in enumerate(groups):
        if place and recipe.pauses_seconds is not None:
            parts.append(silence(float(rng.uniform(*recipe.pauses_seconds)), TELEPHONE_HZ))
        parts.append(group)
    if not groups:
        raise ValueError("nothing is said")
    return joined([*parts, silence(TAIL_SECONDS, TELEPHONE_HZ)])


def _level(sound: Sound, level_db: float) -> Sound:
    power = speech_power(sound)
    return sound.scaled(float(10 ** (level_db / 20) / np.sqrt(power))) if power else sound


def with_losses(sound: Sound, share: float, rng: np.random.Generator) -> Sound:
    """The sound with that share of its packets lost, each filled with what was before it."""
    if share == 0.0:
        return sound
    samples, size = sound.samples.copy(), round(PACKET_SECONDS * sound.rate_hz)
    for start in range(size, len(samples) - size, size):
        if rng.random() < share:
            samples[start : start + size] = samples[start - size : start] * np.float32(CONCEALED_LEVEL)
    return Sound(samples, sound.rate_hz)
