"""What the web application is given. It reaches for nothing by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.auth.passwords import Passwords
from bot.clock import Clock
from bot.conversation import Answered, Opening
from bot.media.line import Preparation
from bot.visits import Phone
from bot.web.rehearsing import Rehearser
from dialogs.dictionary import Dictionary
from integrations.storage.store import Store
from nlu.utterance import Utterance


class Conversation(Protocol):
    """Sessions by text; see `bot.conversation.Conversation`. Each call commits before it returns."""

    async def open(self, opening: Opening, *, at: datetime) -> Answered:
        """A new session with the assistant's first words."""
        ...

    async def handle(self, session_id: str, utterance: Utterance, *, at: datetime) -> Answered:
        """The reply to one utterance. Raises SessionUnknown, SessionOver, TurnOvertaken."""
        ...


class Exporter(Protocol):
    """Writes the results workbook of one campaign to `path` and audits that."""

    def __call__(self, campaign_id: str, path: Path, *, user_id: str, at: datetime) -> None: ...


class Voices(Protocol):
    """Reads texts aloud; see `bot.read_aloud.ReadAloud`."""

    @property
    def installed(self) -> bool:
        """Whether there is a voice on this machine."""
        ...

    async def read(self, text: str, *, resident: str = "", elder: bool = False) -> bytes:
        """The text as a WAV file: the assistant's voice, or that of the `resident` of this name."""
        ...


@dataclass(frozen=True, kw_only=True)
class Collaborators:
    """Everything that the pages work with."""

    store: Store
    conversation: Conversation
    clock: Clock
    export: Exporter
    voices: Voices
    rehearsals: Rehearser
    dictionary: Dictionary
    passwords: Passwords
    token: Callable[[], str]  # a new unguessable string, at least 128 bits
    below: Callable[[int], int]  # a random number from 0 to n-1, for first passwords
    workers: Callable[[], Mapping[str, bool]]  # dialogue worker → whether it answers
    chat_questionnaire: Callable[[], str]  # content hash of what residents are asked who write first
    community: str  # 育林社区
    callback_number: str = ""
    emergency_number: str = ""  # whom staff ring who cannot take an urgent matter; "" where nobody was named
    public_url: str = ""  # where residents reach the pages; "" where they cannot, and no link is sent
    data: Path | None = None  # the folder of all files; None where there are none
    recordings: Path | None = None  # where the recordings of calls lie; None where there are none
    secure_cookies: bool = True  # False only where the console is served without TLS
    phone: Phone | None = None  # None where pages cannot telephone
    prompts: Callable[[str], Preparation | None] = lambda _: None  # questionnaire → how far its prompts are rendered
