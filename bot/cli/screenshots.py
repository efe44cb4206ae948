"""./linyin screenshots: the README's pictures, from the running product."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.reporting import progress
from bot.settings import ROOT

PICTURES = ROOT / "docs" / "pictures"


def screenshots(
    to: Annotated[Path, typer.Option("--to", help="图片存到哪个文件夹。", metavar="文件夹")] = PICTURES,
) -> None:
    """运行一次演示，用浏览器打开控制台，把 README 里的图片重新截一遍。例：./linyin screenshots --to /tmp/图片

    要有 Debian 的 chromium；大约五分钟。
    """
    progress(f"正在运行演示并截图，存到 {to}（大约五分钟）…")
    command = [sys.executable, "-m", "tests.workshop.screenshots", "--to", str(to.absolute())]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False)
    if done.returncode != 0:
        raise typer.Exit(done.returncode)
