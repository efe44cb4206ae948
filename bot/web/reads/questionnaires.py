"""Questionnaires on a screen: which there are, and one as it is said, question by question."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.installation import newest_questionnaire
from bot.web.labels import Labels, named
from bot.web.reads.plan import questionnaires
from dialogs.dictionary import Dictionary
from dialogs.questionnaire import Question, Questionnaire, Wording
from dialogs.script import names
from integrations.storage.models import CampaignRow, QuestionnaireRow

NOT_OVER = ("draft", "rehearsed", "approved", "running", "paused")
ANSWERS = {"yes": "有 / 是", "no": "没有 / 不是", "was": "以前有", "sometimes": "有时候"}
REACHED = {
    "temperature": "到 {:g} 度",
    "blood_pressure": "高压到 {:g} ",
    "glucose": "血糖到 {:g} ",
}  # by kind of question
MEMBER = "您老伴"  # whom a question about others of the household means, as an example


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A questionnaire in the list: its newest version."""

    hash: str
    key: str
    version: int
    title: str
    purpose: str
    questions: int
    keep_days: int
    used: int  # campaigns that are not over yet, in whatever version


@dataclass(frozen=True, kw_only=True)
class SaidLine:
    """Something the assistant says, as it says it on the telephone. `number` is its place in `spoken_lines`."""

    number: int
    words: str


@dataclass(frozen=True, kw_only=True)
class AskedQuestion:
    """One question with everything a person wants to know before it is asked of thousands."""

    number: int  # from 1
    name: str
    kind: str
    tell: SaidLine | None
    ask: SaidLine
    again: Sequence[SaidLine]
    notes: Sequence[str]  # what is done with the answer, in words
    choices: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class WholeQuestionnaire:
    """A questionnaire on a page of its own."""

    hash: str
    body: Questionnaire
    added_at: datetime
    newest: str  # hash of the newest version; its own when there is no newer one
    opening: SaidLine
    questions: Sequence[AskedQuestion]
    closing: SaidLine
    used: Sequence[tuple[str, str, str]]  # campaigns that are not over yet: id, title, status


def listed(session: Session) -> list[Listed]:
    """Every questionnaire by title."""
    used: dict[str, int] = dict(
        session.execute(
            select(QuestionnaireRow.key, func.count())
            .join(CampaignRow, CampaignRow.questionnaire == QuestionnaireRow.hash)
            .where(CampaignRow.status.in_(NOT_OVER))
            .group_by(QuestionnaireRow.key)
        ).all()
    )
    return [
        Listed(
            hash=each.hash,
            key=each.body.key,
            version=each.body.version,
            title=each.body.title,
            purpose=each.body.purpose,
            questions=len(each.body.questions),
            keep_days=each.body.keep_days,
            used=used.get(each.body.key, 0),
        )
        for each in questionnaires(session)
    ]


def spoken_lines(questionnaire: Questionnaire, *, community: str, callback_number: str) -> list[SaidLine]:
    """All sentences of a questionnaire in the order of its page, with the community's name filled in."""
    filled = names(questionnaire, community=community, callback_number=callback_number) | {"member": MEMBER}
    return [
        SaidLine(number=number, words=wording.spoken.format_map(filled | {"places": places}))
        for number, (wording, places) in enumerate(_wordings(questionnaire))
    ]


def whole_questionnaire(
    session: Session,
    content_hash: str,
    dictionary: Dictionary,
    labels: Labels,
    *,
    community: str,
    callback_number: str,
) -> WholeQuestionnaire | None:
    """One questionnaire, None when it is not stored."""
    row = session.get(QuestionnaireRow, content_hash)
    if row is None:
        return None
    body = msgspec.json.decode(row.body, type=Questionnaire)
    lines = iter(spoken_lines(body, community=community, callback_number=callback_number))
    opening = next(lines)
    words = _Words(body=body, dictionary=dictionary, labels=labels)
    questions = [_asked(number, each, lines, words) for number, each in enumerate(body.questions, 1)]
    newest = newest_questionnaire(session, row.key)
    used = session.execute(
        select(CampaignRow.id, CampaignRow.title, CampaignRow.status)
        .where(CampaignRow.questionnaire == content_hash, CampaignRow.status.in_(NOT_OVER))
        .order_by(CampaignRow.created_at.desc())
    ).all()
    return WholeQuestionnaire(
        hash=content_hash,
        body=body,
        added_at=row.added_at,
        newest=newest.hash if newest else content_hash,
        opening=opening,
        questions=questions,
        closing=next(lines),
        used=[(campaign, title, status) for campaign, title, status in used],
    )


def _wordings(questionnaire: Questionnaire) -> Iterator[tuple[Wording, str]]:
    """Each with the choices that it may name, as if all had places left."""
    yield questionnaire.opening, ""
    for question in questionnaire.questions:
        places = "，".join(option.label for option in question.choices)
        told = (question.tell,) if question.tell else ()
        for wording in (*told, question.ask, *question.again):
            yield wording, places
    yield questionnaire.closing, ""


@dataclass(frozen=True, kw_only=True)
class _Words:
    body: Questionnaire
    dictionary: Dictionary
    labels: Labels

    def name(self, question: Question) -> str:
        field = self.dictionary.by_key.get(question.field)
        return field.label if field else question.key


def _asked(number: int, question: Question, lines: Iterator[SaidLine], words: _Words) -> AskedQuestion:
    return AskedQuestion(
        number=number,
        name=words.name(question),
        kind=named(words.labels, "question_kind", question.kind),
        tell=next(lines) if question.tell else None,
        ask=next(lines),
        again=[next(lines) for _ in question.again],
        notes=list(_notes(question, words)),
        choices=[option.label for option in question.choices],
    )


def _notes(question: Question, words: _Words) -> Iterator[str]:
    for skip in question.skip_when:
        before = words.body.question(skip.question)
        yield f"“{words.name(before)}”答“{_values(before, skip.values)}”时不问这一题。"
    if question.read_back:
        yield "听到后会复述一遍，请对方确认。"
    elif question.read_back_when:
        yield f"答“{_values(question, question.read_back_when)}”时会复述一遍，请对方确认。"
    for raised in question.escalate:
        if raised.values:
            when = f"答“{_values(question, raised.values)}”"
        else:
            when = (
                "有回答"
                if raised.at_least is None
                else REACHED.get(question.kind, "达到 {:g} ").format(raised.at_least)
            )
        kind, severity = (
            named(words.labels, "ticket_kind", raised.kind),
            named(words.labels, "severity", raised.severity),
        )
        yield f"{when}就转给网格员：{kind}（{severity}）。"


def _values(question: Question, values: Sequence[Any]) -> str:
    chosen = {option.key: option.label for option in question.choices}
    return "、".join(chosen.get(str(each)) or ANSWERS.get(str(each)) or str(each) for each in values)
