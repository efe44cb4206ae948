"""The form of a campaign: what is typed into it, checked; and what stands in it when it is opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Annotated

from fastapi import Form
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.web.errors import BadForm
from campaigns.audience import AudienceQuery
from campaigns.outcome import LABELS, ContactOutcome
from campaigns.pacing import Pacing
from campaigns.policy import Channel, Policy
from campaigns.retry import RetryPolicy
from campaigns.window import CallingWindow
from integrations.campaigns.book import Campaign
from integrations.storage.models import CampaignRow, ContactRow

OPENS = tuple(f"{hour:02}:{minute:02}" for hour in range(8, 13) for minute in (0, 30))
CLOSES = tuple(f"{hour:02}:00" for hour in range(12, 22))
USUAL_OPENS, USUAL_CLOSES = (
    time(9, 0),
    time(20, 0),
)  # inside what the rules allow, when people are up and not yet asleep
WEEKDAYS = {1: "周一", 2: "周二", 3: "周三", 4: "周四", 5: "周五", 6: "周六", 7: "周日"}
BETWEEN: tuple[Channel, ...] = ("family", "sms")  # what may be tried after the telephone, before somebody goes there
EVERYBODY = AudienceQuery()
USUAL = Policy(window=CallingWindow(opens=USUAL_OPENS, closes=USUAL_CLOSES))
UNCHANGED = "unchanged"  # the list that the campaign has already, whatever it was made from
OF_OUTCOME: Mapping[str, str] = {
    "": "名单上所有的户",
    **{str(each): LABELS[each] for each in (
        ContactOutcome.COMPLETE,
        ContactOutcome.PARTIAL,
        ContactOutcome.BREAK_OFF,
        ContactOutcome.NOT_REACHED,
        ContactOutcome.REFUSAL,
    )},
}  # fmt: skip


class Typed:
    """What is typed into the form of a campaign, checked."""

    def __init__(
        self,
        *,
        title: Annotated[str, Form(max_length=80)] = "",
        questionnaire: Annotated[str, Form(max_length=64)] = "",
        place: Annotated[list[str] | None, Form()] = None,
        age_from: Annotated[str, Form(max_length=3)] = "",
        age_to: Annotated[str, Form(max_length=3)] = "",
        missing: Annotated[list[str] | None, Form()] = None,
        on_list: Annotated[str, Form(max_length=32)] = "",
        on_list_outcome: Annotated[str, Form(max_length=20)] = "",
        off_list: Annotated[str, Form(max_length=32)] = "",
        off_list_outcome: Annotated[str, Form(max_length=20)] = "",
        limit: Annotated[str, Form(max_length=6)] = "",
        opens: Annotated[str, Form(max_length=5)] = f"{USUAL_OPENS:%H:%M}",
        closes: Annotated[str, Form(max_length=5)] = f"{USUAL_CLOSES:%H:%M}",
        weekday: Annotated[list[int] | None, Form()] = None,
        lines: Annotated[int, Form(ge=1, le=5000)] = Pacing().lines,
        cap: Annotated[int, Form(ge=1, le=10)] = RetryPolicy().cap,
        priority: Annotated[int, Form(ge=0, le=9)] = 0,
        channel: Annotated[list[str] | None, Form()] = None,
        sms_link: Annotated[bool, Form()] = False,
    ) -> None:
        self.title = title.strip()
        self.questionnaire = questionnaire
        self.priority = priority
        self._lists = ((on_list, on_list_outcome), (off_list, off_list_outcome))
        self._query = {
            "places": tuple(place or ()),
            "age_from": _number(age_from, "年龄", most=120),
            "age_to": _number(age_to, "年龄", most=120),
            "missing": tuple(missing or ()),
            "limit": _number(limit, "户数", most=1_000_000),
        }
        try:
            window = CallingWindow(
                opens=time.fromisoformat(opens),
                closes=time.fromisoformat(closes),
                weekdays=tuple(sorted(set(weekday or WEEKDAYS))),
            )
        except ValueError as error:
            raise BadForm("拨打时段的写法不对，请重新选择。") from error
        between = tuple(each for each in BETWEEN if each in (channel or ()))
        self.policy = Policy(
            window=window,
            retry=RetryPolicy(cap=cap),
            pacing=Pacing(lines=lines),
            ladder=("voice", *between, "visit"),
            sms_link=sms_link and "sms" in between,
        )

    def audience(self, session: Session, *, before: AudienceQuery | None = None) -> AudienceQuery:
        """The query that was typed. `before` is the campaign's own until now, for lists that stay as they are.

        Raises BadForm.
        """
        on_list, off_list = self._lists
        wanted = _households(session, on_list, before.households if before else ())
        if on_list[0] and not wanted:
            raise BadForm("选的那一轮里没有符合条件的住户，请换一轮，或换一种结果。")
        return AudienceQuery(
            households=wanted,
            without=_households(session, off_list, before.without if before else ()),
            **self._query,  # type: ignore[arg-type]  # each under its own name above
        )


@dataclass(frozen=True, kw_only=True)
class FormValues:
    """What stands in the form when it is opened."""

    title: str = ""
    questionnaire: str = ""  # "": the first of the list
    query: AudienceQuery = EVERYBODY
    policy: Policy = USUAL
    priority: int = 0

    @classmethod
    def of(cls, campaign: Campaign) -> "FormValues":
        """As the campaign stands."""
        return cls(
            title=campaign.title,
            questionnaire=campaign.questionnaire,
            query=campaign.audience,
            policy=campaign.policy,
            priority=campaign.priority,
        )

    @property
    def particular(self) -> bool:
        """Whether any of the conditions is set that the form keeps folded away."""
        query, policy = self.query, self.policy
        return bool(query.missing or query.households or query.without or len(policy.window.weekdays) < len(WEEKDAYS))


def earlier_rounds(session: Session) -> Sequence[tuple[str, str]]:
    """Campaigns that were launched, the newest first: id and title, to choose lists from."""
    rows = session.execute(
        select(CampaignRow.id, CampaignRow.title)
        .where(CampaignRow.launched_at.is_not(None))
        .order_by(CampaignRow.launched_at.desc())
    )
    return [(campaign, title) for campaign, title in rows]


def _households(session: Session, chosen: tuple[str, str], before: tuple[str, ...]) -> tuple[str, ...]:
    campaign, outcome = chosen
    if not campaign:
        return ()
    if campaign == UNCHANGED:
        return before
    rows = select(ContactRow.household_id).where(ContactRow.campaign_id == campaign).distinct()
    if outcome:
        rows = rows.where(ContactRow.outcome == outcome)
    return tuple(session.scalars(rows.order_by(ContactRow.household_id)))


def _number(text: str, what: str, *, most: int) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal() or not 0 < int(text) <= most:
        raise BadForm(f"{what}要写成 1 到 {most} 之间的数字。")
    return int(text)
