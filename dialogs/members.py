"""One adult answers for the household, person by person: which questions are asked, of whom, and in whose words.

A question of a member has the key of its question and the member's id: lives@01J…. Those of the person meant keep
their plain key, so that a household of one, or one whose members nobody knows, is asked like anybody else.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import msgspec

from dialogs.events import Member
from dialogs.questionnaire import OF_MEMBER, Question, Questionnaire, Skip, Wording
from dialogs.state import State
from nlu.relations import relation_mentions

NAME = "{member}"  # in a question that is asked of each: 您, or the name
THEMSELVES = "您"
LIVES_HERE = "person.lives_here"  # field of the data dictionary: where a member lives
SOMETIMES = "some"  # Option.key of it for who is not always there
ELSEWHERE = frozenset({"away", "deceased"})  # Option.keys of it for who does not live here
HEAD_COUNT = "household.head_count"
TRUSTED = frozenset({"self", "relative"})  # speakers before whom members are named
# As household books write it, and as people say it.
_WRITTEN = (
    (re.compile("^(?:[长次三四五六小]|独生)?子$"), "儿子"),
    (re.compile("^(?:[长次三四五六小]|独生)?女$"), "女儿"),
)
HEAD = "户主"  # Member.relation
SHORTEST_GIVEN_NAME = 2  # characters: 宝 alone is in many a word


def questions(questionnaire: Questionnaire, state: State) -> tuple[Question, ...]:
    """The questions in the order in which they are asked: those of each member together, member after member."""
    if all(question.of == "resident" for question in questionnaire.questions):
        return questionnaire.questions
    return tuple(_in_order(questionnaire, state))


def _in_order(questionnaire: Questionnaire, state: State) -> Iterator[Question]:
    for each_is_asked, block in groupby(questionnaire.questions, key=lambda question: question.of != "resident"):
        if not each_is_asked:
            yield from block
            continue
        together = tuple(block)
        yield from (_named(each, _themselves(state)) for each in together if each.of == "everyone")
        for member in state.members[1:]:
            yield from (_of(member, each, questionnaire) for each in together)


def question(questionnaire: Questionnaire, state: State, key: str) -> Question:
    """The question of this key, in words about whom it is asked of. Raises KeyError."""
    asked = questionnaire.question(key)
    if asked.of == "resident":
        return asked
    member = _member(state, key)
    return _of(member, asked, questionnaire) if member else _named(asked, _themselves(state))


def about(key: str) -> str:
    """Member.id of whom a question is asked; "" where it is the person meant, or the household."""
    return key.partition(OF_MEMBER)[2]


def may_be_named(question: Question, state: State) -> bool:
    """Whether whoever is on the line may hear the name in this question: the household does, no stranger."""
    return not about(question.key) or state.speaker in TRUSTED


def first_of_others(question: Question, state: State) -> bool:
    """Whether the talk turns from the person on the line to the others with this question."""
    return bool(about(question.key)) and not about(state.pending)


def all_listed(questionnaire: Questionnaire, state: State, question: Question) -> bool:
    """Whether a question for who is missing in the registry is pointless: no more people live here than it lists."""
    if not question.unlisted:
        return False
    count = next((_value(state, each.key) for each in questionnaire.questions if each.field == HEAD_COUNT), None)
    if count is None or not state.members:
        return True
    lives = next((each.key for each in questionnaire.questions if each.field == LIVES_HERE), "")
    gone = sum(_value(state, f"{lives}{OF_MEMBER}{each.id}") in ELSEWHERE for each in state.members[1:])
    return bool(count["total"] <= len(state.members) - gone)


def meant(words: str, state: State) -> tuple[Member, ...]:
    """The members whom the words name: by name, or by what they are to the head of the household who is speaking."""
    own_words = state.members[:1] and state.speaker == "self" and state.members[0].relation == HEAD
    mentioned = {relation for relation, _, _ in relation_mentions(words)} if own_words else set()
    return tuple(each for each in state.members[1:] if _is_called(each, words) or only(each, state) in mentioned)


def named_besides(words: str, state: State) -> Member | None:
    """The one member whom the words name while another is asked about; None where nobody is named, or several are."""
    named = meant(words, state)
    return named[0] if len(named) == 1 and named[0].id != about(state.pending) else None


def only(member: Member, state: State) -> str:
    """What the member is to the head of the household as people say it; "" where several are that."""
    relation = _said(member.relation)
    same = [each for each in state.members if _said(each.relation) == relation]
    return relation if len(same) == 1 else ""


def _said(relation: str) -> str:
    for written, said in _WRITTEN:
        if written.match(relation):
            return said
    return next((each for each, _, _ in relation_mentions(relation)), "")


def _is_called(member: Member, words: str) -> bool:
    given = member.name[1:]
    return member.name in words or (len(given) >= SHORTEST_GIVEN_NAME and given in words)


def _value(state: State, key: str) -> Any:
    answer = state.answers.get(key)
    return answer.value if answer else state.known.get(key)


def _themselves(state: State) -> str:
    return THEMSELVES if state.speaker == "self" or not state.members else state.members[0].name


def _member(state: State, key: str) -> Member | None:
    return next((each for each in state.members if each.id == about(key)), None)


def _of(member: Member, question: Question, questionnaire: Questionnaire) -> Question:
    """The question about this member; it is skipped for what was told of the same one."""
    named = _named(question, member.name)
    own = {each.key for each in questionnaire.questions if each.of != "resident"}
    return msgspec.structs.replace(
        named,
        key=f"{question.key}{OF_MEMBER}{member.id}",
        skip_when=tuple(
            Skip(question=f"{each.question}{OF_MEMBER}{member.id}", values=each.values)
            if each.question in own
            else each
            for each in question.skip_when
        ),
    )


def _named(question: Question, name: str) -> Question:
    return msgspec.structs.replace(
        question,
        ask=_filled(question.ask, name),
        again=tuple(_filled(each, name) for each in question.again),
        tell=_filled(question.tell, name) if question.tell else None,
    )


def _filled(wording: Wording, name: str) -> Wording:
    return Wording(
        spoken=wording.spoken.replace(NAME, name),
        written=wording.written.replace(NAME, name),
        plain=wording.plain.replace(NAME, name),
    )
