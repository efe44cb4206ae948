"""A resident who is Debian's baresip: picks up, listens until the other side has finished, then says something.

What it says are recordings, switched through baresip's control socket; what it hears it writes to a file, which is
read while it grows.
"""

import asyncio
import contextlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.telephony.conftest import free_port
from voice.audio.sound import TELEPHONE_HZ, Sound, from_int16, joined, silence
from voice.audio.wav import read_wav, write_wav
from voice.turns.vad import FRAME_SECONDS, SpeechDetector

MODULES = Path("/usr/lib/baresip/modules")
CONFIG = """\
sip_listen 127.0.0.1:{port}
net_interface 127.0.0.1
rtp_ports {media}-{media_last}
module_path {modules}
module g711.so
module aufile.so
module sndfile.so
module account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
audio_source aufile,{folder}/quiet.wav
audio_player aufile,{folder}/player.wav
audio_alert aufile,{folder}/alert.wav
snd_path {folder}
call_max_calls 4
"""
QUIET_SECONDS = 120.0  # baresip hangs up at the end of what it says, so every recording goes on in silence
THOUGHT_SECONDS = 0.8  # of silence after a prompt: longer than any pause inside one
LEAST_SPEECH_SECONDS = 0.3  # a prompt; less is a click
WAV_HEADER_BYTES = 44
LOOK_SECONDS = 0.02


class BaresipResident:
    """An async context manager. `answer` gives the recording to say next, None to say nothing."""

    def __init__(self, number: str, answer: Callable[[], Path | None], folder: Path) -> None:
        if shutil.which("baresip") is None:
            pytest.skip("baresip is not installed: apt-get install baresip-core")
        self.port = free_port()
        self._number = number
        self._folder = folder
        self._answer = answer
        self._control_port = free_port()

    async def __aenter__(self) -> "BaresipResident":
        media = free_port(width=20)
        self._say_nothing()
        (self._folder / "config").write_text(
            CONFIG.format(
                port=self.port,
                media=media,
                media_last=media + 18,
                modules=MODULES,
                control=self._control_port,
                folder=self._folder,
            )
        )
        (self._folder / "accounts").write_text(
            f"<sip:{self._number}@127.0.0.1:{self.port}>;regint=0;answermode=auto;audio_codecs=pcma,pcmu\n"
        )
        (self._folder / "contacts").write_text("")
        self._process = await asyncio.create_subprocess_exec(
            "baresip", "-f", str(self._folder), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        self._control = await self._connected()
        self._living = asyncio.create_task(self._live(), name="baresip resident")
        return self

    async def __aexit__(self, *unused: object) -> None:
        self._living.cancel()
        self._control.close()
        self._process.terminate()
        await self._process.wait()
        with contextlib.suppress(asyncio.CancelledError):
            await self._living  # what went wrong with the resident is no silence of the assistant's

    def _padded(self, path: Path) -> Path:
        padded = self._folder / path.name
        write_wav(padded, joined([read_wav(path), silence(QUIET_SECONDS, TELEPHONE_HZ)]))
        return padded

    def _say_nothing(self) -> None:
        write_wav(self._folder / "quiet.wav", silence(QUIET_SECONDS, TELEPHONE_HZ))

    async def _connected(self) -> asyncio.StreamWriter:
        async with asyncio.timeout(30):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self._control_port)
                except OSError:
                    await asyncio.sleep(LOOK_SECONDS)
                else:
                    return writer

    def _command(self, command: str, parameters: str) -> None:
        """A netstring of JSON, as baresip's ctrl_tcp wants it."""
        body = json.dumps({"command": command, "params": parameters}).encode()
        self._control.write(b"%d:%s," % (len(body), body))

    async def _live(self) -> None:
        detector = SpeechDetector()
        frame_bytes = 2 * round(FRAME_SECONDS * TELEPHONE_HZ)
        place, speech, quiet = WAV_HEADER_BYTES, 0.0, 0.0
        while True:
            sound = self._heard_from(place)
            for frame in (sound[at : at + frame_bytes] for at in range(0, len(sound) - frame_bytes + 1, frame_bytes)):
                place += frame_bytes
                spoken = detector.is_speech(_sound(frame))
                speech, quiet = speech + FRAME_SECONDS * spoken, 0.0 if spoken else quiet + FRAME_SECONDS
                if speech >= LEAST_SPEECH_SECONDS and quiet >= THOUGHT_SECONDS:
                    speech = 0.0
                    answer = self._answer()
                    if answer is not None:
                        self._command("ausrc", f"aufile,{self._padded(answer)}")
            await asyncio.sleep(LOOK_SECONDS)

    def _heard_from(self, place: int) -> bytes:
        for recording in sorted(self._folder.glob("dump-*-dec.wav"))[-1:]:
            with recording.open("rb") as file:
                file.seek(place)
                return file.read()
        return b""


def _sound(frame: bytes) -> Sound:
    return from_int16(np.frombuffer(frame, dtype="<i2"), TELEPHONE_HZ)
