"""One simulated resident, without a telephone."""

import random
from dataclasses import replace
from datetime import date

import pytest

from campaigns.disposition import Disposition
from integrations.telephony.loopback.facts import Facts
from integrations.telephony.loopback.numerals import cardinal, digits, temperatures
from integrations.telephony.loopback.population import Population, Script, script
from integrations.telephony.loopback.resident import Resident
from integrations.telephony.loopback.scoring import is_right

ON = date(2026, 11, 21)
PLAIN = Script(
    fate=Disposition.ANSWERED,
    temper="plain",
    ending=None,
    ending_at=0,
    red_flag_at=None,
    flag_over=False,
    correct_at=None,
    stories=0,
    asides={},
)
FEVER, TEMPERATURE, COUGH = "您这两天发烧没有？", "体温量了多少度？", "您咳嗽吗？"
DAY = "十二月八号上午，社区卫生服务中心免费体检。体检是几号？"


def resident(bank, course: Script = PLAIN, seed: str = "1") -> Resident:
    return Resident.answering(bank, course, seed=seed, rng=random.Random(seed), on=ON)


def household(condition) -> str:
    """The seed of a household whose facts are as wanted."""
    return next(seed for seed in map(str, range(2000)) if condition(Facts(seed=seed, on=ON)))


def hear(one: Resident, words: str) -> str:
    reply = one.hear(words, last=False)
    assert reply is not None
    return reply.text or reply.keys


def test_an_answer_is_one_of_the_ways_to_say_the_fact(bank) -> None:
    one = resident(bank)
    assert hear(one, "您好。现在方便吗？") in bank.opening.agrees
    said = hear(one, FEVER)
    assert said in bank.topics["fever"].values[one.facts.value("fever")]


def test_a_temperature_read_back_rightly_is_agreed_to_and_a_wrong_one_is_put_right(bank) -> None:
    one = resident(bank, seed=household(lambda facts: facts.key("temperature") == "measured"))
    hear(one, TEMPERATURE)
    value = one.facts.value("temperature")
    assert hear(one, f"{temperatures(value)[0]}，对不对？") in bank.agreement.agrees
    assert hear(one, f"{value:g}℃，对不对？") in bank.agreement.agrees
    denied = hear(one, f"{temperatures(value + 1)[0]}，对不对？")
    assert denied.startswith(("不", "错", "你听错"))
    assert any(way in denied for way in temperatures(value))


def test_a_no_that_is_said_back_is_agreed_to_by_whoever_said_it_and_by_nobody_else(bank) -> None:
    denied = resident(bank, seed=household(lambda facts: facts.key("fever") == "no"))
    hear(denied, FEVER)
    assert hear(denied, "没有，对不对？") in bank.agreement.agrees
    ill = resident(bank, seed=household(lambda facts: facts.key("fever") == "yes"))
    hear(ill, FEVER)
    assert hear(ill, "没有，对不对？") not in bank.agreement.agrees


def test_a_date_and_a_telephone_number_read_back_are_compared_digit_by_digit(bank) -> None:
    one = resident(bank)
    hear(one, "哪天到家的？")
    hear(one, "回来的人，手机号是多少？")
    day = date.fromisoformat(one.facts.value("date"))
    phone = one.facts.value("phone")
    right = f"{cardinal(day.month)}月{cardinal(day.day)}号，{digits(phone)}，对不对？"
    assert hear(one, right) in bank.agreement.agrees
    assert hear(one, f"{digits(phone, grouped=True)}，对不对？") in bank.agreement.agrees
    wrong = phone[:-1] + str((int(phone[-1]) + 1) % 10)
    assert hear(one, f"{digits(wrong)}，对不对？") not in bank.agreement.agrees


def test_a_notice_is_answered_with_the_day_that_was_told(bank) -> None:
    one = resident(bank, seed=household(lambda facts: facts.key("day") == "right"))
    assert "八号" in hear(one, DAY)
    assert one.topics["day"].value == "12-08"


def test_a_notice_that_was_misheard_is_understood_when_told_again(bank) -> None:
    one = resident(bank, seed=household(lambda facts: facts.key("day") == "wrong"))
    assert "九号" in hear(one, DAY)
    assert "八号" in hear(one, "我再说一遍。" + DAY)
    assert one.topics["day"].value == "12-08"


def test_a_day_that_nobody_told_is_not_known(bank) -> None:
    assert hear(resident(bank), "体检是几号？") in bank.puzzled


def test_an_aside_comes_first_and_then_the_answer(bank) -> None:
    one = resident(bank, replace(PLAIN, asides={0: "slower"}))
    assert hear(one, FEVER) in bank.asides["slower"]
    assert hear(one, "好，我说慢一点。" + FEVER) in bank.topics["fever"].values[one.facts.value("fever")]
    assert one.asides == ["slower"]


def test_whoever_asks_to_wait_answers_when_told_to_take_their_time(bank) -> None:
    one = resident(bank, replace(PLAIN, asides={0: "wait_please"}))
    hear(one, COUGH)
    assert hear(one, "不着急，您慢慢来。") in bank.topics["cough"].values[one.facts.value("cough")]


