"""What residents and grid workers are told before a campaign calls."""

from dataclasses import replace
from datetime import date, time

import pytest

from campaigns.announcement import Announcement, Facts, announce
from campaigns.window import CallingWindow
from dialogs.definitions import library
from dialogs.dictionary import load_dictionary

QUESTIONNAIRES = {each.key: each for each in library(dictionary=load_dictionary())}
FACTS = Facts(
    community="育林社区",
    questionnaire=QUESTIONNAIRES["health-follow-up"],
    window=CallingWindow(opens=time(9), closes=time(17), weekdays=(1, 2, 3, 4, 5)),
    first_day=date(2026, 11, 23),
    last_day=date(2026, 11, 25),
    caller_number="0716-7654321",
    callback_number="0716-1234567",
)


def everything(told: Announcement) -> list[str]:
    return ["\n".join(told.notice), told.group_text, "\n".join(answer for _, answer in told.worker_script)]


@pytest.mark.parametrize("key", QUESTIONNAIRES)
def test_every_text_says_who_when_how_to_check_and_that_nobody_asks_for_money(key: str) -> None:
    facts = replace(FACTS, questionnaire=QUESTIONNAIRES[key])
    for text in everything(announce(facts)):
        for needed in (
            "11月23日到25日",
            "周一、二、三、四、五",
            "09:00 到 17:00",
            "0716-1234567",
            "不要验证码",
            "不问钱",
        ):
            assert needed in text
        assert "{" not in text
    assert "育林社区" in announce(facts).notice[1]


def test_a_community_without_a_number_of_its_own_points_to_the_notice_board() -> None:
    for text in everything(announce(replace(FACTS, callback_number="", caller_number=""))):
        assert "公告栏" in text
        assert "来电号码" not in text


def test_the_notice_shows_the_caller_and_the_first_questions_and_the_worker_knows_them_all() -> None:
    told = announce(FACTS)
    assert "来电号码：0716-7654321" in told.notice
    assert "您这两天发烧没有？" in told.notice[2]
    assert "一共 8 个问题" in told.notice[2]
    asked = dict(told.worker_script)["都问些什么？"]
    assert all(question.ask.spoken in asked for question in FACTS.questionnaire.questions)


def test_one_day_and_two_months_read_as_people_write_them() -> None:
    assert "11月23日，每天" not in announce(replace(FACTS, last_day=date(2026, 12, 2))).notice[1]
    assert "11月23日到12月2日" in announce(replace(FACTS, last_day=date(2026, 12, 2))).group_text
    assert "11月23日（" in announce(replace(FACTS, last_day=FACTS.first_day)).group_text
