"""YAML that remembers on which line everything was written."""

from dataclasses import dataclass
from typing import Any

import yaml

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class LinedDocument:
    """The plain value of a YAML text, and the line (from 1) of every key and item in it."""

    value: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing around it that was written."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class DuplicateKey(yaml.MarkedYAMLError):
    """The same key twice in one mapping."""


def read(text: str) -> LinedDocument:
    """The document in `text`. Raises yaml.MarkedYAMLError with its `problem_mark`."""
    loader = yaml.CSafeLoader(text)
    try:
        root = loader.get_single_node()
        lines: dict[Path, int] = {}
        if root is None:
            return LinedDocument(None, lines)
        _mark(root, (), lines)
        return LinedDocument(loader.construct_document(root), lines)
    finally:
        loader.dispose()


def _mark(node: yaml.Node, path: Path, lines: dict[Path, int]) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in seen:
                raise DuplicateKey(None, None, f"“{key}”写了两次", key_node.start_mark)
            seen.add(key)
            lines[(*path, key)] = key_node.start_mark.line + 1
            _mark(value_node, (*path, key), lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _mark(item, (*path, index), lines)
