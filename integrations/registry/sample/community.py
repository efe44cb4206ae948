"""An invented community in the size of a real one: grids, compounds, doors, families, workers."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from integrations.registry.book.address import grid_name
from integrations.registry.errors import RegistryError
from integrations.registry.sample.people import Inventor, SamplePerson

_ROOMS_A_FLOOR = 2
_FLOORS = 7
_UNITS = 3
_DEPUTY_EVERY = 9  # the last grid of nine has no deputy, as in many a real one
_NOTES = ("独居老人", "低保户", "残疾人家庭", "租户", "高血压", "糖尿病", "白天不在家", "听力不好", "孕妇", "退役军人")
_NOTED = 0.15
_CONSENTS = 0.02  # refuse in writing to be called


class ShapeUnknown(RegistryError):
    """There is no sample community of this name."""

    code = "registry.shape"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How big a community is."""

    community: str
    compounds: int
    grids: int
    households: int


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        # The community that the product was first made for.
        "yuling": Shape(community="育林社区", compounds=37, grids=9, households=4992),
        "small": Shape(community="育林社区", compounds=4, grids=2, households=120),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleGrid:
    """One grid with the people who look after it."""

    name: str
    worker: tuple[str, str]  # name, phone
    deputy: tuple[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleHousehold:
    """One door with the people behind it."""

    grid: SampleGrid
    compound: str
    building: int
    unit: int
    room: int
    people: tuple[SamplePerson, ...]
    note: str
    refuses_calls: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCommunity:
    """The whole community."""

    name: str
    grids: tuple[SampleGrid, ...]
    desk: tuple[str, str]  # name, phone
    households: tuple[SampleHousehold, ...]  # by grid, compound, building, unit, room


def invent_community(shape: str, *, seed: int, households: int | None = None) -> SampleCommunity:
    """The community of a shape, always the same one from the same seed. Raises ShapeUnknown."""
    if shape not in SHAPES:
        raise ShapeUnknown(f"没有“{shape}”这种样例社区，可以用：{'、'.join(SHAPES)}。")
    size = SHAPES[shape]
    random = Random(seed)  # noqa: S311 (invented data, nothing secret)
    inventor = Inventor(random)
    grids = tuple(
        SampleGrid(
            name=grid_name(str(number)),
            worker=inventor.worker(),
            deputy=None if number % _DEPUTY_EVERY == 0 else inventor.worker(),
        )
        for number in range(1, size.grids + 1)
    )
    total = size.households if households is None else households
    made: list[SampleHousehold] = []
    for number in range(size.compounds):
        count = total * (number + 1) // size.compounds - total * number // size.compounds
        grid = grids[number * size.grids // size.compounds]
        made.extend(_compound(inventor, random, grid, _compound_name(inventor, number), count))
    return SampleCommunity(name=size.community, grids=grids, households=tuple(made), desk=inventor.worker())


def _compound_name(inventor: Inventor, number: int) -> str:
    return inventor.compounds[number % len(inventor.compounds)]


def _compound(inventor: Inventor, random: Random, grid: SampleGrid, name: str, count: int) -> list[SampleHousehold]:
    a_unit = _FLOORS * _ROOMS_A_FLOOR
    doors: list[SampleHousehold] = []
    for number in range(count):
        building, rest = divmod(number, _UNITS * a_unit)
        unit, place = divmod(rest, a_unit)
        floor, side = divmod(place, _ROOMS_A_FLOOR)
        doors.append(
            SampleHousehold(
                grid=grid,
                compound=name,
                building=building + 1,
                unit=unit + 1,
                room=(floor + 1) * 100 + side + 1,
                people=inventor.family(),
                note=random.choice(_NOTES) if random.random() < _NOTED else "",
                refuses_calls=random.random() < _CONSENTS,
            )
        )
    return doors
