"""The results workbook of a campaign: departments' forms, contacts, answers with their words, tickets."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from campaigns.disposition import LABELS as DISPOSITIONS
from campaigns.outcome import LABELS as OUTCOMES
from dialogs.dictionary import Dictionary, load_dictionary
from integrations.export.layouts import Fact, Layout, layouts_for, load_layouts
from integrations.export.reading import CampaignReading, Person, Reached
from integrations.export.sheets import Value, local, whole_file
from integrations.export.tables import Table, Tables, csv_table, json_tables, workbook_tables
from integrations.storage import audit
from integrations.storage.store import Store
from integrations.tickets.kinds import label
from integrations.tickets.states import LABELS as TICKET_STATES

OWN_WORDS = "原话"
CONTACTS_SHEET, ANSWERS_SHEET, TICKETS_SHEET, SUMMARY_SHEET = "联系情况", "回答明细", "工单", "汇总"

_SEX = {"male": "男", "female": "女"}
_CHANNELS = {"voice": "电话", "chat": "网上"}
_SPEAKERS = {"self": "本人", "relative": "家人", "other": "他人", "unknown": "未确认"}
_STATES = {"reported": "口头说的", "confirmed": "复述确认", "verified": "人工核实"}
_SEVERITIES = {"emergency": "紧急", "urgent": "尽快", "normal": "一般"}
_CONTACT_ENDS = {"not_called": "没有拨打", "answered_elsewhere": "已在别处回答"}

_CONTACT_HEADINGS = (
    "姓名",
    "联系电话",
    "住址",
    "网格",
    "网格员",
    "电话结果",
    "联系结果",
    "拨打次数",
    "最后通话时间",
    "结束时间",
)
_ANSWER_HEADINGS = ("姓名", "住址", "项目", "回答", OWN_WORDS, "谁说的", "把握", "状态", "方式", "时间")
_TICKET_HEADINGS = (
    "工单号", "类别", "轻重", "状态", "姓名", "联系电话", "住址", "负责人", "替补", "摘要", OWN_WORDS,
    "办理结果", "建立时间", "期限", "办结时间",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSummary:
    """What a results workbook holds."""

    campaign_id: str
    sheets: Mapping[str, int]  # name → rows below the headings
    contacts: int
    answers: int
    tickets: int


def export_campaign(
    store: Store,
    campaign: str,
    path: Path,
    *,
    at: datetime,
    user_id: str | None = None,
    dictionary: Dictionary | None = None,
) -> ExportSummary:
    """Write the results of a campaign, by id or short key; leaves an audit row.

    The ending of the name decides: .xlsx a workbook, .json all its sheets as one object, .csv its answers, one a line.
    The file appears whole or not at all. Raises CampaignUnknown, LayoutInvalid, ExportUnwritable.
    """
    fields = dictionary or load_dictionary()
    with whole_file(path) as out, _tables_for(path, out) as tables:
        with store.reading() as session:
            reading = CampaignReading(session, campaign, fields)
            summary = _Writer(tables, reading, fields, at=at).write()
        with store.writing() as session:
            audit.record(
                session,
                user_id=user_id,
                action="export",
                object_kind="campaign",
                object_id=summary.campaign_id,
                detail={"contacts": summary.contacts, "answers": summary.answers, "tickets": summary.tickets},
                at=at,
            )
        tables.save()
    return summary


def _tables_for(path: Path, out: BinaryIO) -> AbstractContextManager[Tables]:
    match path.suffix.lower():
        case ".json":
            return json_tables(out)
        case ".csv":
            return csv_table(out, ANSWERS_SHEET)
        case _:
            return workbook_tables(out)


class _Writer:
    def __init__(self, tables: Tables, reading: CampaignReading, dictionary: Dictionary, *, at: datetime) -> None:
        self._tables = tables
        self._reading = reading
        self._dictionary = dictionary
        self._at = at

    def write(self) -> ExportSummary:
        """All sheets, in one pass over the contacts, so that a big campaign needs no more memory than a small one."""
        asked = [question.field for question in self._reading.questionnaire.questions]
        layouts = layouts_for(load_layouts(self._dictionary), asked)
        forms = [(layout, self._open(layout.sheet, _form_headings(layout))) for layout in layouts]
        contacts = self._open(CONTACTS_SHEET, _CONTACT_HEADINGS)
        answers = self._open(ANSWERS_SHEET, _ANSWER_HEADINGS)
        tickets = self._open(TICKETS_SHEET, _TICKET_HEADINGS)
        summary = self._open(SUMMARY_SHEET, ("项目", "内容"))
        outcomes, ends = Counter[str](), Counter[str]()
        for reached in self._reading.reached():
            for layout, form in forms:
                for person in reached.people:
                    form.append(self._form_row(layout, reached, person))
            contacts.append(self._contact_row(reached))
            for row in self._answer_rows(reached):
                answers.append(row)
            outcomes[_outcome(reached.contact.outcome) or "还没结束"] += 1
            ends[_disposition(reached.contact.disposition) or "还没拨打"] += 1
        for row in self._ticket_rows():
            tickets.append(row)
        for row in self._summary_rows(contacts.rows, outcomes, ends):
            summary.append(row)
        written = (*(form for _, form in forms), contacts, answers, tickets, summary)
        return ExportSummary(
            campaign_id=self._reading.campaign.id,
            sheets={sheet.name: sheet.rows for sheet in written},
            contacts=contacts.rows,
            answers=answers.rows,
            tickets=tickets.rows,
        )

    def _open(self, name: str, headings: Sequence[str]) -> Table:
        return self._tables.open(name, headings)

    def _form_row(self, layout: Layout, reached: Reached, person: Person) -> list[Value]:
        row: list[Value] = []
        for column in layout.columns:
            if column.fact is not None:
                row.append(self._fact(column.fact, reached, person))
                continue
            record = person.values.get(column.field)
            row += ["", ""] if record is None else [record.shown, record.own_words]
        return row

    def _fact(self, fact: Fact, reached: Reached, person: Person) -> Value:
        resident, household = person.resident, reached.household
        facts: dict[Fact, Callable[[], Value]] = {
            "name": lambda: resident.name,
            "sex": lambda: _SEX.get(resident.sex or "", ""),
            "birth_year": lambda: resident.birth_year,
            "id_number": lambda: resident.id_number,
            "phone": lambda: resident.phone,
            "relation": lambda: resident.relation,
            "address": lambda: self._reading.address(household),
            "grid": lambda: self._reading.grid(household),
            "worker": lambda: self._reading.worker(household.worker_id),
            "answered_at": lambda: local(reached.answered_at),
            "channel": lambda: _CHANNELS.get(reached.channel, ""),
            "outcome": lambda: _outcome(reached.contact.outcome),
            "disposition": lambda: _disposition(reached.contact.disposition),
        }
        return facts[fact]()

    def _contact_row(self, reached: Reached) -> list[Value]:
        facts: tuple[Fact, ...] = ("name", "phone", "address", "grid", "worker", "disposition", "outcome")
        contact = reached.contact
        times = (contact.attempts_made, local(reached.answered_at), local(contact.closed_at))
        return [*(self._fact(fact, reached, reached.people[0]) for fact in facts), *times]

    def _answer_rows(self, reached: Reached) -> Iterator[list[Value]]:
        for person, record in ((each, told) for each in reached.people for told in each.told):
            field = self._dictionary.by_key.get(record.field)
            yield [
                person.resident.name,
                self._reading.address(reached.household),
                field.label if field else record.field,
                record.shown,
                record.own_words,
                _SPEAKERS.get(record.speaker, record.speaker),
                round(record.confidence, 2),
                _STATES.get(record.state, record.state),
                _CHANNELS.get(record.channel, record.channel),
                local(record.at),
            ]

    def _ticket_rows(self) -> Iterator[list[Value]]:
        for ticket, household, resident in self._reading.tickets():
            yield [
                ticket.number,
                label(ticket.kind),
                _SEVERITIES.get(ticket.severity, ticket.severity),
                TICKET_STATES.get(ticket.state, ticket.state),
                resident.name if resident else "",
                resident.phone if resident else "",
                self._reading.address(household),
                self._reading.worker(ticket.owner_id),
                self._reading.worker(ticket.deputy_id),
                ticket.summary,
                ticket.own_words,
                ticket.result,
                local(ticket.created_at),
                local(ticket.due_at),
                local(ticket.done_at),
            ]

    def _summary_rows(self, contacts: int, outcomes: Counter[str], ends: Counter[str]) -> Iterator[list[Value]]:
        campaign = self._reading.campaign
        yield ["任务", campaign.title]
        yield ["任务编号", campaign.key]
        yield ["问卷", f"{self._reading.questionnaire.title} 第 {self._reading.questionnaire.version} 版"]
        yield ["导出时间", local(self._at)]
        yield ["联系人数", contacts]
        for outcome, count in outcomes.most_common():
            yield [f"联系结果：{outcome}", count]
        for end, count in ends.most_common():
            yield [f"电话结果：{end}", count]


def _form_headings(layout: Layout) -> list[str]:
    """The form's own headings; beside each field stand the resident's own words."""
    return [
        heading
        for column in layout.columns
        for heading in ((column.heading, f"{column.heading}（{OWN_WORDS}）") if column.field else (column.heading,))
    ]


def _outcome(outcome: str | None) -> str:
    named: Mapping[str, str] = {str(key): name for key, name in OUTCOMES.items()}
    return named.get(outcome or "", outcome or "")


def _disposition(disposition: str | None) -> str:
    named: Mapping[str, str] = {str(key): name for key, name in DISPOSITIONS.items()} | _CONTACT_ENDS
    return named.get(disposition or "", disposition or "")
