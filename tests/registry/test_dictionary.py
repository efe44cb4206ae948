"""The data dictionary."""

from pathlib import Path

import pytest

from dialogs.definitions import LIBRARY, load
from dialogs.dictionary import DictionaryInvalid, load_dictionary


def test_every_questionnaire_of_the_library_asks_for_fields_of_the_dictionary() -> None:
    dictionary = load_dictionary()
    for path in sorted(LIBRARY.glob("*.yaml")):
        load(path, dictionary=dictionary)


def test_every_field_has_one_label_of_its_own() -> None:
    labels = [field.label for field in load_dictionary().fields]
    assert len(labels) == len(set(labels))


def test_what_does_harm_when_wrong_is_critical() -> None:
    by_key = load_dictionary().by_key
    assert all(by_key[key].critical for key in ("health.temperature", "person.phone", "person.id_number"))


@pytest.mark.parametrize(
    "text",
    [
        "- {key: Fever, label: 发烧, kind: yes_no, fresh_days: 0}",
        "- {key: health.fever, label: 发烧, kind: mood, fresh_days: 0}",
        "- {key: health.fever, label: 发烧, kind: yes_no}",
        "- {key: health.fever, label: 发烧, kind: yes_no, fresh_days: 0, colour: red}",
        "- {key: a.b, label: 甲, kind: text, fresh_days: 0}\n- {key: a.b, label: 乙, kind: text, fresh_days: 0}",
        "- [",
        "",
    ],
)
def test_a_wrong_dictionary_is_refused_in_chinese(tmp_path: Path, text: str) -> None:
    path = tmp_path / "dictionary.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DictionaryInvalid, match="数据字典"):
        load_dictionary(path)
