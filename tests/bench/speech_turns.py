"""Latency and cut-offs: a recording stepped through the turn detector, the decoding taking its measured CPU time."""

from dataclasses import dataclass

from voice.audio.sound import Sound
from voice.turns.detector import Listen, SpeechResumed, TurnDetector, TurnEnded, TurnReopened
from voice.turns.policy import TurnPolicy
from voice.turns.vad import FRAME_SECONDS, speech_frames

PLAYBACK_SECONDS = 0.04  # a cached prompt's first packet, and one packet on the way


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When the reply began after the last speech, and whether the assistant spoke before that, or ignored the rest."""

    reply_seconds: float
    cut_off: bool


def pauses(sound: Sound, policy: TurnPolicy) -> list[float]:
    """When what was said so far is decoded, in seconds from the beginning; the last one is the pause after it all."""
    frames, quiet = speech_frames(sound), round(2 * policy.end_silence_seconds / FRAME_SECONDS)
    detector, found = TurnDetector(policy), []
    for place, speech in enumerate((*frames, *[False] * quiet), start=1):
        events = detector.step(FRAME_SECONDS, speech=speech)
        if any(isinstance(event, Listen) and event.why == "pause" for event in events):
            found.append(place * FRAME_SECONDS)
    return found or [sound.seconds]


def timed(sound: Sound, policy: TurnPolicy, *, decode_seconds: float, decisive: bool) -> Timing:
    """What a call would have done with this recording, followed by silence.

    `decisive`: the decoding of the whole turn ends it at once. A pause inside the turn is decoded too, and never taken
    for decisive: what was said until then is not what was meant.
    """
    frames = speech_frames(sound)
    spoken = [place for place, speech in enumerate(frames) if speech]
    end = (spoken[-1] + 1) * FRAME_SECONDS if spoken else 0.0
    detector, now, cut = TurnDetector(policy), 0.0, False
    ready, ended = 0.0, None
    for speech in (*frames, *[False] * round(2 * policy.end_silence_seconds / FRAME_SECONDS)):
        now += FRAME_SECONDS
        events = detector.step(FRAME_SECONDS, speech=speech)
        if decisive and now > end and ready and now >= ready:
            events += detector.understood()
        for event in events:
            if isinstance(event, Listen) and event.why == "pause":
                ready = now + decode_seconds
            elif isinstance(event, SpeechResumed):
                ready = 0.0
            elif isinstance(event, TurnReopened) and ended is not None:
                cut = cut or now >= max(ended, ready) + PLAYBACK_SECONDS
                ready, ended = 0.0, None
            elif isinstance(event, TurnEnded):
                ended = now
    ended = now if ended is None else ended
    return Timing(
        reply_seconds=max(0.0, max(ended, ready) - end) + PLAYBACK_SECONDS, cut_off=cut or ended < end - FRAME_SECONDS
    )
