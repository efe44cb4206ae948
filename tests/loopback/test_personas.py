"""The ten kinds of elders: each talks in its own way, always the same from the same seed, in words of its own."""

import random
from datetime import date

import pytest

from integrations.telephony.loopback.facts import Facts
from integrations.telephony.loopback.personas import Elder, load_personas

PERSONAS = load_personas()
OPENING = "您好，我是育林社区的智能语音助手邻音。现在方便吗？"
FEVER, READ_BACK = "您这两天发烧没有？", "三十九度九，对不对？"
ASKS_OF_ONE_QUESTION = 8


def elder(bank, name: str, seed: int = 1) -> Elder:
    return Elder(
        bank=bank,
        persona=PERSONAS[name],
        facts=Facts(seed=f"{name}:{seed}", on=date(2026, 11, 21)),
        rng=random.Random(seed),
    )


def test_there_are_ten_kinds() -> None:
    assert len(PERSONAS) == 10


@pytest.mark.parametrize("name", PERSONAS)
def test_everybody_comes_to_the_point_in_the_end(bank, name) -> None:
    for seed in range(20):
        person = elder(bank, name, seed)
        for _ in range(4):
            person.hear(OPENING, last=False)
        for _ in range(ASKS_OF_ONE_QUESTION):
            person.hear(FEVER, last=False)
        assert person.topics.keys() | person.unknown == {"fever"}
        assert not person.lost_patience


def test_the_same_seed_says_the_same(bank) -> None:
    def said(seed: int) -> list[str]:
        person = elder(bank, "storyteller", seed)
        return [(person.hear(words, last=False) or pytest.fail("silent")).text for words in (OPENING, FEVER, FEVER)]

    assert said(3) == said(3)
    assert any(said(seed) != said(3) for seed in range(4, 9))


def test_whoever_agrees_to_everything_agrees_to_what_was_never_said(bank) -> None:
    replies = {name: elder(bank, name).hear(READ_BACK, last=False) for name in ("acquiescent", "hurried")}
    agreeing = PERSONAS["acquiescent"].agrees
    assert replies["acquiescent"].text in agreeing
    assert replies["hurried"].text not in agreeing
