"""Dialect words as data, put into standard words before a text is read.

A YAML file in `nlu/lexicon/dialects/` is one region:

    region: 荆州
    words:
      - {form: [冇得, 毛得], means: 没有, what: deny}
      - {form: 克, means: 去, what: verb, unless: [克服, 千克]}
      - {form: 中, means: 可以, what: affirm, where: clause}

`where: clause` words count only when they are all that a clause says, particles apart; `where: before_words` words
only when a character of the clause follows (唔 alone is a noise, 唔去 is 不去). `unless` names longer words in which
the form is something else, `not_after` the characters after which it is, `before` the only ones before which it
counts. A new file needs no change of code.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from nlu.clauses import bare, clauses, said_once
from nlu.homophones import put_right
from nlu.lexicon import FOLDER
from nlu.lexicon import load as load_words
from nlu.normalise import normalise
from nlu.rewriting import Rewritten, as_given

DIALECTS = FOLDER / "dialects"
HAN = re.compile(r"[\u4e00-\u9fff]")
REMEMBERED_TEXTS = 512


Where = Literal["anywhere", "clause", "before_words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DialectWord:
    """One word of one region."""

    form: str
    means: str  # the standard word that takes its place
    region: str
    what: str  # affirm | deny | unknown | verb | noun | person | time | quantity | feeling | question | degree …
    where: Where = "anywhere"
    unless: tuple[str, ...] = ()
    not_after: str = ""
    before: str = ""


class Dialects:
    """The words of some regions, found longest first."""

    def __init__(self, words: Iterable[DialectWord]) -> None:
        self.words: tuple[DialectWord, ...] = tuple(words)
        self._by_first: dict[str, list[DialectWord]] = {}
        self._clauses: dict[str, DialectWord] = {}
        for word in sorted(self.words, key=lambda each: -len(each.form)):
            if word.where == "clause":
                self._clauses.setdefault(word.form, word)
            else:
                self._by_first.setdefault(word.form[0], []).append(word)

    def standardise(self, text: Rewritten) -> Rewritten:
        """The text with its dialect words put into standard words."""
        edits = sorted(self._clause_edits(text.text))
        taken = [(start, end) for start, end, _ in edits]
        edits += [
            edit for edit in self._word_edits(text.text) if not any(a < edit[1] and edit[0] < b for a, b in taken)
        ]
        return text.replaced(sorted(edits)) if edits else text

    def _clause_edits(self, text: str) -> Iterator[tuple[int, int, str]]:
        for start, end in clauses(text):
            first, last = bare(text, start, end)
            once = said_once(text[start:end])
            inner = slice(*bare(once, 0, len(once)))
            word = self._clauses.get(said_once(text[first:last])) or self._clauses.get(once[inner])
            if word is not None:
                yield first, last, word.means

    def _word_edits(self, text: str) -> Iterator[tuple[int, int, str]]:
        position = 0
        while position < len(text):
            word = self._word_at(text, position)
            if word is None:
                position += 1
            else:
                yield position, position + len(word.form), word.means
                position += len(word.form)

    def _word_at(self, text: str, position: int) -> DialectWord | None:
        for word in self._by_first.get(text[position], ()):
            if text.startswith(word.form, position) and not _hidden(text, position, word):
                return word
        return None


def load(*folders: Path) -> Dialects:
    """The words of every YAML file in the folders, the first of equal forms. Raises ValueError on a bad entry."""
    return Dialects(word for folder in folders for path in sorted(folder.glob("*.yaml")) for word in _words(path))


@cache
def shipped() -> Dialects:
    """The dialects that come with the product."""
    return load(DIALECTS)


@lru_cache(maxsize=REMEMBERED_TEXTS)
def standard(text: str) -> Rewritten:
    """What was said, simplified, half width, in standard words by the shipped dialects, mishearings put right."""
    return put_right(shipped().standardise(as_given(text)))


def _words(path: Path) -> Iterator[DialectWord]:
    content = load_words(str(path.resolve()))
    if not isinstance(content, dict) or not {"region", "words"} <= content.keys():
        raise ValueError(f"{path.name}：方言文件要有 region 和 words 两项")
    for entry in content["words"]:
        yield from _entry(entry, region=str(content["region"]), path=path)


def _entry(entry: Any, *, region: str, path: Path) -> Iterator[DialectWord]:
    if not isinstance(entry, dict) or not {"form", "means", "what"} <= entry.keys():
        raise ValueError(f"{path.name}：每个词要有 form、means、what 三项：{entry}")
    where = entry.get("where", "anywhere")
    if where not in get_args(Where):
        raise ValueError(f"{path.name}：where 只能是 {'、'.join(get_args(Where))}：{entry}")
    forms: Sequence[str] = entry["form"] if isinstance(entry["form"], list) else [entry["form"]]
    for form in forms:
        yield DialectWord(
            form=normalise(str(form)).text,
            means=str(entry["means"]),
            region=region,
            what=str(entry["what"]),
            where=where,
            not_after=str(entry.get("not_after", "")),
            before=str(entry.get("before", "")),
            unless=tuple(normalise(str(word)).text for word in entry.get("unless", ())),
        )


def _hidden(text: str, position: int, word: DialectWord) -> bool:
    """Whether the form at this position is part of a longer word in which it means something else."""
    end = position + len(word.form)
    if word.where == "before_words" and not HAN.match(text, end):
        return True
    if word.before and text[end : end + 1] not in tuple(word.before):
        return True
    if word.not_after and position and text[position - 1] in word.not_after:
        return True
    for longer in word.unless:
        at = longer.find(word.form)
        while at >= 0:
            if position >= at and text.startswith(longer, position - at) and position - at + len(longer) >= end:
                return True
            at = longer.find(word.form, at + 1)
    return False
