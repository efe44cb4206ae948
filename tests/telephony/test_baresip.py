"""A second real telephone: Debian's baresip picks up, talks from a file, hears us, and hangs up at the file's end."""

import asyncio
import shutil
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest

from tests.telephony.certificates import NAME, write_certificate
from tests.telephony.conftest import free_port
from voice.audio.g711 import decode_alaw
from voice.media import Answered, DialOrder, Side

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
audio_source aufile,{wav}
audio_player aufile,{folder}/player.wav
audio_alert aufile,{folder}/alert.wav
snd_path {folder}
call_max_calls 4
"""
ENCRYPTED = """\
module_path {modules}
module srtp.so
sip_certificate {folder}/both.pem
"""

SENT_BEFORE_THE_KEY = 10  # packets: sound travels beside the answer that carries its key

Stop = Callable[[], Awaitable[None]]
Resident = Callable[..., Awaitable[tuple[int, Path, Stop]]]


@pytest.fixture
async def resident(tmp_path: Path) -> AsyncIterator[Resident]:
    """Start a baresip that says this sound (8 kHz, -1..1); its port, the folder of its recordings, and its end."""
    if shutil.which("baresip") is None:
        pytest.skip("baresip is not installed: apt-get install baresip-core")
    processes = []

    async def start(sound: np.ndarray, *, account: str = "", config: str = "") -> tuple[int, Path, Stop]:
        wav = tmp_path / "says.wav"
        with wave.open(str(wav), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(8_000)
            out.writeframes((sound * 32_000).astype("<i2").tobytes())
        port, media = free_port(width=2), free_port(width=20)
        values = {"port": port, "media": media, "media_last": media + 18, "modules": MODULES, "wav": wav}
        (tmp_path / "config").write_text((config + CONFIG).format(folder=tmp_path, **values))
        known = f"<sip:resident@127.0.0.1:{port}>;regint=0;answermode=auto;audio_codecs=pcma,pcmu"
        (tmp_path / "accounts").write_text(f"{known}{account}\n")
        (tmp_path / "contacts").write_text("")
        process = await asyncio.create_subprocess_exec(
            "baresip", "-f", str(tmp_path), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        processes.append(process)

        async def stop() -> None:
            process.terminate()  # lets it close its recordings
            await process.communicate()

        return port, tmp_path, stop

    yield start
    for process in processes:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_baresip_is_called_talks_and_hangs_up(resident, start_dialer, listen, trunk_to, tone) -> None:
    rng = np.random.default_rng(11)
    says = np.concatenate([rng.normal(0, 0.1, 8_000), np.zeros(8_000)])
    port, folder, stop = await resident(says)
    dialer = await start_dialer(trunk_to(port))
    call = await dialer.dial(DialOrder(number=f"sip:resident@127.0.0.1:{port}"))
    ear = listen(call)
    await ear.until(Answered)
    call.send(tone(700, 0.5))
    ended = await ear.end()
    assert (ended.by, ended.answered) == (Side.FAR, True)
    assert call.counts.wrong_codec == call.counts.junk == 0
    await stop()
    (recording,) = folder.glob("dump-*-dec.wav")
    assert strongest_hertz(recording) == pytest.approx(700, abs=15)
    assert best_correlation(decode_alaw(bytes(ear.alaw)).samples, says[:8_000]) > 0.99


async def test_sound_over_a_tls_trunk_is_encrypted_both_ways(
    resident, start_dialer, listen, trunk_to, tone, tmp_path
) -> None:
    authority, _ = write_certificate(tmp_path)
    rng = np.random.default_rng(12)
    says = np.concatenate([rng.normal(0, 0.1, 8_000), np.zeros(8_000)])
    port, folder, stop = await resident(says, account=";mediaenc=srtp-mand", config=ENCRYPTED)
    trunk = trunk_to(port + 1, transport="tls", domain=NAME, tls_authority=str(authority), srtp=True)
    dialer = await start_dialer(trunk)
    async with asyncio.timeout(10):
        while dialer.trunks["test"].wait_to_dial() > 0:
            await dialer.trunk_changed()
    call = await dialer.dial(DialOrder(number=f"sip:resident@127.0.0.1:{port}"))
    ear = listen(call)
    await ear.until(Answered)
    call.send(tone(700, 0.5))
    ended = await ear.end()
    assert (ended.by, ended.answered) == (Side.FAR, True)
    assert call.counts.wrong_codec == 0
    assert call.counts.junk < SENT_BEFORE_THE_KEY  # none of it could be opened before its key was there
    await stop()
    (recording,) = folder.glob("dump-*-dec.wav")
    assert strongest_hertz(recording) == pytest.approx(700, abs=15)
    assert best_correlation(decode_alaw(bytes(ear.alaw)).samples, says[160 * SENT_BEFORE_THE_KEY : 8_000]) > 0.99


async def test_a_telephone_that_wants_encrypted_sound_is_not_talked_to_in_the_open(
    resident, start_dialer, listen, trunk_to, tmp_path
) -> None:
    write_certificate(tmp_path)
    port, _, stop = await resident(np.zeros(8_000), account=";mediaenc=srtp-mand", config=ENCRYPTED)
    dialer = await start_dialer(trunk_to(port))
    ear = listen(await dialer.dial(DialOrder(number=f"sip:resident@127.0.0.1:{port}")))
    ended = await ear.end()
    assert (ended.answered, ended.sip_code) == (False, 488)
    await stop()


def best_correlation(heard: np.ndarray, said: np.ndarray) -> float:
    """Of what was said with the part of what was heard that fits best."""
    size = len(heard) + len(said)
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size))
    at = int(np.argmax(np.fft.irfft(spectrum, size)[: max(1, len(heard) - len(said))]))
    return float(np.corrcoef(heard[at : at + len(said)], said)[0, 1])


def strongest_hertz(recording: Path) -> float:
    with wave.open(str(recording)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2").astype(np.float64)
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * 8_000 / len(samples))
