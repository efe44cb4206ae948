"""Debian's Chromium, as tests and pictures start it."""

from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK = {"width": 1366, "height": 900}
TELEPHONE = {"width": 390, "height": 844}
MISSING = "Chromium is not installed: apt-get install chromium"
