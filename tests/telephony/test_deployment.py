"""The Asterisk folder says what our side expects of it."""

import configparser
from pathlib import Path

import yaml

from integrations.telephony.asterisk.ari import AriAccount
from integrations.telephony.asterisk.dialer import AsteriskSettings

DEPLOY = Path(__file__).parents[2] / "deploy" / "asterisk"
APP = AriAccount(url="", username="", password="").app


def test_calls_from_the_trunk_reach_our_application_as_inbound_with_the_number_called() -> None:
    dialplan = (DEPLOY / "etc" / "extensions.conf").read_text()
    assert dialplan.count(f"Stasis({APP},inbound,") == 3
    assert f"Stasis({APP},inbound,${{EXTEN}})" in dialplan


def test_the_user_the_address_and_the_trunk_are_those_the_page_names() -> None:
    etc = DEPLOY / "etc"
    assert "[linyin]" in (etc / "ari.conf").read_text()
    assert "bindport = 8088" in (etc / "http.conf").read_text()
    trunk = AsteriskSettings(account=AriAccount(url="", username="", password="")).endpoint.rpartition("@")[2]
    assert f"[{trunk}]\ntype = endpoint" in (etc / "pjsip.conf").read_text()
    page = (DEPLOY.parents[1] / "docs" / "lines.md").read_text()
    assert "http://127.0.0.1:8088" in page
    assert "PJSIP/{number}@trunk" in page


def test_no_password_lies_in_the_folder_and_every_file_reads() -> None:
    for path in (DEPLOY / "etc").glob("*.conf"):
        text = "\n".join(line for line in path.read_text().splitlines() if not line.startswith("#include"))
        lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(";")]
        assert not [line for line in lines if line.startswith("password")], path
        if path.name not in {"extensions.conf", "pjsip.conf"}:
            configparser.ConfigParser(strict=False).read_string(text)
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert compose["services"]["asterisk"]["network_mode"] == "host"
