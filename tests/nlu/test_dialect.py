"""Dialect words are data: a file in the folder is understood, whatever region it is of."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from nlu.dialect import DIALECTS, Dialects, load, shipped, standard
from nlu.readers.yes_no import read_yes_no
from nlu.reading import Expectation, Reading
from nlu.rewriting import as_given

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "dialects.yaml").read_text(encoding="utf-8"))
MEANINGS = {"yes": "是", "no": "否", "was": "曾", "sometimes": "有时", "unknown": "不知道", "not_an_answer": "不算"}


def words_of(folder: Path, content: str) -> Dialects:
    (folder / "somewhere.yaml").write_text(content, encoding="utf-8")
    return load(folder)


@pytest.mark.parametrize(
    ("asked", "said", "wanted"),
    [(block["asked"], str(said), wanted) for block in CASES for said, wanted in block["replies"].items()],
)
def test_a_reply_in_dialect_counts_like_any_other(asked: str, said: str, wanted: str) -> None:
    answer = read_yes_no(said, expectation=Expectation(key="q", kind="yes_no", asked=asked), at=AT)
    assert MEANINGS[answer.value if isinstance(answer, Reading) else answer.reason] == wanted


def test_a_new_region_is_understood_without_a_change_of_code(tmp_path: Path) -> None:
    before = read_yes_no("阿弥哩", expectation=Expectation(key="q", kind="yes_no", asked="您发烧吗？"), at=AT)
    content = "region: 某地\nwords:\n  - {form: [阿弥, 阿弥哩], means: 没有, what: deny}\n"
    heard = words_of(tmp_path, content).standardise(as_given("阿弥哩，身上好得很"))
    assert not isinstance(before, Reading)
    assert heard.text == "没有,身上好得很"
    assert heard.span(0, 2) == (0, 3)
    after = read_yes_no(heard.text, expectation=Expectation(key="q", kind="yes_no", asked="您发烧吗？"), at=AT)
    assert isinstance(after, Reading)
    assert after.value == "no"


def test_several_folders_are_one_lexicon(tmp_path: Path) -> None:
    (tmp_path / "here.yaml").write_text(
        "region: 某地\nwords:\n  - {form: 呒没, means: 没有, what: deny}\n", encoding="utf-8"
    )
    both = load(tmp_path, DIALECTS)
    assert both.standardise(as_given("呒没，冇得")).text == "没有,没有"


def test_a_word_for_a_whole_clause_counts_only_there(tmp_path: Path) -> None:
    dialects = words_of(tmp_path, "region: 某地\nwords:\n  - {form: 中, means: 可以, what: affirm, where: clause}\n")
    assert [dialects.standardise(as_given(said)).text for said in ("中", "中啊，中中中", "中午", "在中国，中")] == [
        "可以",
        "可以啊,可以",
        "中午",
        "在中国,可以",
    ]


def test_a_word_before_words_is_a_noise_when_alone() -> None:
    assert standard("唔").text == "唔"
    assert standard("唔去").text == "不去"


@pytest.mark.parametrize(
    "said",
    [
        "中午去的",
        "我们管理员",
        "不管怎么样",
        "千克",
        "巧克力",
        "关系好",
        "怎么事",
        "睡不着",
        "木头",
        "家家户户",
        "粮食局",
        "白天",
        "讲究",
        "未来",
        "感冒发烧",
        "昨晚头晕",
        "卖菜的喇叭",
        "早点把药吃了",
        "灯黑了好几天",
        "亲戚来家里",
        "困难补助",
        "翻来覆去",
        "拜新同",
    ],
)
def test_words_that_only_look_like_dialect_stay(said: str) -> None:
    assert standard(said).text == said


@pytest.mark.parametrize(
    "content",
    [
        "words: []\n",
        "region: 某地\nwords:\n  - {form: 呒}\n",
        "region: 某地\nwords:\n  - {form: 呒, means: 没, what: deny, where: 句首}\n",
        "[]\n",
    ],
)
def test_a_bad_entry_is_told_with_its_file(tmp_path: Path, content: str) -> None:
    with pytest.raises(ValueError, match=r"somewhere\.yaml"):
        words_of(tmp_path, content)


def test_every_region_has_words_for_yes_no_and_do_not_know() -> None:
    kinds: dict[str, set[str]] = {}
    for word in shipped().words:
        kinds.setdefault(word.region, set()).add(word.what)
    assert set(kinds) >= {"荆州", "郑州", "合肥", "粤语"}
    assert all({"affirm", "deny", "unknown"} <= found for found in kinds.values())


def test_no_form_is_standard_speech_for_something_else() -> None:
    # Words of every day that a greedy lexicon would spoil.
    for said in (
        "我今天上午在家吃饭",
        "儿子在外地打工",
        "医生让我多休息",
        "两栋一单元五楼",
        "我叫李秀英",
        "体温三十六度五",
        "他是我孙子",
    ):
        assert standard(said).text == said
