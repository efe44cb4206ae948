"""The people of one row: one in its own row, or several in one cell, each perhaps with relation and phone."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from integrations.registry.book.cells import CellWrong, Identity, blank, phones_of

_SEPARATORS = re.compile(r"[、,，;；/\n]+")
_PERSON = re.compile(
    r"(?P<name>[^()（）:：\d]+?)\s*(?:[(（](?P<relation>[^()（）\d]*)[)）]|[:：](?P<after>[^\d]*?))?\s*(?P<phone>\+?[\d][\d\s-]*)?"
)
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{2,20}|[A-Za-z][A-Za-z .'·-]{1,60}")
_HAN_SPACE = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_DOTS = str.maketrans(dict.fromkeys("•‧・.．", "·"))
_HEADS = frozenset({"户主", "本人", "户主本人", "本户户主", "01", "1"})
_LONG_SURNAME = re.compile(
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木|司徒|司空|长孙|宇文|轩辕|南宫|独孤|申屠|闻人|赫连|呼延"
)
_LONGEST_RELATION = 40
_REMEMBERED = 1024  # the same head and the same workers stand in row after row
VACANT = frozenset({"空置", "空户", "空房", "空置户", "无人居住", "无人", "未入住", "长期无人", "空关"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One resident as a book tells of them."""

    name: str
    is_head: bool
    relation: str | None = None
    phone: str | None = None
    family_phone: str | None = None  # of a relative whom we may ring instead; the person allowed it
    identity: Identity | None = None
    birth_year: int | None = None
    sex: str | None = None


@lru_cache(maxsize=_REMEMBERED)
def names_in(text: str) -> tuple[Person, ...]:
    """The people named in one cell: 张三, 张 三, 张三、李四, 李四（妻）13900000000. Raises CellWrong."""
    plain = unicodedata.normalize("NFKC", text)
    parts = [part for part in _SEPARATORS.split(plain) if part.strip()]
    if len(parts) == 1:
        parts = _spaced(parts[0])
    return tuple(_person(part.strip()) for part in parts)


def relation_of(text: str) -> tuple[str | None, bool]:
    """The relation to the head of the household, and whether it says that this is the head."""
    plain = "".join(text.split())
    if blank(plain):
        return None, False
    if plain in _HEADS:
        return "户主", True
    return plain[:_LONGEST_RELATION], False


def _spaced(text: str) -> list[str]:
    """张三 李四 are two people; 张 三, 欧阳 建国 and John Smith are one."""
    words = text.split()
    if len(words) == 2 and _LONG_SURNAME.fullmatch(words[0]):
        return [text]
    if len(words) > 1 and all(_NAME.fullmatch(word) and not word.isascii() for word in words):
        return words
    return [text]


def _person(text: str) -> Person:
    match = _PERSON.fullmatch(text)
    if match is None:
        raise CellWrong("姓名里混着别的内容，请一格只写姓名")
    name = _HAN_SPACE.sub("", match["name"].strip())
    if not name.isascii():
        name = name.translate(_DOTS)
    if "*" in name or "＊" in name:
        raise CellWrong("姓名里有星号，请写全名")
    if not _NAME.fullmatch(name):
        raise CellWrong("姓名不完整，请写全名" if len(name) <= 1 else "姓名里有不该有的字符，请核对")
    relation, is_head = relation_of(match["relation"] or match["after"] or "")
    phones = phones_of(match["phone"]) if match["phone"] else []
    return Person(name=name, is_head=is_head, relation=relation, phone=phones[0] if phones else None)
