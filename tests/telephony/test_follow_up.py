"""A whole campaign over a real telephone: baresip answers a health follow-up, the registry holds what was said."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from bot.clock import JumpingClock
from bot.conversation import Conversation
from bot.dialogue.workers import DialogueWorkers
from bot.effects import Effects
from bot.installation import bodies
from bot.outbound import Caller, Outbound
from bot.sessions import decode_state
from bot.writer import Database
from campaigns.audience import AudienceQuery
from campaigns.policy import Policy
from dialogs.dictionary import load_dictionary
from integrations.campaigns import book
from integrations.campaigns.launch import launch
from integrations.storage.models import AttemptRow, CampaignRow, RecordRow, ResidentRow, SessionRow
from integrations.storage.store import Store, StoreSession
from integrations.telephony.sip.dialer import SipDialer, SipSettings
from tests.bot.conftest import PEOPLE, settle_in
from tests.conftest import AT
from tests.telephony.baresip_resident import BaresipResident
from tests.telephony.conftest import free_port, sipp_trunk
from tests.workshop.models import installed
from voice.audio.g711 import encode_alaw
from voice.audio.resample import resample
from voice.audio.sound import TELEPHONE_HZ
from voice.audio.wav import read_wav
from voice.media import FRAME_BYTES
from voice.recognise.whisper.recogniser import WhisperRecogniser
from voice.spoken_line import SpokenLine
from voice.synthesise.synthesiser import Manner
from voice.turns.vad import speech_frames

pytestmark = [pytest.mark.rasa, pytest.mark.recogniser, pytest.mark.asyncio(loop_scope="session")]

HERE = Path(__file__).parent
ANSWERS = {
    each["asked"]: HERE / "answers" / each["file"]
    for each in yaml.safe_load((HERE / "answers.yaml").read_text(encoding="utf-8"))
}
SECONDS_A_SYLLABLE = 0.08  # quicker than residents are spoken to: it is not what is tested here
PATIENCE_SECONDS = 400.0  # the call takes a minute; a busy machine hears more slowly


def murmur() -> bytes:
    """A voice without a pause."""
    sound = resample(read_wav(HERE.parent / "voice" / "audio" / "announcement_power_off.wav"), TELEPHONE_HZ)
    frames = encode_alaw(sound)
    return b"".join(
        frames[number * FRAME_BYTES : (number + 1) * FRAME_BYTES]
        for number, speech in enumerate(speech_frames(sound))
        if speech
    )


VOICE = murmur()


def spoken(text: str, _: Manner) -> bytes:
    """Somebody speaks for as long as the text would take in a hurry: this resident hears when, not what."""
    wanted = max(TELEPHONE_HZ, round(len(text) * SECONDS_A_SYLLABLE * TELEPHONE_HZ))
    return (VOICE * (1 + wanted // len(VOICE)))[:wanted]


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """One engine is enough for the telephone."""
    return f"sqlite:///{tmp_path}/linyin.db"


def running_campaign(session: StoreSession, questionnaire: str, *, at: datetime) -> None:
    """Everybody is called; how staff get there is tested elsewhere."""
    made = book.create(
        session, title="健康随访", questionnaire=questionnaire, audience=AudienceQuery(), policy=Policy(), at=at
    )
    session.get_one(CampaignRow, made.id).status = "approved"
    session.flush()
    launch(session, made.id, role="staff", dictionary=load_dictionary(), at=at)


async def test_a_health_follow_up_over_the_telephone_is_in_the_registry_as_it_was_said(
    store: Store, workers: DialogueWorkers, tmp_path: Path
) -> None:
    questionnaire, database = settle_in(store, at=AT), Database(store)
    with store.writing() as session:
        session.get_one(ResidentRow, "r0").birth_year = 1990  # the pace of the young: the old are heard elsewhere
        running_campaign(session, questionnaire, at=AT)
    folder = tmp_path / "baresip"
    folder.mkdir()
    clock = JumpingClock(AT)
    first = free_port(width=20)
    conversation = Conversation(database, workers.client, Effects(load_dictionary()), bodies=bodies(store))

    def answer() -> Path | None:
        """What this resident says to what is being asked."""
        with store.reading() as session:
            row = session.scalars(select(SessionRow).order_by(SessionRow.opened_at.desc())).first()
        assert row is not None, "nobody speaks before the session is open"
        asked = conversation.pending(decode_state(row.state))
        return ANSWERS.get(asked.key) if asked is not None else None

    async with (
        BaresipResident(PEOPLE[0][1], answer, folder) as resident,
        SipDialer(
            SipSettings(trunks=(sipp_trunk(resident.port),), host="127.0.0.1", port=0, media_ports=(first, first + 18))
        ) as dialer,
    ):
        line = SpokenLine(dialer, recogniser=WhisperRecogniser(installed("whisper-base")), speak=spoken, now=clock.now)
        outbound = Outbound(
            database=database,
            conversation=conversation,
            line=line,
            clock=clock,
            caller=Caller(name="main", community="育林社区", callback_number="", lines=1),
            dictionary=load_dictionary(),
        )
        async with asyncio.timeout(PATIENCE_SECONDS):
            await outbound.run(until_finished=True)
        await line.close()
    database.close()
    with store.reading() as session:
        kept = {
            row.field: (row.value, row.state)
            for row in session.scalars(select(RecordRow).where(RecordRow.resident_id == "r0"))
        }
        ended = [
            (row.disposition, row.sip_code)
            for row in session.scalars(select(AttemptRow).where(AttemptRow.dialled_at.is_not(None)))
        ]
        assert session.scalars(select(SessionRow.outcome)).all() == ["complete"]
    assert kept == {
        "health.fever": ("yes", "reported"),
        "health.temperature": ({"value": 38.2, "unit": "C"}, "confirmed"),
        "health.cough": ("yes", "reported"),
        "health.chest_tightness": ("no", "reported"),
        "health.medicine_enough": ("yes", "reported"),
        "health.sleep": ("fair", "reported"),
        "care.help_wanted": ("no", "reported"),
    }
    assert sorted(ended) == [("answered", 200), ("empty_number", 404)]  # the second household's number is not baresip's
