"""Fails on a known vulnerability that nobody has accepted: `python -m tests.workshop.vulnerabilities`.

Rasa's environment is old by Rasa's pins (docs/decisions/0002-rasa.md): its workers listen on 127.0.0.1 behind a token,
so what is found there is printed and does not fail.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
ACCEPTED = Path(__file__).parent / "accepted_vulnerabilities.yaml"


def main() -> int:
    """0 when the platform's packages have no vulnerability that was not accepted."""
    accepted = set(yaml.safe_load(ACCEPTED.read_text(encoding="utf-8")) or ())
    found = [line for line in _found(".venv") if line.split()[-1] not in accepted]
    for line in (*found, *(f"(对话引擎环境) {line}" for line in _found(".venv-rasa"))):
        print(line)  # noqa: T201
    return 1 if found else 0


def _found(environment: str) -> list[str]:
    (site,) = (ROOT / environment / "lib").glob("python3*/site-packages")
    command = [Path(sys.executable).parent / "pip-audit", "--path", site, "--format=json", "--progress-spinner=off"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    report: dict[str, Any] = json.loads(done.stdout or '{"dependencies": []}')
    packages = report["dependencies"]
    if all("skip_reason" in package for package in packages):
        print(f"{environment}: 软件源不提供漏洞信息，没有查成")  # noqa: T201
    return [
        f"{package['name']} {package['version']} {vulnerability['id']}"
        for package in packages
        for vulnerability in package.get("vulns", ())
    ]


if __name__ == "__main__":
    sys.exit(main())
