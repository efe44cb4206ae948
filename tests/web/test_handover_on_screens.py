"""What the ticket and the contact show of an urgent matter that was handed over by telephone."""

from typing import Any

from campaigns.handover.ringing import RingPolicy
from integrations.handover import briefing, rings
from integrations.storage.models import HandoverRow

WAITED = "您快点来，我怕"


def take_the_matter(town: Any) -> HandoverRow:
    """The first worker does not answer, the second takes it; then it is settled."""
    policy = RingPolicy()
    with town.store.writing() as session:
        row = session.query(HandoverRow).one()
        first = rings.start_next(session, row.id, policy, at=town.clock.now())
        rings.end(session, first, "no_answer", policy, at=town.clock.now())
        second = rings.start_next(session, row.id, policy, at=town.clock.now())
        assert rings.accept(session, second, at=town.clock.now())
        rings.join(session, row.id, at=town.clock.now())
        rings.part(session, row.id, at=town.clock.now())
        briefing.keep_words(session, row.id, "resident", WAITED, at=town.clock.now())
        rings.report(session, second, "visiting", words="人清醒，我这就到", at=town.clock.now())
        rings.end(session, second, "accepted", policy, at=town.clock.now())
        return row


async def test_the_ticket_shows_who_was_rung_who_took_it_and_how_it_went(town: Any, admin: Any) -> None:
    row = take_the_matter(town)
    page = admin.page(f"/tickets/{row.ticket_id}")
    assert page.index("没接电话") < page.index("按一接单")
    for shown in ("周网格", "吴网格", "接通", "上门", WAITED, "处理中", "人清醒，我这就到"):
        assert shown in page


async def test_the_contact_shows_the_same(town: Any, admin: Any) -> None:
    take_the_matter(town)
    page = admin.page(f"/contacts/{town.contact('张桂兰')}")
    assert "电话叫人" in page
    assert WAITED in page
    assert "电话叫人" not in admin.page(f"/contacts/{town.contact('王秀英')}")
