"""A campaign is rehearsed: real dialogue workers talk with simulated residents, and nothing reaches the registry."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import msgspec

from bot.clock import Clock
from bot.conversation import Dialogue
from bot.dialogue.client import Bodies
from bot.installation import bodies
from bot.policy_answers import PolicyAnswers
from bot.rehearsed_talk import Played, RehearsedTalk
from bot.running import Running
from bot.writer import Database
from campaigns.disposition import Disposition
from campaigns.forecast import Prices, TalkSample
from campaigns.lifecycle import Role, advance
from dialogs import events as e
from dialogs.call_hours import BEIJING
from dialogs.dictionary import Dictionary
from dialogs.questionnaire import Questionnaire
from integrations.campaigns import book, foretelling, rehearsals
from integrations.campaigns.experience import URGENT
from integrations.campaigns.rehearsal.cast import Cast, Persona, load_cast
from integrations.campaigns.rehearsal.line import RehearsedCall
from integrations.campaigns.rehearsal.resident import Resident
from integrations.campaigns.rehearsals import PlayedCall
from voice.call import converse

CALLS_A_PERSONA = 3  # at least
CALLS_BY_SHARE = 40  # whoever answers often is played more often: one odd conversation must not weigh like ten
AT_ONCE = 8  # calls: enough to keep two workers busy, few enough to leave room for real calls
_decode = msgspec.json.Decoder(Questionnaire).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalReport:
    """What a rehearsal came to."""

    rehearsal_id: str
    calls: Sequence[PlayedCall]
    predicted: Mapping[str, Any]  # the keys of `./linyin rehearse --json`


class Rehearsals:
    """Rehearses campaigns. May be asked while calls are up; takes a few turns at a time."""

    def __init__(
        self,
        *,
        database: Database,
        dialogue: Dialogue,
        bodies: Bodies,
        dictionary: Dictionary,
        clock: Clock,
        community: str,
        callback_number: str,
        prices: Prices,
    ) -> None:
        self._database = database
        self._dialogue = dialogue
        self._bodies = bodies
        self._dictionary = dictionary
        self._clock = clock
        self._community = community
        self._callback_number = callback_number
        self._prices = prices

    @classmethod
    def of(cls, system: Running) -> "Rehearsals":
        """Rehearsals with the workers of the running program."""
        return cls(
            database=system.database,
            dialogue=system.workers.client,
            bodies=bodies(system.store),
            dictionary=system.dictionary,
            clock=system.clock,
            community=system.settings.community,
            callback_number=system.settings.callback_number,
            prices=Prices(minute=system.settings.price_per_minute, message=system.settings.price_per_message),
        )

    async def run(
        self, campaign_id: str, *, role: Role, progress: Callable[[int, int], None] = lambda _done, _all: None
    ) -> RehearsalReport:
        """Rehearses the campaign of this id or short name, keeps it, and takes the campaign to `rehearsed`.

        `progress` is told how many of how many calls are over. Raises CampaignNotFound, RehearsalOutdated,
        FieldUnknown, campaigns.errors.NotPermitted, WrongStatus, WorkersUnavailable; nothing is kept then.
        """
        at = self._clock.now()
        campaign = await self._database.read(lambda session: book.read(session, campaign_id))
        advance(campaign.status, "rehearse", role=role)
        rules = rehearsals.rules_of(campaign)
        questionnaire = _decode(self._bodies(campaign.questionnaire))
        cast = load_cast()
        opens = campaign.policy.window_at(at).next_open(at=at)
        opened = e.SessionOpened(
            at=opens,
            questionnaire=campaign.questionnaire,
            channel="voice",
            community=self._community,
            callback_number=self._callback_number,
            announced=campaign.announced_at is not None,
        )
        played = await self._play(questionnaire, cast, opened, seed=rules, progress=progress)
        ground = await self._database.read(
            lambda session: foretelling.field(session, campaign, questionnaire, self._dictionary, at=at)
        )
        talks, silent = _talks(played)
        found = await asyncio.to_thread(
            foretelling.foretell, ground, campaign, cast, talks,
            silent=silent, prices=self._prices, seed=rules, at=at,
        )  # fmt: skip
        predicted = foretelling.as_told(ground, campaign, found)
        predicted |= _heard(played) | {"warnings": [*predicted["warnings"], *_shortcomings(played, cast)]}
        calls = [_kept(each) for each in played]
        rehearsal_id = await self._database.write(
            lambda session: rehearsals.keep(session, campaign.id, calls, predicted, rules=rules, role=role, at=at)
        )
        return RehearsalReport(rehearsal_id=rehearsal_id, calls=calls, predicted=predicted)

    async def _play(
        self,
        questionnaire: Questionnaire,
        cast: Cast,
        opened: e.SessionOpened,
        *,
        seed: str,
        progress: Callable[[int, int], None],
    ) -> list[Played]:
        lines = asyncio.Semaphore(AT_ONCE)
        on = opened.at.astimezone(BEIJING).date()
        everybody = [(each, number) for each in cast.personas for number in range(_calls(each))]
        done = 0

        async def one(persona: Persona, number: int) -> Played:
            nonlocal done
            async with lines:
                rng = Random(f"{seed}:{persona.key}:{number}")  # noqa: S311  a simulation
                resident = Resident(persona=persona, questionnaire=questionnaire, cast=cast, rng=rng, on=on)
                played = Played(persona=persona, call=RehearsedCall(resident=resident))
                facts = msgspec.structs.replace(opened, elder=persona.elder)
                name = f"rehearsal-{persona.key}-{number}"
                talk = RehearsedTalk(played, self._dialogue, PolicyAnswers(self._database), facts, session=name)
                end = await converse(played.call, talk)
                played.disposition = end.disposition
                if end.disposition is Disposition.ANSWERED and persona.silent:
                    played.disposition, played.outcome = Disposition.SILENT, None
                elif end.disposition is not Disposition.ANSWERED:
                    played.outcome = None
            done += 1
            progress(done, len(everybody))
            return played

        return await asyncio.gather(*(one(persona, number) for persona, number in everybody))


def _calls(persona: Persona) -> int:
    return max(CALLS_A_PERSONA, round(persona.share * CALLS_BY_SHARE))


def _talks(played: Sequence[Played]) -> tuple[list[tuple[TalkSample, float]], float]:
    """The conversations with their shares of answered calls, and the share of those in which nobody spoke."""
    of_persona = Counter(each.persona.key for each in played)
    talks, silent = [], 0.0
    for each in played:
        share = each.persona.share / of_persona[each.persona.key]
        if each.outcome is None:
            silent += share
            continue
        # What answers bring is foretold by how common it is: a few rehearsed calls do not tell that.
        raised = () if each.outcome == "complete" else each.escalations
        urgent = sum(matter.severity in URGENT for matter in raised)
        talks.append(
            (
                TalkSample(
                    outcome=each.outcome,
                    seconds=each.call.seconds,
                    urgent=urgent,
                    other=len(raised) - urgent,
                ),
                share,
            )
        )
    return talks, silent


def _kept(played: Played) -> PlayedCall:
    return PlayedCall(
        persona=played.persona.key,
        disposition=played.disposition,
        outcome=played.outcome,
        seconds=round(played.call.seconds, 1),
        lines=[{"who": line.who, "text": line.text} for line in played.call.lines],
    )


def _heard(played: Sequence[Played]) -> dict[str, Any]:
    """How the conversations themselves went."""
    whole = sorted(each.call.seconds for each in played if each.outcome == "complete")
    return {
        "calls": len(played),
        "seconds_a_call": round(whole[len(whole) // 2], 1) if whole else None,
        "misheard": sum(each.misheard for each in played),
        "stuck": sum(each.stuck for each in played),
    }


def _shortcomings(played: Sequence[Played], cast: Cast) -> list[str]:
    warnings = []
    for key in dict.fromkeys(each.persona.key for each in played):
        calls = [each for each in played if each.persona.key == key]
        wrong = sum(each.misheard for each in calls)
        if wrong:
            warnings.append(f"和“{cast.persona(key).label}”的演练里有 {wrong} 个回答记得不对，请看对话，把问法改简单。")
        if any(each.stuck for each in calls):
            warnings.append(f"和“{cast.persona(key).label}”的演练里有听不明白、转给人的，请看对话，把问法改简单。")
    if not any(each.outcome == "complete" for each in played):
        warnings.append("演练里没有一通问完，请先看对话，把问卷改好再演练。")
    return warnings
