"""Names, numbers and symptoms are nowhere to be read: not in the database, its log of writes, or the program's logs."""

import logging
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialogs.dictionary import load_dictionary
from integrations.registry import lookup, records
from integrations.registry.importing import import_household_book
from integrations.registry.records import Provenance
from integrations.registry.sample.workbook import SampleBook, sample_community
from integrations.storage import audit, outbox
from integrations.storage.models import EventRow, QuestionnaireRow, ResidentRow, SessionRow, TicketRow, UserRow
from integrations.storage.store import Store, StoreSession

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
SYMPTOM, WORDS, ANSWER = "胸口像压了石头", "昨天摔了一跤，后腰青了一大块", "硝苯地平缓释片"
DISPLAY = "主任尉迟恭"


def _fill(store: Store, folder: Path) -> SampleBook:
    book = sample_community(folder / "book.xlsx", shape="small", seed=5)
    import_household_book(folder / "book.xlsx", store, at=AT)
    with store.writing() as session:
        people = lookup.residents_by_name(session, book.community.households[0].people[0].name)
        _speak(session, people[0])
    return book


def _speak(session: StoreSession, person: ResidentRow) -> None:
    field = load_dictionary().by_key["health.symptoms"]
    provenance = Provenance(source="session", source_id="s", channel="voice", own_words=WORDS, question="symptoms")
    record = records.captured(
        session, person, field, value=[{"symptom": SYMPTOM}], shown=ANSWER, provenance=provenance, at=AT
    )
    session.add(
        UserRow(id="u", login="zhuren", password_hash="$argon2id$", display=DISPLAY, role="admin", created_at=AT)
    )
    session.add(QuestionnaireRow(hash="q", key="k", version=1, title="健康随访", body=b"{}", added_at=AT))
    payload = f'{{"heard": "{WORDS}", "shown": "{ANSWER}"}}'.encode()
    session.add(
        SessionRow(
            id="s", resident_id=person.id, questionnaire="q", channel="voice", turn=1, state=payload, opened_at=AT
        )
    )
    session.add(EventRow(session_id="s", turn=1, ordinal=0, at=AT, type="UtteranceHeard", payload=payload))
    session.add(
        TicketRow(
            id="t",
            number="T-0001",
            dedupe_key="session:s:chest_pain",
            kind="chest_pain",
            severity="urgent",
            household_id=person.household_id,
            resident_id=person.id,
            summary=SYMPTOM,
            own_words=WORDS,
            state="done",
            result=ANSWER,
            created_at=AT,
        )
    )
    outbox.put(session, kind="upstream", key="t", payload={"name": person.name, "symptom": SYMPTOM}, at=AT)
    lookup.never_call(session, person.phone or "", reason="asked", at=AT)
    audit.record(session, user_id="u", action="phone.shown", object_kind="resident", object_id=person.id, at=AT)
    records.verify(session, record.id, user_id="u", at=AT)


def _secrets(book: SampleBook) -> Iterator[str]:
    yield from (SYMPTOM, WORDS, ANSWER, DISPLAY)
    for household in book.community.households:
        for person in household.people:
            yield from filter(None, (person.name, person.phone, person.id_number))
        yield from (household.grid.worker[0], household.grid.worker[1])
        if household.note:
            yield household.note


def _bytes_on_disk(store: Store, folder: Path) -> bytes:
    """Everything that somebody who took the disk would have, but for the key file and the book itself."""
    if store.engine.dialect.name == "sqlite":
        files = sorted(folder.glob("linyin.db*"))
        assert [file.name for file in files] == ["linyin.db", "linyin.db-shm", "linyin.db-wal"]
        return b"".join(file.read_bytes() for file in files)
    url = store.engine.url
    host, name = url.query["host"], url.database
    dump = ["pg_dump", "-h", str(host), "-U", "linyin", "--inserts", str(name)]
    return subprocess.run(dump, check=True, capture_output=True).stdout


def test_nothing_personal_can_be_read_in_the_database_its_wal_or_the_logs(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        book = _fill(store, tmp_path)
    taken = _bytes_on_disk(store, tmp_path)
    assert "阳光花园".encode() in taken  # addresses are not sealed, and show that the search finds what is there
    secrets = set(_secrets(book))
    assert len(secrets) > 300
    found = {
        secret
        for secret in secrets
        for encoding in ("utf-8", "utf-16-le")
        if secret.encode(encoding) in taken or secret.encode().hex().encode() in taken or secret in caplog.text
    }
    assert found == set()


def test_what_was_sealed_can_still_be_read_by_who_has_the_key(store: Store, tmp_path: Path) -> None:
    book = _fill(store, tmp_path)
    person = book.community.households[0].people[0]
    with store.reading() as session:
        (row,) = lookup.residents_by_name(session, person.name)[:1]
        assert (row.name, row.id_number) == (person.name, person.id_number)
        assert session.get_one(TicketRow, "t").own_words == WORDS
