"""A campaign that was not launched yet: what it will ask, whom, when, and what its rehearsal foretells."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.web.collaborators import Collaborators
from bot.web.labels import Labels
from bot.web.reads.campaigns import Campaign
from bot.web.reads.plan import Forecast, audience_in_words, forecast
from bot.web.reads.questionnaires import WholeQuestionnaire, whole_questionnaire
from bot.web.reads.questions import Names
from bot.web.reads.rehearsed import Rehearsed, rehearsed
from bot.web.reads.tries import Try, tries
from campaigns.policy import Policy
from integrations.campaigns import book
from integrations.storage.store import StoreSession

BEFORE_LAUNCH = frozenset({"draft", "rehearsed", "approved"})


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that staff look over before the launch."""

    questionnaire: WholeQuestionnaire
    policy: Policy
    audience: str  # in words
    forecast: Forecast
    rehearsal: Rehearsed | None
    tries: Sequence[Try]


def plan_of(session: StoreSession, given: Collaborators, found: Campaign, labels: Labels) -> Plan | None:
    """The plan of a campaign; None once it was launched."""
    if found.status not in BEFORE_LAUNCH:
        return None
    questionnaire = whole_questionnaire(
        session,
        found.questionnaire,
        given.dictionary,
        labels,
        community=given.community,
        callback_number=given.callback_number,
    )
    if questionnaire is None:
        return None
    rules = book.read(session, found.id)
    return Plan(
        questionnaire=questionnaire,
        policy=rules.policy,
        audience=audience_in_words(session, rules.audience, given.dictionary),
        forecast=forecast(
            session, rules.audience, rules.policy, questionnaire.body, given.dictionary, at=given.clock.now()
        ),
        rehearsal=rehearsed(session, rules, Names.of(given.dictionary, questionnaire.body).questions),
        tries=tries(session, found.id),
    )
