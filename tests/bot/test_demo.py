"""The main job as `./linyin demo` does it, small."""

import asyncio
import json
import os
from pathlib import Path

import openpyxl
import pytest

from tests.workshop.commands import run_command

HOUSEHOLDS = 12
SECONDS = 400.0
KEYS = {
    "contacts", "dispositions", "dispositions_expected", "turns", "answers", "answers_scripted", "answers_right",
    "red_flags_raised", "red_flags_ticketed", "handovers", "handovers_accepted", "tickets", "workbook", "telephony",
    "recogniser", "audio_calls", "predicted", "actual", "seconds",
}  # fmt: skip
NAME, PHONE = "姓名", "电话"


@pytest.mark.rasa
@pytest.mark.asyncio(loop_scope="session")
async def test_the_demo_comes_to_what_the_far_ends_say_and_tells_no_names(workers, tmp_path: Path) -> None:
    settings = {
        "LINYIN_DATA": str(tmp_path),
        "LINYIN_DIALOGUE_ADDRESSES": ",".join(f"http://127.0.0.1:{port}" for port in workers.status()),
        "LINYIN_DIALOGUE_TOKEN": workers.token,
    }
    arguments = ("demo", "--headless", "--json", "--households", str(HOUSEHOLDS))
    done = await asyncio.to_thread(
        run_command, arguments, environment=os.environ | settings, given="", within_seconds=SECONDS
    )
    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    report = json.loads(line)
    assert set(report) == KEYS
    assert report["contacts"] > 0
    assert report["dispositions"] == report["dispositions_expected"]
    assert report["red_flags_raised"] == report["red_flags_ticketed"]
    assert report["handovers_accepted"] <= report["handovers"]
    assert report["answers_right"] >= 0.9 * report["answers_scripted"]  # of few; the whole demo is held to 0.95
    assert openpyxl.load_workbook(report["workbook"]).sheetnames
    told = done.stderr + "".join(
        file.read_text(encoding="utf-8", errors="replace") for file in tmp_path.rglob("*.log") if file.is_file()
    )
    secrets = people_of(tmp_path / "demo" / "住户名册.xlsx")
    assert len(secrets) > HOUSEHOLDS
    assert not [secret for secret in secrets if secret in told]


def people_of(book: Path) -> set[str]:
    """Every name and number in a household book."""
    found: set[str] = set()
    for sheet in openpyxl.load_workbook(book):
        columns: list[int] = []
        for row in sheet.iter_rows(values_only=True):
            headings = [
                index for index, cell in enumerate(row) if cell and any(word in str(cell) for word in (NAME, PHONE))
            ]
            if len(headings) >= 2:
                columns = headings
                continue
            found |= {str(row[index]).strip() for index in columns if row[index] and len(str(row[index]).strip()) > 1}
    return found
