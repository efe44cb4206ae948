"""The catalogue as staff see it: `linyin models list`."""

from dataclasses import dataclass
from pathlib import Path

from voice.models.catalogue import Model
from voice.models.install import State, state_of

STATES: dict[State, str] = {
    "installed": "已安装",
    "incomplete": "不完整",
    "missing": "未安装",
    "by_hand": "需自行下载",
}
NOT_VERIFIED = "未在本机验证"
BYTES_PER_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One model. `megabytes` is the size of the download; None where nobody here knows it."""

    name: str
    title: str
    engine: str
    licence: str
    megabytes: float | None
    state: str
    note: str


def listing(models: tuple[Model, ...], data: Path) -> list[Row]:
    """A row for each model, in the order of the catalogue. Looks at names and sizes only."""
    return [_row(each, data) for each in models]


def _row(model: Model, data: Path) -> Row:
    size = model.download_bytes
    return Row(
        name=model.name,
        title=model.title,
        engine=model.engine,
        licence=model.licence,
        megabytes=None if size is None else round(size / BYTES_PER_MEGABYTE, 1),
        state=STATES[state_of(model, data)],
        note="" if model.verified_here else NOT_VERIFIED,
    )
