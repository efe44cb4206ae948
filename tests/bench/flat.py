"""What a call costs the database in tables of a thousand to a million contacts: it must stay the same.

`./linyin bench flat --json`. The whole way of a call through the store (claimed, dialled, answered, six turns each with
an answer that is kept, settled), without line and dialogue, whose cost knows nothing of tables. Processor time of this
process; SQLite; `--picture FILE` draws it.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.installation import opened
from bot.sessions import add_session, append_events, encode_state, replace_turn
from bot.settings import Settings
from campaigns.disposition import Disposition
from campaigns.pacing import Pacing
from dialogs import events as e
from dialogs.dictionary import Dictionary, load_dictionary
from dialogs.state import State
from integrations.campaigns.dial import Ready, start_dialling
from integrations.campaigns.ending import CallEnd, answered, ended
from integrations.campaigns.pace import Paces
from integrations.registry import records
from integrations.storage.models import SessionRow
from integrations.storage.store import Store
from nlu.utterance import Utterance
from tests.bench.campaign_town import settle, start_campaign

SIZES = (1_000, 10_000, 100_000, 1_000_000)
TOGETHER = 4  # calls that are claimed at a time, as at full speed
FIELDS = ("health.fever", "health.cough", "health.chest_tightness", "health.medicine_enough", "health.sleep")
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BETWEEN_CLAIMS = timedelta(seconds=1)  # the pace is not what is measured


def cost_ms(households: int, calls: int) -> float:
    """Milliseconds of processor time of a call in tables of this size."""
    folder = Path(tempfile.mkdtemp(prefix="linyin-flat-"))
    try:
        with opened(Settings(data=folder), at=AT) as store:
            settle(store, households, at=AT)
            pacing = Pacing(lines=1000, setups_per_second=1000)
            start_campaign(store, "health-follow-up", pacing, at=AT)
            take_calls(store, TOGETHER * 10)  # statements are compiled, pages are read
            began = time.process_time()
            done = take_calls(store, calls)
            return (time.process_time() - began) / done * 1000
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def take_calls(store: Store, count: int) -> int:
    """The next calls that are due, each from being claimed to being settled; how many it were."""
    paces, done, at, dictionary = Paces(), 0, AT, load_dictionary()
    while done < count:
        at += BETWEEN_CLAIMS
        with store.writing() as session:
            ids = paces.claim(session, dialler="flat", at=at, free_lines=TOGETHER).ids
            ready, _ = start_dialling(session, ids, dialler="flat", at=at)
        for each in ready:
            _call(store, each, dictionary, at=at)
        done += len(ready)
    return done


def _call(store: Store, ready: Ready, dictionary: Dictionary, *, at: datetime) -> None:
    state = State(questionnaire=ready.questionnaire, channel="voice")
    row = SessionRow(
        id=store.new_id(at=at),
        resident_id=ready.resident_id,
        household_id=ready.household_id,
        contact_id=ready.contact_id,
        attempt_id=ready.attempt_id,
        questionnaire=ready.questionnaire,
        channel="voice",
        turn=0,
        state=encode_state(state),
        opened_at=at,
    )
    heard = e.UtteranceHeard(at=at, utterance=Utterance(text="没有"), act="answer")
    with store.writing() as session:
        add_session(session, row)
        answered(session, ready.attempt_id, session_id=row.id, at=at)
    for number, name in enumerate((*FIELDS, None)):
        row.turn = number + 1
        with store.writing() as session:
            over = State(questionnaire=ready.questionnaire, channel="voice", outcome=None if name else "complete")
            replace_turn(session, row, over, at=at)
            append_events(session, row.id, turn=row.turn, events=[heard])
            if name is not None:
                records.captured(
                    session,
                    records.whose(session, ready.resident_id),
                    dictionary.by_key[name],
                    value="no",
                    shown="否",
                    provenance=records.Provenance(source="session", source_id=row.id, channel="voice"),
                    at=at,
                )
    with store.writing() as session:
        ended(session, ready.attempt_id, CallEnd(disposition=Disposition.ANSWERED, outcome="complete"), at=at)


def picture(sizes: Sequence[int], costs: Sequence[float]) -> str:
    """An SVG of cost over size, the sizes on a logarithmic scale."""
    width, height, left, bottom = 640, 320, 70, 50
    top = max(costs) * 1.3
    step = (width - left - 40) / max(1, len(sizes) - 1)
    points = [(left + number * step, height - bottom - cost / top * (height - 80)) for number, cost in enumerate(costs)]
    line = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    marks = "".join(
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="#1f6f54"/>'
        f'<text x="{x:.0f}" y="{y - 10:.0f}" text-anchor="middle">{cost:.1f}</text>'
        f'<text x="{x:.0f}" y="{height - 25}" text-anchor="middle">{size:,}</text>'
        for (x, y), size, cost in zip(points, sizes, costs, strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="13"><rect width="{width}" height="{height}" fill="#fff"/>'
        f'<text x="{left}" y="20">ms of processor time in the store per call, by contacts in the tables</text>'
        f'<path d="M{left} 30V{height - bottom}H{width - 20}" fill="none" stroke="#999"/>'
        f'<polyline points="{line}" fill="none" stroke="#1f6f54" stroke-width="2"/>{marks}</svg>\n'
    )


def main() -> None:
    """Measures every size and prints the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--picture", type=Path)
    asked = parser.parse_args()
    costs = [round(cost_ms(size, min(asked.calls, size - TOGETHER * 10)), 2) for size in asked.sizes]
    report = {"ms_per_call": dict(zip(asked.sizes, costs, strict=True)), "load": round(os.getloadavg()[0], 1)}
    if asked.picture:
        asked.picture.write_text(picture(asked.sizes, costs), encoding="utf-8")
    if asked.json:
        print(json.dumps(report, ensure_ascii=False))  # noqa: T201
        return
    for key, value in report.items():
        print(f"{key:24} {value}")  # noqa: T201


if __name__ == "__main__":
    main()
