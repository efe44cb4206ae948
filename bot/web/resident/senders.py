"""Whoever writes from outside has one session at a time: the newest that has not ended, else a new one."""

import re
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from starlette.concurrency import run_in_threadpool

from bot.conversation import Answered, Opening
from bot.errors import SessionOver
from bot.web.collaborators import Collaborators
from integrations.storage.models import SessionRow
from integrations.storage.store import Store
from nlu.utterance import Utterance

# With only this as the first message, the assistant's own first words are the answer.
GREETING = re.compile(r"^\W*(?:(?:你|您)好|喂|在吗|在不在|hi|hello|早上好|下午好|晚上好)?\W*$", re.IGNORECASE)


async def say(given: Collaborators, sender: str, utterance: Utterance, *, at: datetime) -> Answered:
    """The reply to one utterance of this sender; a session is opened for it where there is none.

    The first words of a new session are an utterance like any other: the assistant introduces itself, then answers.
    """
    current = await run_in_threadpool(current_session, given.store, sender)
    if current is not None:
        try:
            return await given.conversation.handle(current, utterance, at=at)
        except SessionOver:
            pass  # it ended between the look and the turn: a new one begins
    first = await begin(given, sender, at=at)
    if GREETING.match(utterance.text):
        return first
    answered = await given.conversation.handle(first.session, utterance, at=at)
    return replace(answered, replies=first.replies + answered.replies, events=first.events + answered.events)


async def begin(given: Collaborators, sender: str, *, at: datetime) -> Answered:
    """A new session of this sender, with the assistant's first words."""
    opening = Opening(
        questionnaire=given.chat_questionnaire(),
        channel="chat",
        community=given.community,
        callback_number=given.callback_number,
        inbound=True,
    )
    answered = await given.conversation.open(opening, at=at)
    await run_in_threadpool(belongs_to, given.store, answered.session, sender)
    return answered


def current_session(store: Store, sender: str, *, ended_too: bool = False) -> str | None:
    """The id of the sender's newest session, None when there is none or, unless `ended_too`, when it has ended."""
    with store.reading() as session:
        found = session.execute(
            select(SessionRow.id, SessionRow.ended_at)
            .where(SessionRow.sender_idx == store.keys.blind_index("sender", sender))
            .order_by(SessionRow.opened_at.desc(), SessionRow.id.desc())
            .limit(1)
        ).one_or_none()
    if found is None or (found.ended_at is not None and not ended_too):
        return None
    newest: str = found.id
    return newest


def belongs_to(store: Store, session_id: str, sender: str) -> None:
    """From now on the session is this sender's."""
    with store.writing() as session:
        session.execute(
            update(SessionRow)
            .where(SessionRow.id == session_id)
            .values(sender_idx=store.keys.blind_index("sender", sender))
        )