def test_whoever_is_asked_to_say_it_again_says_it_again(bank) -> None:
    one = resident(bank)
    hear(one, COUGH)
    assert hear(one, "请您稍等一下，再说一遍。") in bank.topics["cough"].values[one.facts.value("cough")]
    assert hear(one, "我再说一遍。" + FEVER) in bank.topics["fever"].values[one.facts.value("fever")]


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [
        ("busy_later", "callback"),
        ("wrong_number", "wrong_person"),
        ("not_at_home", "not_at_home"),
        ("refuse_call", "refused"),
        ("stop_calling", "never_again"),
        ("person_please", "to_person"),
    ],
)
def test_an_ending_is_said_and_remembered(bank, ending, outcome) -> None:
    one = resident(bank, replace(PLAIN, ending=ending))
    assert hear(one, "您好。现在方便吗？") in bank.endings[ending]
    assert one.outcome(completed=True) == outcome


def test_who_hangs_up_after_an_answer_leaves_a_partial_interview(bank) -> None:
    one = resident(bank, replace(PLAIN, ending="hangs_up", ending_at=1))
    hear(one, FEVER)
    reply = one.hear(COUGH, last=False)
    assert reply is not None
    assert reply.hangs_up
    assert one.outcome(completed=False) == "partial"


def test_a_red_flag_is_raised_once_and_goes_on_or_has_passed_as_scripted(bank) -> None:
    for over, answers, outcome in (
        (False, bank.flag_check.still, "red_flag"),
        (True, bank.flag_check.over, "complete"),
    ):
        one = resident(bank, replace(PLAIN, red_flag_at=0, flag_over=over))
        urgent = hear(one, FEVER)
        [flag] = one.red_flags
        assert flag.said == urgent
        assert hear(one, "您先坐下，别着急。我已经告诉网格员了。现在还是这样吗？") in answers
        assert one.outcome(completed=True) == outcome
        hear(one, FEVER)
        assert len(one.red_flags) == 1


def test_a_correction_names_another_value_and_that_value_holds(bank) -> None:
    one = resident(bank, replace(PLAIN, correct_at=1))
    hear(one, COUGH)
    before = one.topics["cough"].value
    said = hear(one, FEVER)
    after = one.topics["cough"].value
    assert after != before
    assert any(each in said for each in bank.topics["cough"].statements[after])
    assert hear(one, "哪一样说错了？") in bank.topics["cough"].statements[after]


def test_keys_are_pressed_as_the_assistant_explains_them(bank) -> None:
    one = resident(bank, seed=household(lambda facts: facts.key("fever") == "no" and facts.key("sleep") == "fair"))
    hear(one, FEVER)
    assert hear(one, "麻烦您按一下电话。是，按一。不是，按二。") == "2"
    hear(one, "这几天睡得好，一般，还是不好？")
    assert hear(one, "麻烦您按一下电话。好，按一，一般，按二，不好，按三。") == "2"
    hear(one, "哪天到家的？")
    assert hear(one, "麻烦您按四个数字，两位月，两位日。") == one.facts.value("date")[5:].replace("-", "")
    hear(one, "回来的人，手机号是多少？")
    assert hear(one, "麻烦您在电话上按数字，小数点按星号，按完按井号。") == f"{one.facts.value('phone')}#"
    hear(one, f"{digits(one.facts.value('phone'))}，对不对？")
    assert hear(one, "麻烦您按一下电话。是，按一。不是，按二。") == "1"


def test_a_resident_who_understands_nothing_hangs_up_in_the_end(bank) -> None:
    one = resident(bank)
    for _ in range(3):
        assert hear(one, "请问您的血型？") in bank.puzzled
    reply = one.hear("请问您的血型？", last=False)
    assert reply is not None
    assert reply.hangs_up


def test_shares_of_a_population_are_kept(bank) -> None:
    population = Population()
    scripts = [script(population, random.Random(f"{each}:1"), random.Random(str(each))) for each in range(4000)]
    busy = sum(each.fate is Disposition.BUSY for each in scripts) / len(scripts)
    flags = sum(each.red_flag_at is not None for each in scripts) / len(scripts)
    assert abs(busy - population.fates[Disposition.BUSY]) < 0.015
    assert abs(flags - population.red_flags) < 0.015


@pytest.mark.parametrize(
    ("topic", "scripted", "recorded", "right"),
    [
        ("fever", "no", "no", True),
        ("fever", "no", "was", True),
        ("fever", "no", "yes", False),
        ("chest", "yes", "sometimes", True),
        ("temperature", 37.2, {"value": 37.2, "unit": "C"}, True),
        ("temperature", 37.2, {"value": 37.3, "unit": "C"}, False),
        ("temperature", None, None, True),
        ("temperature", None, {"value": 37.3}, False),
        ("origin", "武汉", {"province": "湖北省", "city": "武汉市", "district": None}, True),
        ("origin", "武汉", {"province": "湖北省", "city": "黄石市", "district": None}, False),
        ("date", "2026-11-18", "2026-11-18T15:00:00", True),
        ("day", "12-08", "2026-12-08", True),
        ("people", 2, {"total": 2, "usual": None}, True),
        ("phone", "13912345678", "13912345678", True),
        ("vehicle", "coach", "coach", True),
        ("vehicle", "coach", None, False),
        ("help_what", True, "换个灯泡", True),
    ],
)
def test_scoring_compares_what_was_scripted_with_what_was_kept(topic, scripted, recorded, right) -> None:
    assert is_right(topic, scripted, recorded) is right
