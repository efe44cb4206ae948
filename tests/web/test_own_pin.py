"""A grid worker sets the PIN of the telephone; nobody else has one."""

from typing import Any

from argon2 import PasswordHasher

from integrations.handover.pins import matches
from integrations.storage.models import AuditRow, WorkerPinRow

GOOD = "402817"


async def test_a_worker_sets_a_pin_and_it_is_kept_as_a_hash(town: Any, account: Any, visitor: Any) -> None:
    visitor.log_in("zhou", account("zhou", "grid_worker", town.workers[0]))
    assert "/me/pin" in visitor.page("/me/password")
    assert "已设置" in visitor.post("/me/pin", wanted=GOOD, again=GOOD)
    with town.store.reading() as session:
        kept = session.get_one(WorkerPinRow, town.workers[0]).pin_hash
        assert session.query(AuditRow).filter_by(action="worker.pin_set").count() == 1
    assert GOOD not in kept
    assert matches(PasswordHasher(), kept, GOOD)


async def test_weak_and_mistyped_pins_are_refused_with_the_reason(town: Any, account: Any, visitor: Any) -> None:
    visitor.log_in("zhou", account("zhou", "grid_worker", town.workers[0]))
    assert "两次" in visitor.post("/me/pin", 422, wanted=GOOD, again="402818")
    for weak in ("123456", "888888", "12345", "abcdef", "４０２８１７"):
        assert "工作密码" in visitor.post("/me/pin", 422, wanted=weak, again=weak)
    with town.store.reading() as session:
        assert session.get(WorkerPinRow, town.workers[0]) is None


def test_an_account_that_is_no_worker_has_no_pin(admin: Any) -> None:
    admin.page("/me/pin", 404)
    admin.post("/me/pin", 404, wanted=GOOD, again=GOOD)
    assert "/me/pin" not in admin.page("/me/password")
