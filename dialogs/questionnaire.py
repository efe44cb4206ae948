"""A questionnaire as data: what to ask, in which words, and what counts as an answer."""

import hashlib
from typing import Annotated, Any, Literal

import msgspec

Key = Annotated[
    str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]*$", description="lower-case English letters, digits, - and _")
]
Kind = Literal[
    "yes_no", "choice", "number", "quantity", "temperature", "date", "duration", "phone", "id_number", "plate", "train",
    "region", "room", "name", "relation", "head_count", "blood_pressure", "glucose", "medicine", "symptoms", "text",
]  # fmt: skip


OF_MEMBER = "@"  # in Question.key: asked of this member of the household, lives@01J…


class Wording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing to say: for the ear, for the eye where that differs, and plainer for those who cannot hear well."""

    spoken: str
    written: str = ""
    plain: str = ""  # shorter, said loudly and slowly; "" where `spoken` is short already


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One choice, with the telephone key that selects it."""

    key: Key
    label: str
    synonyms: tuple[str, ...] = ()
    places: Annotated[int, msgspec.Meta(ge=0)] = 0  # how many may choose it, counted over all sessions; 0: no limit
    digit: Annotated[str, msgspec.Meta(pattern="^[1-9]$")] = ""
    reply: Wording | None = None  # said at once to whoever chose it: 您节哀


class Skip(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The question is skipped when an earlier one has one of these values."""

    question: Key
    values: Annotated[tuple[Any, ...], msgspec.Meta(min_length=1)]


class Raise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An answer that a person must see: a ticket is raised when the value matches."""

    kind: Key
    severity: Literal["emergency", "urgent", "normal"] = "normal"
    values: tuple[Any, ...] = ()  # the value is one of these
    at_least: float | None = None  # or the number is at least this
    answered: bool = False  # or there is any answer at all


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One question and everything about its answer."""

    key: Key
    field: str  # of the data dictionary
    kind: Kind
    ask: Wording
    again: Annotated[tuple[Wording, ...], msgspec.Meta(min_length=2)]  # other wordings, simpler each time
    tell: Wording | None = None  # said before it is asked for the first time
    choices: tuple[Option, ...] = ()
    prefer: Literal["past", "future"] = "past"
    read_back: bool = False
    read_back_when: tuple[Any, ...] = ()  # values that are read back, others not: 有是有，昨儿走了
    volunteered: bool = True  # False: kept only when it was asked, for words that are said of many things
    skip_when: tuple[Skip, ...] = ()
    escalate: tuple[Raise, ...] = ()
    when_full: Wording | None = None  # said when no choice has a place left
    of: Literal["resident", "everyone", "others"] = "resident"  # or each member of the household, one after the other
    unlisted: bool = False  # asked only where more people live than the registry lists
    expected: Any = None  # the answer that shows that a notice was understood; another one has it explained again

    @property
    def limited(self) -> bool:
        """Whether its choices have places that run out."""
        return any(option.places for option in self.choices)


class Questionnaire(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A whole questionnaire, as staff write it."""

    key: Key
    version: Annotated[int, msgspec.Meta(ge=1)]
    title: str
    purpose: str  # told to the resident: why we ask
    asked_by: str  # told to the resident: who asks
    keep_days: Annotated[int, msgspec.Meta(ge=1)]  # how long answers are kept
    opening: Wording  # {community} and {callback_number} are filled in
    questions: tuple[Question, ...]  # empty only in the free talk
    closing: Wording
    red_flags: tuple[str, ...] = ()  # kinds that are an emergency here; all kinds act in every questionnaire

    def question(self, key: str) -> Question:
        """The question of this key, or of this key asked of one member of a household. Raises KeyError."""
        asked = plain_key(key)
        for each in self.questions:
            if each.key == asked:
                return each
        raise KeyError(key)


def plain_key(key: str) -> str:
    """The key of the question as it stands in the questionnaire, of whomever it is asked: lives for lives@01J…."""
    return key.partition(OF_MEMBER)[0]


def canonical(questionnaire: Questionnaire) -> bytes:
    """The bytes that are stored, sent to workers and hashed."""
    return msgspec.json.encode(questionnaire, order="sorted")


def content_hash(questionnaire: Questionnaire) -> str:
    """The address of this exact wording: 64 hex digits, SHA-256 of `canonical`."""
    return hashlib.sha256(canonical(questionnaire)).hexdigest()
