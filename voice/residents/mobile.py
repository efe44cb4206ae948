"""A mobile telephone's codec: AMR-NB by the sox program, which is run as a child (GPL) and may be missing."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from voice.audio.resample import resample
from voice.audio.sound import TELEPHONE_HZ, Sound
from voice.audio.wav import read_wav, write_wav
from voice.errors import EngineError, EngineTimeout

CODEC_LIMIT_SECONDS = 20.0
FULL_RATE_MODE = "7"  # 12.2 kbit/s


def through_mobile(sound: Sound) -> Sound:
    """The sound at 8 kHz as a mobile network leaves it. Raises EngineError when sox or its AMR format is missing."""
    program = shutil.which("sox")
    if program is None:
        raise EngineError("engine.no_sox", "模拟手机音质需要 sox，请先安装 sox 和 libsox-fmt-all。")
    with tempfile.TemporaryDirectory(prefix="linyin-mobile-") as folder:
        plain, coded, decoded = (Path(folder) / name for name in ("in.wav", "coded.amr-nb", "out.wav"))
        write_wav(plain, resample(sound, TELEPHONE_HZ))
        _run([program, str(plain), "-C", FULL_RATE_MODE, str(coded)])
        _run([program, str(coded), "-b", "16", "-e", "signed-integer", str(decoded)])
        return read_wav(decoded)


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, timeout=CODEC_LIMIT_SECONDS, check=False)
    except subprocess.TimeoutExpired as problem:
        raise EngineTimeout("engine.timeout", "模拟手机音质超时，请重试。") from problem
    if done.returncode:
        raise EngineError("engine.no_amr", "sox 不支持 AMR 编码，请安装 libsox-fmt-all。")
