"""Departments' column layouts: which fields and facts their form wants, in their order and under their headings."""

from collections.abc import Collection
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from dialogs.dictionary import Dictionary
from integrations.export.errors import LayoutInvalid

_FOLDER = Path(__file__).parent / "layouts"

Fact = Literal[
    "name", "sex", "birth_year", "id_number", "phone", "relation", "address", "grid", "worker", "answered_at",
    "channel", "outcome", "disposition",
]  # fmt: skip


class LayoutColumn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One column: a field of the data dictionary, with the own words beside it, or a fact about the contact."""

    heading: str
    field: str = ""
    fact: Fact | None = msgspec.field(default=None, name="from")


class Layout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One form of one department."""

    key: str
    sheet: str  # name of the sheet, at most 31 characters
    department: str
    columns: tuple[LayoutColumn, ...]

    @property
    def fields(self) -> frozenset[str]:
        """The fields of the data dictionary that the form wants."""
        return frozenset(column.field for column in self.columns if column.field)


def load_layouts(dictionary: Dictionary, folder: Path = _FOLDER) -> tuple[Layout, ...]:
    """All layouts, checked against the data dictionary. Raises LayoutInvalid."""
    return tuple(_load(path, dictionary) for path in sorted(folder.glob("*.yaml")))


def layouts_for(layouts: Collection[Layout], fields: Collection[str]) -> tuple[Layout, ...]:
    """The forms that at least one of these fields belongs to, the one that takes most of them first."""
    fitting = [layout for layout in layouts if layout.fields & set(fields)]
    return tuple(sorted(fitting, key=lambda layout: -len(layout.fields & set(fields))))


def _load(path: Path, dictionary: Dictionary) -> Layout:
    try:
        layout = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Layout)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise LayoutInvalid(f"表格样式 {path.name} 读不出来，请改正后再试：{error}") from error
    for column in layout.columns:
        if bool(column.field) == (column.fact is not None):
            raise LayoutInvalid(f"表格样式 {path.name} 的“{column.heading}”列，field 和 from 要写一个，也只能写一个。")
        if column.field and column.field not in dictionary.by_key:
            raise LayoutInvalid(f"表格样式 {path.name} 的“{column.heading}”列用了数据字典里没有的 {column.field}。")
    return layout
