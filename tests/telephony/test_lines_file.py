"""The file of telephone lines: what may stand in it, and what a mistake is told."""

from pathlib import Path

import pytest

from integrations.telephony.lines_file import LinesFileInvalid, read_lines

GOOD = """\
listen:
  port: 5070
trunks:
  - name: 座机
    host: 192.168.1.50
    caller_number: "07161234567"
    channels: 2
  - name: 中继
    host: sip.example.com
    caller_number: "07161234500"
    username: linyin
    password: geheim
    registers: true
    accepts_from: [203.0.113.7]
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "lines.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_lines_are_read_as_they_are_written(tmp_path) -> None:
    found = read_lines(written(tmp_path, GOOD))
    assert [(each.name, each.channels, each.registers) for each in found.trunks] == [
        ("座机", 2, False),
        ("中继", 30, True),
    ]
    assert found.listen.port == 5070
    assert found.trunks[1].accepts_from == ("203.0.113.7",)


ASTERISK = """\
asterisk:
  url: http://127.0.0.1:8088
  username: linyin
  password: geheim
  caller_number: "07161234567"
"""


def test_the_lines_of_an_asterisk_stand_in_the_same_file(tmp_path) -> None:
    found = read_lines(written(tmp_path, ASTERISK))
    assert found.asterisk is not None
    assert found.asterisk.settings.account.url == "http://127.0.0.1:8088"
    assert found.asterisk.settings.endpoint == "PJSIP/{number}@trunk"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("http://127.0.0.1:8088", "127.0.0.1", 2, "http://"),
        ("password: geheim", "endpoint: PJSIP/trunk\n  password: geheim", 4, "{number}"),
        ("username", "user", 3, "不认识“user”"),
        ("asterisk:", "trunks: [{name: a, host: b, caller_number: '10000'}]\nasterisk:", 2, "只能用一样"),
    ],
)
def test_a_mistake_about_asterisk_is_told_too(tmp_path, old, new, line, says) -> None:
    with pytest.raises(LinesFileInvalid) as caught:
        read_lines(written(tmp_path, ASTERISK.replace(old, new)))
    assert caught.value.message.startswith(f"lines.yaml 第 {line} 行：")
    assert says in caught.value.message


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('"07161234567"', "07161234567", 6, "加引号"),  # YAML reads it as an octal number
        ("host: 192.168.1.50", "hosts: 192.168.1.50", 4, "缺少“host”"),
        ("channels: 2", "chanels: 2", 7, "不认识“chanels”"),
        ("channels: 2", "channels: 0", 7, "大于 0"),
        ("name: 中继", "name: 座机", 8, "都叫“座机”"),
        ("    password: geheim\n", "", 12, "username 和 password"),
        ("203.0.113.7", "203.0.113.700", 14, "不是 IPv4"),
        ("registers: true", "transport: ws", 13, "udp、tcp 或 tls"),
        ("registers: true", "srtp: true", 13, "transport 也要写成 tls"),
        ("port: 5070", "ports: 5070", 2, "不认识“ports”"),
        ("port: 5070", "media_ports: [20001, 20100]", 2, "偶数"),
        ("trunks:", "trunks: [", 4, "YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_write(tmp_path, old, new, line, says) -> None:
    with pytest.raises(LinesFileInvalid) as caught:
        read_lines(written(tmp_path, GOOD.replace(old, new)))
    assert caught.value.message.startswith(f"lines.yaml 第 {line} 行：")
    assert says in caught.value.message


def test_a_file_that_is_not_there_tells_where_to_look(tmp_path) -> None:
    with pytest.raises(LinesFileInvalid, match=r"docs/lines\.md"):
        read_lines(tmp_path / "lines.yaml")
