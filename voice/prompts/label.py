"""The label that synthetic speech must carry in China, in sound and in metadata.

人工智能生成合成内容标识办法 (in force since 2025-09-01) with GB 45438-2025: an explicit mark that a listener perceives
(speech, or the Morse code of "AI" as short long short short) at the beginning, in the middle or at the end of the
audio, and an implicit mark in the file's metadata with the service provider's name or code and a content number.
"""

import json

import numpy as np

from voice.audio.sound import TELEPHONE_HZ, Sound, joined, silence

SPOKEN_LABEL = "我是智能语音助手，这是合成的声音。"  # said in the first prompt of a call

MORSE = ".- .."  # AI
DOT_SECONDS = 0.06
TONE_HZ = 660.0
TONE_LEVEL = 0.08  # soft: about 22 dB below full scale


def sound_mark() -> Sound:
    """The rhythm short long, short short as a soft tone at 8 kHz, about 0.7 s."""
    parts: list[Sound] = []
    for sign in MORSE:
        if sign == " ":
            parts.append(silence(2 * DOT_SECONDS, TELEPHONE_HZ))
            continue
        parts += [_tone(DOT_SECONDS if sign == "." else 3 * DOT_SECONDS), silence(DOT_SECONDS, TELEPHONE_HZ)]
    return joined(parts)


def metadata(*, producer: str, content_id: str) -> str:
    """The implicit mark as JSON for a WAV file's comment. `producer` is the community's name or code."""
    return json.dumps(
        {"AIGC": {"Label": "1", "ContentProducer": producer, "ProduceID": content_id}}, ensure_ascii=False
    )


def _tone(seconds: float) -> Sound:
    moments = np.arange(round(seconds * TELEPHONE_HZ)) / TELEPHONE_HZ
    ramp = np.minimum(1.0, np.minimum(moments, seconds - moments) / 0.005)
    return Sound((TONE_LEVEL * ramp * np.sin(2 * np.pi * TONE_HZ * moments)).astype(np.float32), TELEPHONE_HZ)
