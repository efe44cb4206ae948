"""A dialogue worker: `rasa run` with our channel on one port of this machine.

`python -m dialogs.rasa.worker MODEL PORT [INTERFACE]`; LINYIN_WORKER_TOKEN is what callers must show. Ends when its
parent ends.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

import skops.io  # noqa: F401, before Rasa: see dialogs.rasa.train
from rasa.__main__ import main as rasa

PROJECT = Path(__file__).parent / "project"
PR_SET_PDEATHSIG = 1  # prctl(2)
SANIC = {"SANIC_ACCESS_LOG": "false"}  # Sanic's setting: no line for each request, which nobody would log


def end_with_parent() -> None:
    """A worker never outlives the platform that started it, not even one that was killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == 1:
        sys.exit(0)


def main(model: str, port: str, interface: str = "127.0.0.1") -> None:
    """Runs until it is told to stop."""
    end_with_parent()
    os.environ.update(SANIC)
    sys.argv = [
        "rasa", "run", "--model", model, "--interface", interface, "--port", port, "--response-timeout", "10",
        "--credentials", str(PROJECT / "credentials.yml"), "--endpoints", str(PROJECT / "endpoints.yml"),
        "--logging-config-file", str(PROJECT / "logging.yml"),
    ]  # fmt: skip
    rasa()


if __name__ == "__main__":
    main(*sys.argv[1:])
