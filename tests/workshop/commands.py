"""Runs commands of the program in processes of their own that need not import it first.

Importing takes two seconds of every `./linyin …`, and tests start dozens. Python's fork server imports once; each
command is a fork of it, with its own environment, standard streams and exit code.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.cli.app import main
from bot.settings import ROOT

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["bot.cli.app"])


def run_command(
    arguments: Sequence[str], *, environment: Mapping[str, str], given: str, within_seconds: float
) -> subprocess.CompletedProcess[str]:
    """What `./linyin ARGUMENTS…` came to. Raises subprocess.TimeoutExpired."""
    with tempfile.TemporaryDirectory(prefix="linyin-command-") as scratch:
        folder = Path(scratch)
        (folder / "in").write_text(given, encoding="utf-8")
        process = _FORKING.Process(target=_become, args=(list(arguments), dict(environment), scratch))
        process.start()
        process.join(within_seconds)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(arguments), within_seconds)
        code = process.exitcode
        process.close()
        out, err = ((folder / name).read_text(encoding="utf-8") for name in ("out", "err"))
    return subprocess.CompletedProcess(list(arguments), code, out, err)


def _become(arguments: list[str], environment: dict[str, str], scratch: str) -> None:
    """In the fork: from here on this process is the command."""
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for name, stream in (("in", sys.stdin), ("out", sys.stdout), ("err", sys.stderr)):
        descriptor = os.open(Path(scratch) / name, os.O_RDONLY if name == "in" else os.O_WRONLY | os.O_CREAT)
        os.dup2(descriptor, stream.fileno())
        os.close(descriptor)
    sys.argv = ["linyin", *arguments]
    main()
