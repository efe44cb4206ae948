"""Invented families: names, births, identity numbers and phones that belong to nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Literal

import yaml

from nlu.readers.id_number import check_character

Sex = Literal["male", "female"]
Age = Literal["elder", "middle", "young", "child"]

_NAMES = Path(__file__).with_name("names.yaml")
# 湖北 荆州, county 99: there is no such county, so the number belongs to nobody.
_NOWHERE = "421099"
# Exchange 0000 behind each mobile prefix is not given to subscribers.
_PREFIXES = (
    *range(130, 134),
    *range(135, 140),
    *range(150, 154),
    *range(155, 160),
    170,
    171,
    *range(175, 178),
    *range(180, 183),
    *range(185, 190),
)
_EXCHANGE = "0000"
_NUMBERS_A_PREFIX = 10_000
_BORN: dict[Age, tuple[int, int]] = {
    "elder": (1932, 1961),
    "middle": (1962, 1988),
    "young": (1989, 2005),
    "child": (2009, 2022),
}
# Out of a hundred households of an old quarter.
_FAMILIES: tuple[tuple[int, tuple[tuple[Age, Sex | None, str], ...]], ...] = (
    (24, (("elder", None, "户主"),)),
    (20, (("elder", "male", "户主"), ("elder", "female", "妻"))),
    (24, (("middle", "male", "户主"), ("middle", "female", "妻"), ("young", None, "子女"))),
    (12, (("elder", None, "户主"), ("middle", "male", "子"), ("middle", "female", "儿媳"), ("child", None, "孙子女"))),
    (12, (("young", "male", "户主"), ("young", "female", "妻"), ("child", None, "子女"))),
    (8, (("young", None, "户主"),)),
)
_CHILDREN = {("子女", "male"): "子", ("子女", "female"): "女", ("孙子女", "male"): "孙子", ("孙子女", "female"): "孙女"}
_HAS_PHONE: dict[Age, float] = {"elder": 0.86, "middle": 0.95, "young": 0.97, "child": 0.0}
_HAS_NUMBER = 0.93  # identity number known to the community
_COMPOUND_SURNAME = 0.004


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePerson:
    """One invented resident."""

    name: str
    sex: Sex
    born: date
    relation: str
    phone: str | None
    id_number: str | None


class Inventor:
    """Invents families and workers, always the same ones from the same random source."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._names = yaml.safe_load(_NAMES.read_text(encoding="utf-8"))
        numbers = [f"{prefix}{_EXCHANGE}" for prefix in _PREFIXES]
        self._phones = (f"{start}{tail:04}" for tail in range(_NUMBERS_A_PREFIX) for start in numbers)
        self._workers: set[str] = set()
        self._serial = 0

    @property
    def compounds(self) -> Sequence[str]:
        """Names of compounds."""
        return tuple(self._names["compounds"])

    def family(self) -> tuple[SamplePerson, ...]:
        """The people of one household, its head first."""
        (members,) = self._random.choices([each for _, each in _FAMILIES], [weight for weight, _ in _FAMILIES])
        surname = self._surname()
        family: list[SamplePerson] = []
        for age, given, relation in members:
            wed = relation in {"妻", "儿媳"}
            either: Sex = self._random.choice(("male", "female"))
            sex = given or either
            family.append(self._person(self._surname() if wed else surname, age, sex, relation, family))
        return tuple(family)

    def worker(self) -> tuple[str, str]:
        """Name and phone of a grid worker; no two have the same name."""
        sex: Sex = self._random.choice(("male", "female", "female"))
        name = self._surname() + self._given("middle", sex)
        while name in self._workers:
            name = self._surname() + self._given("middle", sex)
        self._workers.add(name)
        return name, next(self._phones)

    def _person(self, surname: str, age: Age, sex: Sex, relation: str, family: Sequence[SamplePerson]) -> SamplePerson:
        first, last = _BORN[age]
        born = date(self._random.randint(first, last), 1, 1) + timedelta(days=self._random.randrange(365))
        taken = {person.name for person in family}
        name = surname + self._given(age, sex)
        while name in taken:
            name = surname + self._given(age, sex)
        return SamplePerson(
            name=name,
            sex=sex,
            born=born,
            relation=_CHILDREN.get((relation, sex), relation),
            phone=next(self._phones) if self._random.random() < _HAS_PHONE[age] else None,
            id_number=self._id_number(born, sex) if self._random.random() < _HAS_NUMBER else None,
        )

    def _id_number(self, born: date, sex: Sex) -> str:
        self._serial = (self._serial + 1) % 500
        order = self._serial * 2 % 1000 + (sex == "male")
        digits = f"{_NOWHERE}{born:%Y%m%d}{order:03}"
        return digits + check_character(digits)

    def _surname(self) -> str:
        if self._random.random() < _COMPOUND_SURNAME:
            return str(self._random.choice(self._names["compound_surnames"]))
        # The first surnames of the list are the most frequent ones.
        surnames = self._names["surnames"]
        return str(surnames[int(len(surnames) * self._random.random() ** 2)])

    def _given(self, age: Age, sex: Sex) -> str:
        return str(self._random.choice(self._names[f"{age}_{sex}"]))
