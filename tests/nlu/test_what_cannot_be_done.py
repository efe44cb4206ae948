"""What somebody says they cannot do is not the choice they make, in whichever process it is read."""

import subprocess
import sys
from datetime import datetime

import pytest

from nlu.readers import READERS
from nlu.reading import Choice, Expectation, NotRead, Reading

HOW = Expectation(
    key="how",
    kind="choice",
    asked="自己用手机办，家里人帮，还是我们上门？",
    choices=(
        Choice(key="self", label="自己", synonyms=("自己办", "我自己", "用手机")),
        Choice(key="family", label="家里人", synonyms=("儿子", "女儿")),
        Choice(key="visit", label="上门"),
    ),
)
AT = datetime.fromisoformat("2026-11-21T10:00:00+08:00")


@pytest.mark.parametrize("text", ["我自己不会弄", "自己搞不懂", "用手机弄不来"])
def test_what_cannot_be_done_is_no_choice(text: str) -> None:
    assert isinstance(READERS["choice"](text, expectation=HOW, at=AT), NotRead)


def test_who_else_is_named_is_the_choice() -> None:
    read = READERS["choice"]("我自己弄不来，叫我儿子弄", expectation=HOW, at=AT)
    assert isinstance(read, Reading)
    assert read.value == "family"


def test_parts_of_a_label_are_found_alike_in_every_process() -> None:
    ask = (
        "from nlu.options.naming import in_part; from nlu.reading import Choice;"
        "print(list(in_part('我自己弄', [Choice(key='self', label='我自己')])))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", ask], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3", "4")
    }
    assert len(seen) == 1
