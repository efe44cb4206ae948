"""The running program: store, dialogue workers and conversation, wired by hand in one place."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.conversation import Conversation
from bot.dialogue.client import Bodies
from bot.dialogue.far import FarWorkers
from bot.dialogue.workers import DialogueWorkers
from bot.effects import Effects
from bot.installation import bodies
from bot.settings import Settings
from bot.writer import Database
from dialogs.definitions import library
from dialogs.dictionary import Dictionary, load_dictionary
from dialogs.questionnaire import content_hash
from dialogs.state import State
from dialogs.turn import PROTOCOL, TurnRequest
from integrations.storage.store import Store
from nlu.utterance import Utterance

GARBAGE_FROM = 20_000  # objects, those of some fifty turns; Python's own 700 means looking several times a turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What everything else is given."""

    settings: Settings
    clock: Clock
    store: Store
    database: Database
    workers: DialogueWorkers | FarWorkers
    conversation: Conversation
    dictionary: Dictionary


def first_turn(dictionary: Dictionary, *, at: datetime) -> TurnRequest:
    """Any turn, for workers that have not taken one yet: somebody says that now is a good time."""
    key = content_hash(library(dictionary=dictionary)[0])
    return TurnRequest(
        protocol=PROTOCOL,
        session="warm-up",
        questionnaire=key,
        state=State(questionnaire=key),
        utterance=Utterance(text="方便"),
        at=at,
    )


def dialogue(settings: Settings, bodies: Bodies) -> DialogueWorkers | FarWorkers:
    """The dialogue workers that the settings name: those of this machine, or others; not started yet."""
    addresses = tuple(each.strip().rstrip("/") for each in settings.dialogue_addresses.split(",") if each.strip())
    if addresses:
        return FarWorkers(addresses, token=settings.dialogue_token, bodies=bodies)
    return own_dialogue(settings, bodies)


def own_dialogue(settings: Settings, bodies: Bodies) -> DialogueWorkers:
    """The dialogue workers of this machine, not started yet."""
    return DialogueWorkers(
        python=settings.worker_python,
        model=settings.model,
        count=settings.workers,
        first_port=settings.worker_port,
        log_file=settings.data / "log" / "workers.log",
        bodies=bodies,
        token=settings.dialogue_token,
        host=settings.dialogue_host,
    )


@asynccontextmanager
async def running(
    settings: Settings, store: Store, clock: Clock, *, progress: Callable[[str], None]
) -> AsyncIterator[Running]:
    """Starts the dialogue workers and ends them again. Raises ModelMissing, WorkersUnavailable."""
    dictionary = load_dictionary()
    database = Database(store)
    workers = dialogue(settings, bodies(store))
    try:
        await workers.start(progress=progress)
        await workers.client.warm(first_turn(dictionary, at=clock.now()))
        gc.freeze()  # what was loaded stays: nobody looks for garbage in it again
        gc.set_threshold(GARBAGE_FROM)
        yield Running(
            settings=settings,
            clock=clock,
            store=store,
            database=database,
            workers=workers,
            conversation=Conversation(database, workers.client, Effects(dictionary), bodies=bodies(store)),
            dictionary=dictionary,
        )
    finally:
        await workers.stop()
        database.close()
