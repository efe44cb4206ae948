"""Recordings of calls: who may hear them, what is written down about it, and how they go away."""

import io
import wave
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversation import Opening
from bot.effects import Effects
from bot.evidence.errors import RecordingDamaged
from bot.evidence.files import SealedTape, pieces, recording_path, seconds_of
from bot.evidence.keeping import forget_recordings, recordings_of, sweep
from bot.evidence.playing import as_wav
from bot.sessions import append_events
from bot.web.collaborators import Collaborators
from dialogs.events import RefusalHeard
from integrations.storage.models import AuditRow, HouseholdRow, RecordingRow, RecordRow, SessionRow
from nlu.utterance import Utterance
from voice.media import SAMPLES_PER_SECOND

RECORDING = "0123456789abcdef0123456789abcdef"
FAR, NEAR = b"\x2a" * SAMPLES_PER_SECOND, b"\xaa" * SAMPLES_PER_SECOND  # a second of each side
SAID_AT = (3.2, 4.0)
KEPT = timedelta(days=365)  # as the health follow-up says


@pytest.fixture
def given(given: Collaborators, tmp_path: Path) -> Collaborators:
    return replace(given, recordings=tmp_path / "recordings")


@dataclass
class Recorded:
    """A call of 王秀英's, recorded for ten seconds."""

    town: Any
    folder: Path
    session: str

    def tape(self) -> Path:
        return recording_path(self.folder, RECORDING)

    async def says(self, words: str) -> None:
        await self.town.conversation.handle(
            self.session, Utterance(text=words, seconds=SAID_AT), at=self.town.clock.now()
        )


@pytest.fixture
async def recorded(town: Any, given: Collaborators) -> Recorded:
    with town.store.reading() as session:
        household = session.scalars(select(HouseholdRow).where(HouseholdRow.grid_id == town.grids[0])).first()
    opened = await town.conversation.open(
        Opening(
            questionnaire=town.questionnaire,
            channel="voice",
            community="育林社区",
            resident_id=town.residents["王秀英"],
            household_id=household.id,
            contact_id=town.contact("王秀英"),
            recording=RECORDING,
        ),
        at=town.clock.now(),
    )
    assert "录音" in "".join(prompt.spoken for prompt in opened.replies)
    assert given.recordings is not None
    tape = SealedTape(given.recordings, RECORDING, town.store.keys)
    for _ in range(10):
        tape.write(FAR, NEAR)
    tape.close()
    return Recorded(town, given.recordings, opened.session)


def sound(content: bytes) -> tuple[int, float]:
    with wave.open(io.BytesIO(content)) as file:
        return file.getnchannels(), file.getnframes() / file.getframerate()


async def test_an_answer_is_heard_where_it_was_said(recorded: Recorded, admin: Any) -> None:
    await recorded.says("方便")
    await recorded.says("发烧了")
    with recorded.town.store.reading() as session:
        row = session.scalars(select(RecordRow).where(RecordRow.source_id == recorded.session)).one()
        assert (row.recorded_from, row.recorded_to) == SAID_AT
    page = admin.page(f"/contacts/{recorded.town.contact('王秀英')}")
    assert f'src="/recordings/{RECORDING}.wav"' in page
    assert f"/recordings/{RECORDING}.wav?start=2.7&amp;end=4.3" in page
    whole = admin.client.get(f"/recordings/{RECORDING}.wav")
    part = admin.client.get(f"/recordings/{RECORDING}.wav?start=2.7&end=4.3")
    assert sound(whole.content) == (2, 10.0)
    assert sound(part.content) == (2, 1.6)
    assert whole.headers["cache-control"] == "no-store"
    with recorded.town.store.reading() as session:
        heard = session.scalars(select(AuditRow).where(AuditRow.action == "recording.heard")).all()
    assert [each.object_id for each in heard] == [RECORDING, RECORDING]


async def test_another_grid_hears_nothing(
    recorded: Recorded, visitor: Any, account: Callable[[str, str, str], str]
) -> None:
    with recorded.town.store.writing() as session:
        for household in session.scalars(select(HouseholdRow)):
            household.deputy_id = None
    visitor.log_in("other", account("other", "grid_worker", recorded.town.workers[1]))
    assert visitor.client.get(f"/recordings/{RECORDING}.wav").status_code == 404


async def test_who_is_not_logged_in_hears_nothing(recorded: Recorded, visitor: Any) -> None:
    assert visitor.client.get(f"/recordings/{RECORDING}.wav").headers["content-type"] != "audio/wav"


async def test_a_refusal_takes_the_recording_away(recorded: Recorded, admin: Any) -> None:
    town = recorded.town
    refusal = RefusalHeard(at=town.clock.now(), scope="recording", heard="别录音")
    with town.store.writing() as session:
        talk = session.get_one(SessionRow, recorded.session)
        append_events(session, talk.id, turn=talk.turn + 1, events=[refusal])
        Effects(town.dictionary).apply(session, talk, [refusal], at=refusal.at)
    assert admin.client.get(f"/recordings/{RECORDING}.wav").status_code == 404
    with town.store.writing() as session:
        assert sweep(session, recorded.folder, at=town.clock.now()) == 1
    assert not recorded.tape().exists()
    page = admin.page(f"/contacts/{town.contact('王秀英')}")
    assert RECORDING not in page
    assert "声音没有留下" in page


async def test_a_recording_is_kept_as_long_as_the_answers_and_no_longer(recorded: Recorded) -> None:
    town = recorded.town
    with town.store.writing() as session:
        assert sweep(session, recorded.folder, at=town.clock.now() + KEPT - timedelta(days=1)) == 0
        assert recorded.tape().exists()
        assert sweep(session, recorded.folder, at=town.clock.now() + KEPT + timedelta(days=1)) == 1
        row = session.get_one(RecordingRow, RECORDING)
        assert row.deleted_at is not None
    assert not recorded.tape().exists()


async def test_residents_get_their_recordings_or_have_them_erased(recorded: Recorded) -> None:
    town, resident = recorded.town, recorded.town.residents["王秀英"]
    with town.store.writing() as session:
        assert [row.id for row in recordings_of(session, resident)] == [RECORDING]
        assert forget_recordings(session, RecordingRow.resident_id == resident, at=town.clock.now()) == [RECORDING]
        assert not recordings_of(session, resident)


async def test_a_recording_is_sealed_and_no_piece_can_be_moved(recorded: Recorded) -> None:
    content, keys = recorded.tape().read_bytes(), recorded.town.store.keys
    assert FAR[:100] not in content
    assert seconds_of(recorded.folder, RECORDING, keys) == pytest.approx(10.0)
    recorded.tape().write_bytes(content[: len(content) // 2])  # the machine died while it was written
    assert 4 <= len(list(pieces(recorded.folder, RECORDING, keys))) <= 5
    length = len(content) // 10
    recorded.tape().write_bytes(content[length : 2 * length] + content[:length])
    with pytest.raises(RecordingDamaged, match="损坏"):
        list(pieces(recorded.folder, RECORDING, keys))


async def test_what_was_never_recorded_has_no_sound(town: Any, given: Collaborators) -> None:
    assert given.recordings is not None
    assert as_wav(given.recordings, RECORDING, town.store.keys) is None
