"""The deploy folder names only what the program really has, and Kamailio takes its configuration."""

import re
import shutil
import subprocess

import pytest
import yaml

from bot.cli.serving import Role
from bot.settings import ROOT, Settings

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def test_every_setting_and_role_in_the_compose_file_exists() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8") + (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    known = {f"LINYIN_{name.upper()}" for name in Settings.model_fields} | {"LINYIN_PYTHON", "LINYIN_IMAGE"}
    assert set(re.findall(r"LINYIN_[A-Z_]*[A-Z]", text)) <= known
    roles = re.findall(r'--role"?,? "?([a-z]+)', text)
    assert len(roles) == 3
    assert set(roles) <= set(Role)


def test_the_dialogue_workers_listen_where_the_others_look_for_them() -> None:
    given = COMPOSE["services"]["dialogue"]["environment"]
    ports = [given["LINYIN_WORKER_PORT"] + number for number in range(given["LINYIN_WORKERS"])]
    addresses = COMPOSE["x-linyin"]["environment"]["LINYIN_DIALOGUE_ADDRESSES"]
    assert addresses == ",".join(f"http://dialogue:{port}" for port in ports)
    assert given["LINYIN_DIALOGUE_HOST"] == "0.0.0.0"


def test_no_password_lies_in_the_compose_file() -> None:
    for service in COMPOSE["services"].values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name or "TOKEN" in name:
                assert str(value).startswith("${")


def test_kamailio_takes_its_configuration(tmp_path) -> None:
    kamailio = shutil.which("kamailio")
    if kamailio is None:
        pytest.skip("Kamailio is not installed: apt-get install kamailio")
    command = [kamailio, "-c", "-f", DEPLOY / "kamailio" / "kamailio.cfg", "-Y", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = (DEPLOY / "kamailio" / "dispatcher.list").read_text(encoding="utf-8").splitlines()
    assert {line.split()[0] for line in lines if line[:1].isdigit()} == {"1", "2"}
