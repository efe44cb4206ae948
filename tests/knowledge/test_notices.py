"""Notices read from files, asked, and replaced."""

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from integrations.knowledge.documents import read_notice
from integrations.knowledge.errors import EmptyNoticeError, UnknownNoticeError, UnreadableNoticeError
from integrations.knowledge.notices import add_notice, knowledge_index, unmet_questions
from integrations.knowledge.unmet import note_unmet_question
from integrations.storage.store import Store

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
LINES = ["关于停水的通知", "11月22日上午9点至下午5点，幸福里小区停水。", "请居民提前储水。", "2026年11月18日"]
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _docx(path: Path, lines: list[str], *, head: str = "") -> Path:
    # A word processor cuts a sentence into runs wherever somebody touched it.
    body = "".join(f"<w:p><w:r><w:t>{line[:3]}</w:t></w:r><w:r><w:t>{line[3:]}</w:t></w:r></w:p>" for line in lines)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "word/document.xml", f'{head}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
        )
    return path


def _pdf(path: Path, lines: list[str]) -> Path:
    """A PDF with one page whose font says by /ToUnicode what its codes mean, as office programs write it."""
    characters = sorted(set("".join(lines)))
    codes = {character: f"{number + 1:04X}" for number, character in enumerate(characters)}
    chars = "\n".join(f"<{code}> <{ord(character):04X}>" for character, code in codes.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{chars}\nendbfchar endcmap end end"
    )
    shown = "\n".join(f"<{''.join(codes[each] for each in line)}> Tj 0 -20 Td" for line in lines)
    content = f"BT /F1 12 Tf 50 700 Td\n{shown}\nET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H "
        "/DescendantFonts [6 0 R] /ToUnicode 7 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
        "/Supplement 0 >> /DW 1000 >>",
        f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream",
    ]
    out, places = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{out.index('xref')}\n%%EOF"
    path.write_text(out, encoding="latin-1")
    return path


def _written(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / f"notice.{kind}"
    if kind == "docx":
        return _docx(path, LINES)
    if kind == "pdf":
        return _pdf(path, LINES)
    path.write_text("\n".join(["# " + LINES[0], *LINES[1:]] if kind == "md" else LINES), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["docx", "pdf", "md", "txt"])
def test_a_notice_is_read_with_its_title_and_its_day_whatever_the_file(tmp_path: Path, kind: str) -> None:
    notice = read_notice(_written(tmp_path, kind))
    assert (notice.title, notice.published) == ("关于停水的通知", date(2026, 11, 18))
    assert "11月22日上午9点至下午5点" in notice.text
    assert "提前储水" in notice.text


def test_a_text_file_from_an_old_office_computer_is_read(tmp_path: Path) -> None:
    path = tmp_path / "notice.txt"
    path.write_bytes("\n".join(LINES).encode("gb18030"))
    assert read_notice(path).title == "关于停水的通知"


def test_files_that_are_no_notices_say_what_to_do(tmp_path: Path) -> None:
    (broken := tmp_path / "a.docx").write_bytes(b"no archive")
    (torn := tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 torn")
    (empty := tmp_path / "a.txt").write_text(" \n ", encoding="utf-8")
    (sheet := tmp_path / "a.xlsx").write_bytes(b"x")
    for path, error in [
        (broken, UnreadableNoticeError),
        (torn, UnreadableNoticeError),
        (empty, EmptyNoticeError),
        (sheet, UnknownNoticeError),
    ]:
        with pytest.raises(error) as raised:
            read_notice(path)
        assert "请" in raised.value.message or "扫描件" in raised.value.message


def test_a_docx_with_entities_is_refused(tmp_path: Path) -> None:
    head = '<!DOCTYPE bomb [<!ENTITY a "aaaa">]>'
    with pytest.raises(UnreadableNoticeError):
        read_notice(_docx(tmp_path / "bomb.docx", ["&a;标题标题", "正文正文。"], head=head))


def test_a_question_is_answered_from_an_added_notice_with_its_source_and_day(store: Store, tmp_path: Path) -> None:
    with store.writing() as session:
        add_notice(session, _written(tmp_path, "docx"), at=AT)
    with store.reading() as session:
        passage = knowledge_index(session).ask("停水停到几点")
    assert passage is not None
    assert "下午5点" in passage.text
    assert (passage.source, passage.published) == ("关于停水的通知", date(2026, 11, 18))


def test_a_newer_notice_of_the_same_title_takes_the_place_of_the_older(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "notice.txt"
    for hour in ("5点", "8点"):
        path.write_text(f"停水通知\n今天上午9点至下午{hour}停水。", encoding="utf-8")
        with store.writing() as session:
            add_notice(session, path, at=AT)
    with store.reading() as session:
        assert [passage.text for passage in knowledge_index(session).passages] == ["今天上午9点至下午8点停水。"]


def test_staff_see_what_nobody_could_answer_most_asked_first(store: Store) -> None:
    with store.writing() as session:
        for question in ["公租房怎么申请", "狗证怎么办", "狗证怎么办"]:
            note_unmet_question(session, question, session_id=None, at=AT)
    with store.reading() as session:
        assert [(row.question, row.count) for row in unmet_questions(session)] == [
            ("狗证怎么办", 2),
            ("公租房怎么申请", 1),
        ]
