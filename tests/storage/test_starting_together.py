"""Parts of the program that start at the same moment on a new database agree on one key and one set of tables."""

import subprocess
import sys

import pytest
from sqlalchemy import create_engine, text

from bot.settings import ROOT

START = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from bot.installation import opened
from bot.settings import Settings
settings = Settings(data=Path(sys.argv[1]), database_url=sys.argv[2])
with opened(settings, at=datetime.now(UTC)) as store:
    print(store.keys.blind_index("name", "陈"))
"""


@pytest.mark.parametrize("store_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_two_that_start_together_have_one_key_and_one_database(store_url, tmp_path) -> None:
    together = [
        subprocess.Popen([sys.executable, "-c", START, str(tmp_path), store_url], cwd=ROOT, stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    indexes = {process.communicate(timeout=300)[0] for process in together}
    assert [process.returncode for process in together] == [0, 0, 0]
    assert len(indexes) == 1
    engine = create_engine(store_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM key_checks")).scalar() == 1
    engine.dispose()
