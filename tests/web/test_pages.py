"""What the pages show, and to whom."""

from typing import Any

ALL_PAGES = ("/", "/campaigns", "/tickets", "/registry", "/exports", "/audit", "/users", "/me/password")


def test_every_page_opens_for_the_administrator_of_an_empty_system(admin: Any) -> None:
    for path in ALL_PAGES:
        assert "邻音" in admin.page(path)


async def test_the_wall_shows_who_is_called_what_was_said_and_what_was_kept(town: Any, admin: Any) -> None:
    wall = admin.page(f"/campaigns/{town.campaign}")
    assert "王秀英" in wall
    assert "有点发烧" in wall
    assert "胸痛" in wall
    assert "康乐小区 3号楼 501" in wall


async def test_a_contact_shows_the_talk_turn_by_turn_and_each_answer_with_its_own_words(town: Any, admin: Any) -> None:
    page = admin.page(f"/contacts/{town.contact('王秀英')}")
    assert "您这两天发烧没有" in page
    assert "没有发烧" in page
    assert "是否发烧" in page
    assert "原话：<q>没有发烧</q>" in page
    assert "138****0001" in page
    assert "13812340001" not in page
