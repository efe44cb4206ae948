"""Values with their provenance, and people by what is sealed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from dialogs.dictionary import load_dictionary
from integrations.registry import lookup, records
from integrations.registry.records import Provenance
from integrations.storage import audit
from integrations.storage.models import RecordRow, ResidentRow
from integrations.storage.store import Store

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
FIELDS = load_dictionary().by_key
SLEEP, FEVER, RETURNED = FIELDS["health.sleep"], FIELDS["health.fever"], FIELDS["return.returned"]

Make = Callable[..., ResidentRow]


def _said(words: str, *, source_id: str = "s1", question: str = "sleep") -> Provenance:
    return Provenance(
        source="session", source_id=source_id, channel="voice", speaker="self", own_words=words, question=question
    )


def _capture(
    store: Store, person: ResidentRow, value: str, at: datetime = AT, *, field: str = "health.sleep", source: str = "s1"
) -> str:
    with store.writing() as session:
        provenance = _said(f"我{value}", source_id=source)
        row = records.captured(session, person, FIELDS[field], value=value, shown=value, provenance=provenance, at=at)
    return row.id


def test_a_value_keeps_who_said_it_when_where_and_in_which_words(store: Store, make_resident: Make) -> None:
    person = make_resident(store, "陈秀英", phone="13900000001")
    _capture(store, person, "good")
    with store.reading() as session:
        row = records.current(session, person, SLEEP)
        assert row is not None
        assert (row.value, row.own_words, row.state, row.at) == ("good", "我good", "reported", AT)
        assert (row.source, row.channel, row.speaker, row.consent) == ("session", "voice", "self", "given")


def test_a_newer_value_supersedes_and_never_overwrites(store: Store, make_resident: Make) -> None:
    person = make_resident(store, "陈秀英", phone="13900000001")
    _capture(store, person, "good")
    _capture(store, person, "poor", AT + timedelta(days=1))
    with store.reading() as session:
        values = [(row.value, row.superseded_at) for row in records.history(session, person, SLEEP)]
        now = records.current(session, person, SLEEP)
    assert values == [("poor", None), ("good", AT + timedelta(days=1))]
    assert now is not None
    assert now.value == "poor"


def test_a_value_becomes_confirmed_and_then_verified_with_a_trace(store: Store, make_resident: Make) -> None:
    person = make_resident(store, "陈秀英", phone="13900000001")
    record_id = _capture(store, person, "good")
    with store.writing() as session:
        assert records.confirm(session, source_id="s1", question="sleep")
        assert session.get_one(RecordRow, record_id).state == "confirmed"
        assert not records.confirm(session, source_id="s1", question="fever")
        assert records.verify(session, record_id, user_id="u1", at=AT).state == "verified"
        assert not records.confirm(session, source_id="s1", question="sleep")
        assert session.get_one(RecordRow, record_id, populate_existing=True).state == "verified"
    assert audit.verify(store).rows == 1


def test_what_is_taken_back_gives_way_to_what_was_known_before(store: Store, make_resident: Make) -> None:
    person = make_resident(store, "陈秀英", phone="13900000001")
    _capture(store, person, "good", source="s0")
    _capture(store, person, "poor", AT + timedelta(hours=1))
    with store.writing() as session:
        records.withdraw(session, source_id="s1", question="sleep", at=AT + timedelta(hours=2))
    with store.reading() as session:
        now = records.current(session, person, SLEEP)
        assert now is not None
        assert now.value == "good"
        assert len(records.history(session, person, SLEEP)) == 2


@pytest.mark.parametrize(("days", "known"), [(0, True), (3, True), (3.01, False)])
def test_a_value_is_known_for_as_long_as_its_field_stays_fresh(
    store: Store, make_resident: Make, days: float, known: bool
) -> None:
    person = make_resident(store, "陈秀英", phone="13900000001")
    _capture(store, person, "good")
    with store.reading() as session:
        fresh = records.known_and_fresh(session, person, FIELDS.values(), at=AT + timedelta(days=days))
    assert ("health.sleep" in fresh) is known


def test_what_must_be_asked_every_time_is_never_known(store: Store, make_resident: Make) -> None:
    person = make_resident(store, "陈秀英", phone="13900000001")
    _capture(store, person, "no", field="health.fever")
    with store.reading() as session:
        assert records.known_and_fresh(session, person, [FEVER], at=AT) == {}


def test_what_one_person_said_of_the_household_is_known_for_all_of_it(store: Store, make_resident: Make) -> None:
    mother = make_resident(store, "陈秀英", phone="13900000001")
    son = make_resident(store, "李小军", phone="13900000002")
    other = make_resident(store, "王五", phone="13900000003", household="h2")
    _capture(store, mother, "no", field="return.returned")
    _capture(store, mother, "good")
    with store.reading() as session:
        assert set(records.known_and_fresh(session, son, [RETURNED, SLEEP], at=AT)) == {"return.returned"}
        assert records.known_and_fresh(session, other, [RETURNED, SLEEP], at=AT) == {}
    _capture(store, son, "yes", AT + timedelta(hours=1), field="return.returned")
    with store.reading() as session:
        now = records.current(session, mother, RETURNED)
    assert now is not None
    assert now.value == "yes"


@pytest.mark.parametrize("written", ["13900000001", "+86 139 0000 0001", "１３９０００００００１", "139-0000-0001"])
def test_a_person_is_found_by_phone_however_it_is_written(store: Store, make_resident: Make, written: str) -> None:
    person = make_resident(store, "陈秀英", phone="13900000001")
    with store.reading() as session:
        assert [each.id for each in lookup.residents_by_phone(session, written)] == [person.id]
        assert [each.name for each in lookup.residents_by_name(session, " 陈秀英 ")] == ["陈秀英"]
        assert list(lookup.residents_by_phone(session, "13900000002")) == []


def test_a_number_is_not_called_after_anybody_who_has_it_refused(store: Store, make_resident: Make) -> None:
    person = make_resident(store, "陈秀英", phone="13900000001")
    with store.writing() as session:
        assert not lookup.may_not_be_called(session, "13900000001")
        session.get_one(ResidentRow, person.id).do_not_call_at = AT
        assert lookup.may_not_be_called(session, "139 0000 0001")
        assert lookup.never_call(session, "13900000002", reason="asked", at=AT)
        assert not lookup.never_call(session, "13900000002", reason="asked", at=AT)
        assert lookup.may_not_be_called(session, "13900000002")
        assert not lookup.may_not_be_called(session, "13900000003")
