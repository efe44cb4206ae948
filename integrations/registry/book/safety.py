"""Looks at a file before anything opens it: its type, its size, and how big it would become.

The reader of workbooks trusts what it reads: a few kilobytes can unfold to gigabytes, and two cells at opposite
corners of a sheet make it reserve room for all between. So the parts of a workbook are unfolded once, in small pieces,
only to be counted.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal

from integrations.registry.book.old_workbook import DAMAGED, LOCKED
from integrations.registry.errors import BookUnreadable

Format = Literal["xlsx", "xls", "csv"]

LARGEST_FILE_BYTES = 60_000_000  # 50 000 households with long remarks; read in 260 MB of memory
LARGEST_UNFOLDED_BYTES = 600 * 1024 * 1024  # and unfold to about 150 MB
LARGEST_GRID_CELLS = 8_000_000  # 150 000 residents in 50 columns; the reader takes 32 bytes a cell
LAST_COLUMN = 16_384  # of Excel
_PIECE_BYTES = 1 << 20
_ZIP = b"PK\x03\x04"
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old workbooks, and new ones with a password
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_CELL = re.compile(rb'<c\b[^>]{0,200}?\br="([A-Z]{1,3})(\d{1,7})"')
_ROW = re.compile(rb'<row\b[^>]{0,200}?\br="(\d{1,7})"')
_OVERLAP_BYTES = 256  # longer than either pattern can match across two pieces
_DEFLATED = 8
_LOCAL_HEADER_BYTES = 30

WRONG_TYPE = "这不是能读的表格：请用 Excel 或 WPS 另存为 .xlsx 或 .csv 再导入。"
TOO_BIG = "文件太大（超过 60 MB）：请删掉图片和多余的工作表，或者按小区分成几个文件再导入。"
UNFOLDS = "这个表格解开后大得不正常，没有导入：请把需要的内容复制到一个新表格，另存后再导入。"


def check_file(path: Path) -> Format:
    """The format of a file that is safe to read. Raises BookUnreadable with one sentence that says what to do."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            beginning = file.read(8)
    except FileNotFoundError as error:
        raise BookUnreadable(f"找不到文件 {path.name}：请检查文件名和位置。") from error
    except OSError as error:
        raise BookUnreadable(f"文件 {path.name} 打不开：请检查权限，或者它是不是正被别的程序占用。") from error
    if size > LARGEST_FILE_BYTES:
        raise BookUnreadable(TOO_BIG)
    if size == 0:
        raise BookUnreadable("这个文件是空的：请选有内容的户籍表。")
    if beginning.startswith(_ZIP):
        _check_package(path)
        return "xlsx"
    if beginning == _COMPOUND_FILE:
        if _ENCRYPTED_PACKAGE in path.read_bytes():
            raise BookUnreadable(LOCKED)
        return "xls"
    if path.suffix.lower() not in {".csv", ".txt"} or b"\0" in beginning:
        raise BookUnreadable(WRONG_TYPE)
    return "csv"


def _check_package(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as package, path.open("rb") as file:
            parts = package.infolist()
            if not any(part.filename.endswith("workbook.xml") for part in parts):
                raise BookUnreadable(WRONG_TYPE)
            if any(part.flag_bits & 1 for part in parts):
                raise BookUnreadable(LOCKED)
            _check_parts(parts, file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise BookUnreadable(DAMAGED) from error


def _check_parts(parts: list[zipfile.ZipInfo], file: BinaryIO) -> None:
    left = LARGEST_UNFOLDED_BYTES
    for part in parts:
        sheet = "worksheets/" in part.filename and part.filename.endswith(".xml")
        rows = columns = 0
        tail = b""
        for piece in _unfolded(part, file):
            left -= len(piece)
            if left < 0:
                raise BookUnreadable(UNFOLDS)
            if sheet:
                text = tail + piece
                rows, columns = _extent(text, rows, columns)
                tail = text[-_OVERLAP_BYTES:]
        if rows * columns > LARGEST_GRID_CELLS:
            raise BookUnreadable(UNFOLDS)


def _unfolded(part: zipfile.ZipInfo, file: BinaryIO) -> Iterator[bytes]:
    """What a part really unfolds to, whatever size its entry claims."""
    file.seek(part.header_offset)
    header = file.read(_LOCAL_HEADER_BYTES)
    if len(header) < _LOCAL_HEADER_BYTES:
        raise EOFError(part.filename)
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    unfold = zlib.decompressobj(-zlib.MAX_WBITS) if part.compress_type == _DEFLATED else None
    left = part.compress_size
    while left > 0:
        raw = file.read(min(left, _PIECE_BYTES))
        if not raw:
            raise EOFError(part.filename)
        left -= len(raw)
        if unfold is None:
            yield raw
            continue
        yield unfold.decompress(raw, _PIECE_BYTES)
        while unfold.unconsumed_tail:
            yield unfold.decompress(unfold.unconsumed_tail, _PIECE_BYTES)


def _extent(xml: bytes, rows: int, columns: int) -> tuple[int, int]:
    """The last row and column that cells of this piece name, at least those given."""
    letters: set[bytes] = set()
    for match in _CELL.finditer(xml):
        letters.add(match[1])
        rows = max(rows, int(match[2]))
    for match in _ROW.finditer(xml):
        rows = max(rows, int(match[1]))
    return rows, max([columns, *(_column(each) for each in letters)])


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
