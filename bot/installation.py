"""One installation on this machine: its key, its database, its questionnaires."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.settings import Settings
from dialogs.definitions import library
from dialogs.dictionary import load_dictionary
from dialogs.jobs import own_questionnaires
from dialogs.questionnaire import Questionnaire, canonical, content_hash
from integrations.storage.engine import prepare_folder
from integrations.storage.errors import KeyFileExists
from integrations.storage.key_file import create_key_file, load_key_ring
from integrations.storage.models import QuestionnaireRow
from integrations.storage.once import insert_once
from integrations.storage.schema import is_new, upgrade
from integrations.storage.store import Store, StoreSession


@contextmanager
def opened(settings: Settings, *, at: datetime) -> Iterator[Store]:
    """The store of this installation, made on first use; questionnaires of the library are in it.

    A new key is only made together with a new database: a lost key is never papered over.
    """
    prepare_folder(settings.url)
    if not settings.keys.exists() and is_new(settings.url):
        with suppress(KeyFileExists):  # another part of the program, started at the same moment, was first
            create_key_file(settings.keys, at=at)
    keys = load_key_ring(settings.keys)
    upgrade(settings.url)
    store = Store.open(settings.url, keys=keys, at=at)
    try:
        with store.writing() as session:
            dictionary = load_dictionary()
            for questionnaire in (*library(dictionary=dictionary), *own_questionnaires(dictionary=dictionary)):
                keep_questionnaire(session, questionnaire, at=at)
        yield store
    finally:
        store.close()


def keep_questionnaire(session: StoreSession, questionnaire: Questionnaire, *, at: datetime) -> str:
    """Stores this exact wording once; returns its content hash."""
    key = content_hash(questionnaire)
    if session.get(QuestionnaireRow, key) is None:
        values = {
            "hash": key,
            "key": questionnaire.key,
            "version": questionnaire.version,
            "title": questionnaire.title,
            "body": canonical(questionnaire),
            "added_at": at,
        }
        insert_once(session, QuestionnaireRow, values, unique="hash")
    return key


def newest_questionnaire(session: Session, key: str) -> QuestionnaireRow | None:
    """The newest wording of a questionnaire, None for an unknown key."""
    return session.scalar(
        select(QuestionnaireRow)
        .where(QuestionnaireRow.key == key)
        .order_by(QuestionnaireRow.version.desc(), QuestionnaireRow.added_at.desc())
        .limit(1)
    )


def bodies(store: Store) -> Callable[[str], bytes]:
    """The canonical bytes of a stored questionnaire by its hash, as workers are sent them."""

    def body(key: str) -> bytes:
        with store.reading() as session:
            return session.scalars(select(QuestionnaireRow.body).where(QuestionnaireRow.hash == key)).one()

    return body
