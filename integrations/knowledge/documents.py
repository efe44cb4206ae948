"""Reads a notice out of a docx, pdf, md or txt file."""

import re
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from integrations.knowledge.errors import EmptyNoticeError, UnknownNoticeError, UnreadableNoticeError

LARGEST_BYTES = 20_000_000  # a notice is a few pages; a larger file is a scan or a mistake
LARGEST_XML_BYTES = 50_000_000  # of the unpacked document part: stops archives made to burst

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DATE = re.compile(r"(20\d\d)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?")
_DATED = re.compile(r"^(?:发布日期|发布时间|日期|印发日期)?[：:\s]*" + _DATE.pattern + r"\s*(?:印发|发布)?$")
_ENCODINGS = ("utf-8-sig", "gb18030")
_FULL_LINE = 0.85  # of the longest line: shorter lines end a paragraph


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The text of a notice, with its title and the day it was published, where the text tells."""

    title: str
    text: str
    published: date | None


def read_notice(path: Path) -> Notice:
    """The notice in a file. Raises UnknownNoticeError, UnreadableNoticeError or EmptyNoticeError."""
    readers = {".docx": _docx, ".pdf": _pdf, ".md": _plain, ".txt": _plain}
    read = readers.get(path.suffix.lower())
    if read is None:
        raise UnknownNoticeError(f"不认识的文件类型“{path.suffix}”，请另存为 docx、pdf、md 或 txt。")
    if path.stat().st_size > LARGEST_BYTES:
        raise UnreadableNoticeError(f"文件“{path.name}”超过 20 MB，请只保留通知正文。")
    lines = [line for line in (_tidy(each) for each in read(path)) if line]
    if not lines:
        raise EmptyNoticeError(f"文件“{path.name}”里没有文字，可能是扫描件，请换成可以复制文字的版本。")
    title = re.sub(r"^#+\s*", "", lines[0])
    text = "\n".join(line for line in lines[1:] if not _DATED.match(line))
    return Notice(title=title, text=text, published=_published(lines))


def _tidy(line: str) -> str:
    # Word processors and PDF put blanks between Chinese characters to stretch a line.
    return re.sub(r"(?<=[\u3000-\u9fff])\s+(?=[\u3000-\u9fff])", "", line.replace("\u3000", " ").strip())


def _published(lines: list[str]) -> date | None:
    """The date that stands alone on a line, the last such; a date within a sentence is about something else."""
    for line in reversed(lines):
        if match := _DATED.match(line):
            try:
                return date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                continue
    return None


def _plain(path: Path) -> list[str]:
    raw = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            return raw.decode(encoding).splitlines()
        except UnicodeDecodeError:
            continue
    raise UnreadableNoticeError(f"文件“{path.name}”的文字编码认不出来，请另存为 UTF-8。")


def _docx(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            part = archive.getinfo("word/document.xml")
            if part.file_size > LARGEST_XML_BYTES:
                raise UnreadableNoticeError(f"文件“{path.name}”内容过大，请只保留通知正文。")
            root = fromstring(archive.read(part))
    except (zipfile.BadZipFile, KeyError, ParseError, DefusedXmlException, RuntimeError, OSError) as error:
        raise UnreadableNoticeError(f"文件“{path.name}”打不开，请用 Word 或 WPS 重新保存为 docx。") from error
    return [_paragraph(each) for each in root.iter(f"{_WORD}p")]


def _paragraph(paragraph: Element) -> str:
    pieces = []
    for node in paragraph.iter():
        if node.tag == f"{_WORD}t":
            pieces.append(node.text or "")
        elif node.tag in (f"{_WORD}tab", f"{_WORD}br"):
            pieces.append(" ")
    return "".join(pieces)


def _pdf(path: Path) -> list[str]:
    try:
        pages = [page.extract_text() for page in PdfReader(path).pages]
    except (PyPdfError, ValueError, KeyError, OSError, RecursionError) as error:
        raise UnreadableNoticeError(f"文件“{path.name}”打不开，可能加了密或者损坏，请换一份。") from error
    return _joined([line for page in pages for line in page.splitlines()])


def _joined(lines: list[str]) -> list[str]:
    """Lines of a page made paragraphs again: a line that does not end a sentence goes on in the next."""
    longest = max((len(line.strip()) for line in lines), default=0)
    paragraphs: list[str] = []
    goes_on = False
    for line in (each.strip() for each in lines):
        if goes_on and line:
            paragraphs[-1] += line
        else:
            paragraphs.append(line)
        goes_on = len(line) >= _FULL_LINE * longest and not line.endswith(("。", "！", "？", "；"))
    return paragraphs
