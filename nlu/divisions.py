"""The administrative divisions of China: provinces, cities, districts and counties by code and by every usual name."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from nlu.lexicon import FOLDER, load

TABLE = FOLDER / "regions.tsv"
PROVINCE, CITY, DISTRICT = 1, 2, 3
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
# Hong Kong, Macao and Taiwan: their districts carry everyday names and count only with the name of the whole.
OVERSEAS = frozenset({"71", "81", "82"})
PEOPLES = (
    "蒙古族?|回族|藏族|维吾尔族?|苗族|彝族|壮族|布依族|朝鲜族?|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族?|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|"
    "柯尔克孜族?|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|塔吉克族?|怒族|鄂温克族|裕固族|独龙族|鄂伦春族|各族"
)
SUFFIX = re.compile(
    rf"(?:特别行政区|(?:{PEOPLES})*(?:自治区|自治州|自治县|自治旗)|(?:{PEOPLES})+区|地区|新区|林区|特区|省|市|区|县|盟|旗)$"
)


@dataclass(frozen=True, slots=True)
class Division:
    """A province, a city, or a district or county; `chain` are the codes from its province down to itself."""

    code: str
    name: str
    level: int
    chain: tuple[str, ...]

    @property
    def overseas(self) -> bool:
        return self.code[:2] in OVERSEAS


@dataclass(frozen=True, slots=True)
class NamedDivision:
    """A division under one of its names; `full` when the name says what it is: 伊宁市, not 伊宁."""

    division: Division
    full: bool


@cache
def divisions() -> dict[str, Division]:
    """Every division by code."""
    names: dict[str, str] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        code, _, name = line.partition("\t")
        if name:
            names[code] = name
    return {code: Division(code, name, _level(code), _chain(code, names)) for code, name in names.items()}


@cache
def by_name() -> dict[str, tuple[NamedDivision, ...]]:
    """The divisions behind every full name, short name and alias, the higher level first."""
    found: dict[str, list[NamedDivision]] = {}
    for division in divisions().values():
        found.setdefault(division.name, []).append(NamedDivision(division, full=True))
        short = short_name(division.name)
        if short != division.name:
            found.setdefault(short, []).append(NamedDivision(division, full=False))
        county = re.sub(rf"(?:{PEOPLES})+(?:自治)?(?=[县旗]$)", "", division.name).replace("自治", "")
        if county != division.name and len(county) > 2:
            found.setdefault(county, []).append(NamedDivision(division, full=True))
        nickname = re.sub(rf"(?:{PEOPLES})+(?=区$)", "", division.name)
        if nickname != division.name and len(nickname) > 2:
            found.setdefault(nickname, []).append(NamedDivision(division, full=True))
    for alias, code in _words()["aliases"].items():
        found.setdefault(alias, []).append(NamedDivision(divisions()[code], full=len(alias) > 2))
    return {name: tuple(sorted(named, key=lambda each: each.division.level)) for name, named in found.items()}


@cache
def lengths_by_first() -> dict[str, tuple[int, ...]]:
    """For the first character of a name, the lengths of the names that begin with it, longest first."""
    lengths: dict[str, set[int]] = {}
    for name in by_name():
        lengths.setdefault(name[0], set()).add(len(name))
    return {first: tuple(sorted(each, reverse=True)) for first, each in lengths.items()}


@cache
def children(code: str) -> tuple[Division, ...]:
    """The divisions below a province or a city, at any depth."""
    return tuple(each for each in divisions().values() if code in each.chain and each.code != code)


def short_name(name: str) -> str:
    """The name as people say it, without what it is: 恭城 for 恭城瑶族自治县; a name of two characters stays."""
    short = SUFFIX.sub("", name)
    return short if len(short) >= 2 else name


def _level(code: str) -> int:
    return PROVINCE if code.endswith("0000") else CITY if code.endswith("00") else DISTRICT


def _chain(code: str, names: dict[str, str]) -> tuple[str, ...]:
    above = (f"{code[:2]}0000", f"{code[:4]}00")
    return (*(each for each in dict.fromkeys(above) if each in names and each != code), code)


@cache
def _words() -> Any:
    return load("regions.yaml")
