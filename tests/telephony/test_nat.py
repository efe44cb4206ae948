"""A line behind a home router, in network namespaces of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def permitted() -> str:
    """Why the namespaces cannot be made here, or ""."""
    if not Path("/dev/net/tun").exists():
        return "/dev/net/tun does not exist here"
    try:
        made = subprocess.run(
            ["unshare", "-Urn", "ip", "tuntap", "add", "mode", "tun", "name", "probe0"],
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        return "unshare or ip is not installed"
    return "" if made.returncode == 0 else f"namespaces or TUN devices are not permitted: {made.stderr.decode()[:100]}"


def test_a_line_behind_a_home_router_registers_is_reached_and_heard() -> None:
    reason = permitted()
    if reason:
        pytest.skip(reason)
    done = subprocess.run(
        ["unshare", "-Urn", sys.executable, "-m", "tests.telephony.nat_world", "0.5"],
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    told = json.loads(done.stdout or json.dumps({"error": done.stderr.decode()[-2_000:]}))
    assert "error" not in told, told
    assert told["advertised"][0] == "198.51.100.7"
    assert told["advertised"] == told["seen_from"]
    assert f"@198.51.100.7:{told['advertised'][1]}" in told["contact"]
    assert told["failed"] == []
    assert told["steps"][-1] == "number"
    assert told["heard"] >= 25
    assert told["keepalives"] >= 4
