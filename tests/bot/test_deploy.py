"""The deploy folder names only what the program really has, and Kamailio takes its configuration.

Docker is not needed: what `docker compose config` would find missing is looked up here.
"""

import os
import re
import shutil
import subprocess

import pytest
import yaml

from bot.cli.app import command_line
from bot.cli.serving import Role
from bot.settings import ROOT, Settings

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
ASTERISK = yaml.safe_load((DEPLOY / "asterisk" / "compose.yaml").read_text(encoding="utf-8"))
SERVICE_KEYS = {  # of the Compose specification, those that we use
    "image", "restart", "environment", "volumes", "depends_on", "command", "healthcheck", "ports", "entrypoint",
    "stop_grace_period", "profiles", "extends", "network_mode", "cap_add",
}  # fmt: skip
OWN = "${LINYIN_IMAGE:-linyin}"


def image_of(service: dict) -> str:
    """As docker would name it where no setting says otherwise."""
    if "extends" in service:
        return str(ASTERISK["services"][service["extends"]["service"]]["image"])
    return re.sub(r"\$\{[A-Z_]+:-(.+)\}", r"\1", service["image"])


@pytest.mark.parametrize("compose", [COMPOSE, ASTERISK], ids=["compose.yaml", "asterisk/compose.yaml"])
def test_services_say_only_what_compose_understands(compose: dict) -> None:
    assert compose.keys() - {"x-linyin"} <= {"name", "services", "volumes"}
    for service in compose["services"].values():
        assert service.keys() <= SERVICE_KEYS
        assert isinstance(service.get("environment", {}), dict)


def test_whatever_a_service_points_at_is_there() -> None:
    for name, service in COMPOSE["services"].items():
        assert set(service.get("depends_on", {})) <= COMPOSE["services"].keys(), name
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] != "service_healthy" or "healthcheck" in COMPOSE["services"][needed]
        for source, target, *_ in (mount.split(":") for mount in service.get("volumes", ())):
            assert (DEPLOY / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], name
            assert target.startswith("/")
        if "extends" in service:
            assert (DEPLOY / service["extends"]["file"]).is_file()
            assert service["extends"]["service"] in ASTERISK["services"]
    assert (DEPLOY / "asterisk" / "etc").is_dir()


def test_every_image_of_others_is_pinned_to_a_version() -> None:
    foreign = [image_of(each) for each in COMPOSE["services"].values() if each.get("image") != OWN]
    foreign += re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(foreign) == 4
    for image in foreign:
        # There is no official image of Asterisk: whoever starts it names one.
        assert image.startswith("${ASTERISK_IMAGE:?") or re.search(r":[0-9]", image), image


def test_what_containers_and_the_unit_run_is_the_program() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    run = re.search(r'ENTRYPOINT \["/opt/linyin/([^"]+)", "-P", "-m", "([a-z]+)"\]', dockerfile)
    assert run is not None
    assert run[1] == ".venv/bin/python"
    assert (ROOT / run[2] / "__main__.py").is_file()
    copied = re.search(r"RUN .*\./(\w+) (\w+) --help", dockerfile)
    assert copied is not None
    unit = (DEPLOY / "linyin.service").read_text(encoding="utf-8")
    started = re.search(r"^ExecStart=/opt/linyin/(\w+) (\w+)$", unit, re.MULTILINE)
    assert started is not None
    commands = {command.name for command in command_line().registered_commands}
    assert started[1] == copied[1] == "linyin"
    assert os.access(ROOT / "linyin", os.X_OK)
    assert {started[2], copied[2], "serve"} <= commands
    ours = [each for each in COMPOSE["services"].values() if each.get("image") == OWN]
    assert len(ours) == 3
    for service in ours:
        words = service.get("command") or service["entrypoint"][-1].split(" -m bot ")[1].split()
        assert words[:2] == ["serve", "--role"]


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
