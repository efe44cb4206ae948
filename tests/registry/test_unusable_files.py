"""Files that cannot be a household book: one Chinese sentence each, nothing kept."""

import io
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from integrations.registry.book.safety import LARGEST_FILE_BYTES
from integrations.registry.errors import BookUnreadable
from integrations.registry.importing import import_household_book
from integrations.storage.models import AuditRow, HouseholdRow, PlaceRow
from integrations.storage.store import Store

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
PANICS = Path(__file__).parent / "data" / "panics.xls"  # data/old.xls with some bytes changed: its reader panics
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _workbook(*rows: list[str]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _repacked(change: Callable[[str, bytes], bytes]) -> bytes:
    """A good workbook with some of its parts changed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_workbook(["房号", "姓名"], ["301", "陈秀英"]))) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for part in good.infolist():
            bad.writestr(part.filename, change(part.filename, good.read(part)))
    return out.getvalue()


def _bomb(claims: int) -> bytes:
    """A workbook of one megabyte with a part of seven hundred, made by repeating one independent deflate block."""
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    block = squeeze.compress(b" " * (1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    stream = block * 700 + zlib.compressobj(wbits=-zlib.MAX_WBITS).flush()
    out = io.BytesIO(_workbook(["房号", "姓名"], ["301", "陈秀英"]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_STORED) as package:
        package.writestr("xl/bomb.xml", stream)
    packed = bytearray(out.getvalue())
    local, central = packed.rindex(b"PK\x03\x04"), packed.rindex(b"PK\x01\x02")
    packed[local + 8 : local + 10] = packed[central + 10 : central + 12] = b"\x08\x00"  # deflated
    packed[local + 22 : local + 26] = packed[central + 24 : central + 28] = claims.to_bytes(4, "little")
    return bytes(packed)


def _far_apart() -> bytes:
    """Two cells at opposite corners of a sheet."""
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return _repacked(lambda name, raw: raw.replace(b"</sheetData>", far) if "worksheets/" in name else raw)


def _zip_of(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(name, "x")
    return out.getvalue()


UNUSABLE: list[tuple[str, Callable[[], bytes], str]] = [
    ("a.xlsx", lambda: b"", "空的"),
    ("a.xlsx", _workbook, "空的"),
    ("a.csv", lambda: b"\n\n", "没有找到表头"),
    ("a.xlsx", lambda: _workbook(["房号", "姓名"]), "只有表头"),
    ("a.xlsx", lambda: _workbook(["今天天气很好"], ["真的"]), "没有找到表头"),
    ("a.xlsx", lambda: b"PK\x03\x04 broken", "坏了"),
    ("a.xlsx", lambda: _workbook(["房号", "姓名"], ["301", "陈秀英"])[:3000], "坏了"),
    ("a.xlsx", lambda: _zip_of("word/document.xml"), "另存为"),
    ("a.docx", lambda: _zip_of("word/document.xml"), "另存为"),
    ("a.pdf", lambda: b"%PDF-1.7", "另存为"),
    ("a.png", lambda: b"\x89PNG\r\n\x1a\n", "另存为"),
    ("a.csv", lambda: b"\xff\xfe\x00\x00" * 100, "另存为"),
    ("a.csv", lambda: bytes(range(128, 256)) * 9, "另存为"),
    ("a.xlsx", lambda: COMPOUND_FILE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "取消密码"),
    ("a.xls", lambda: COMPOUND_FILE + b"\0" * 600, "坏了"),
    ("a.xls", PANICS.read_bytes, "坏了"),
    ("a.xlsx", lambda: b"PK\x03\x04" + b"\0" * (60 << 20), "太大"),
    ("a.csv", lambda: b"\xe6\x88\xbf\xe5\x8f\xb7\n" * (LARGEST_FILE_BYTES // 7 + 1), "太大"),
    ("a.xlsx", lambda: _bomb(claims=700 << 20), "解开后大得不正常"),
    ("a.xlsx", lambda: _bomb(claims=1000), "解开后大得不正常"),
    ("a.xlsx", _far_apart, "解开后大得不正常"),
]


@pytest.mark.parametrize(
    ("name", "make", "says"), UNUSABLE, ids=[f"{index}-{name}" for index, (name, _, _) in enumerate(UNUSABLE)]
)
def test_an_unusable_file_is_refused_in_one_sentence_and_nothing_is_kept(
    store: Store, tmp_path: Path, name: str, make: Callable[[], bytes], says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(make())
    with pytest.raises(BookUnreadable, match=says) as caught:
        import_household_book(path, store, at=AT)
    assert "\n" not in caught.value.message
    with store.reading() as session:
        kept = [session.scalar(select(func.count()).select_from(table)) for table in (HouseholdRow, PlaceRow, AuditRow)]
    assert kept == [0, 0, 0]


def test_a_file_that_is_not_there_is_one_sentence(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BookUnreadable, match="找不到文件"):
        import_household_book(tmp_path / "gone.xlsx", store, at=AT)
    with pytest.raises(BookUnreadable, match="打不开"):
        import_household_book(tmp_path, store, at=AT)
