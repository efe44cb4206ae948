"""Fails when an installed package's licence does not fit a product that is given away.

`python -m tests.workshop.licences` looks at both environments. No GPL is loaded into our processes; LGPL and MPL stay
unmodified.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
ACCEPTED = Path(__file__).parent / "accepted_licences.yaml"
ENVIRONMENTS = (".venv", ".venv-rasa")


def main() -> int:
    """0 when every licence is accepted."""
    accepted = yaml.safe_load(ACCEPTED.read_text(encoding="utf-8"))
    fits = re.compile("|".join(accepted["fitting"]), re.IGNORECASE)
    unfit = re.compile("|".join(accepted["unfit"]), re.IGNORECASE)
    wrong = [
        f"{environment}: {package['Name']} {package['Version']}: {package['License']}"
        for environment in ENVIRONMENTS
        for package in _packages(ROOT / environment / "bin" / "python")
        if package["Name"].lower() not in accepted["packages"]
        and (unfit.search(package["License"]) or not fits.search(package["License"]))
    ]
    for line in wrong:
        print(line)  # noqa: T201
    return 1 if wrong else 0


def _packages(python: Path) -> list[dict[str, str]]:
    command = [Path(sys.executable).parent / "pip-licenses", f"--python={python}", "--format=json", "--from=mixed"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    sys.exit(main())
