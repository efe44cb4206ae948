"""Answers questions about policies from the notices that staff have added; the rest goes to the community."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from bot.writer import Database
from dialogs import events as e
from dialogs.prompts import Prompt
from dialogs.state import State, fold_all
from dialogs.turn import TurnReply
from integrations.knowledge.notices import knowledge_index
from nlu.knowledge import Passage

UNANSWERED = frozenset({"say:ask_community", "say:ask_them_yourself"})  # Prompt.keys of 我帮您问社区
ANSWERED = "say:from_notice"


@dataclass(frozen=True, slots=True)
class PolicyAnswers:
    """Looks into the notices after a turn in which somebody asked."""

    database: Database

    async def fill_in(self, before: State, reply: TurnReply) -> TurnReply:
        """The reply with the passage in place of 我帮您问社区, where one answers the question."""
        asked = next((event for event in reply.events if isinstance(event, e.PolicyQuestionAsked)), None)
        if asked is None:
            return reply
        passage = await self.database.read(lambda session: knowledge_index(session).ask(asked.heard))
        if passage is None:
            return reply
        replies = _answered(reply.replies, passage)
        events = tuple(_changed(event, passage) for event in reply.events)
        return msgspec.structs.replace(reply, replies=replies, events=events, state=fold_all(before, events))


def _told(passage: Passage) -> Prompt:
    day = passage.published
    source = f"《{passage.source}》" + (f"{day.year}年{day.month}月{day.day}日" if day else "")
    return Prompt(spoken=f"{source}里说：{passage.text}", written=f"{passage.text}（出自{source}）", key=ANSWERED)


def _answered(prompts: Sequence[Prompt], passage: Passage) -> tuple[Prompt, ...]:
    return tuple(_told(passage) if each.key in UNANSWERED else each for each in prompts)


def _changed(event: e.AnyEvent, passage: Passage) -> e.AnyEvent:
    match event:
        case e.PolicyQuestionAsked():
            return msgspec.structs.replace(event, source=passage.source)
        case e.AssistantSpoke():
            return msgspec.structs.replace(event, prompts=_answered(event.prompts, passage))
        case _:
            return event
