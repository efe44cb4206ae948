"""The data dictionary: every field that the registry keeps, named once for questionnaires, records and forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec
import yaml

from dialogs.errors import DialogsError
from dialogs.questionnaire import Kind

DICTIONARY = Path(__file__).parent / "dictionary.yaml"

FieldKey = Annotated[str, msgspec.Meta(pattern=r"^[a-z]+\.[a-z][a-z0-9_]*$")]


class DictionaryInvalid(DialogsError):
    """The data dictionary cannot be read."""

    code = "dictionary_invalid"


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing worth knowing about a person or a household."""

    key: FieldKey
    label: str  # Chinese, as a column heading
    kind: Kind
    fresh_days: Annotated[int, msgspec.Meta(ge=0)]  # how long a value counts as known; 0: asked every time
    about: Literal["person", "household"] = "person"
    personal: bool = False  # asked only once it is known whose home was reached
    critical: bool = False  # a mistake does harm: a questionnaire must have it read back


@dataclass(frozen=True)
class Dictionary:
    """All fields, in the order in which they are written."""

    fields: tuple[Field, ...]

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        """Field of each key."""
        return MappingProxyType({field.key: field for field in self.fields})


def load_dictionary(path: Path = DICTIONARY) -> Dictionary:
    """The dictionary in a YAML list. Raises DictionaryInvalid."""
    try:
        fields = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), tuple[Field, ...])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise DictionaryInvalid(f"数据字典 {path.name} 读不出来，请改正后再试：{error}") from error
    keys = [field.key for field in fields]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise DictionaryInvalid(f"数据字典 {path.name} 里写了两次：{'、'.join(twice)}，请各留一条。")
    return Dictionary(fields)
