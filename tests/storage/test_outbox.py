"""The outbox."""

from datetime import UTC, datetime, timedelta

from integrations.storage import outbox
from integrations.storage.store import Store

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
LEASE = timedelta(minutes=1)


def _put(store: Store, key: str, at: datetime = AT) -> bool:
    with store.writing() as session:
        return outbox.put(session, kind="notify", key=key, payload={"ticket": "T-0001"}, at=at)


def _claim(store: Store, at: datetime = AT) -> list[str]:
    with store.writing() as session:
        return [row.key for row in outbox.claim(session, at=at, lease=LEASE, limit=10)]


def test_a_message_is_queued_once_by_its_key(store: Store) -> None:
    assert [_put(store, "ticket:1"), _put(store, "ticket:1"), _put(store, "ticket:2")] == [True, False, True]
    assert _claim(store) == ["ticket:1", "ticket:2"]


def test_a_claimed_message_is_free_again_only_after_its_lease(store: Store) -> None:
    _put(store, "ticket:1")
    assert _claim(store) == ["ticket:1"]
    assert _claim(store, AT + LEASE / 2) == []
    assert _claim(store, AT + LEASE) == ["ticket:1"]


def test_a_message_waits_for_its_time_and_is_sent_once(store: Store) -> None:
    _put(store, "ticket:1", AT + timedelta(hours=1))
    assert _claim(store) == []
    with store.writing() as session:
        (row,) = outbox.claim(session, at=AT + timedelta(hours=1), lease=LEASE, limit=10)
        assert row.payload == {"ticket": "T-0001"}
        outbox.mark_sent(session, row.id, at=AT + timedelta(hours=1))
    assert _claim(store, AT + timedelta(days=1)) == []


def test_a_message_that_did_not_arrive_is_tried_again_at_its_time(store: Store) -> None:
    _put(store, "ticket:1")
    with store.writing() as session:
        (row,) = outbox.claim(session, at=AT, lease=LEASE, limit=10)
        outbox.mark_failed(session, row.id, error="http 503", retry_at=AT + timedelta(minutes=5))
    assert _claim(store, AT + timedelta(minutes=4)) == []
    with store.writing() as session:
        (row,) = outbox.claim(session, at=AT + timedelta(minutes=5), lease=LEASE, limit=10)
        assert (row.attempts, row.last_error) == (2, "http 503")
