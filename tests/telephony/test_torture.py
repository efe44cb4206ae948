"""RFC 4475: messages written to break what reads them."""

from pathlib import Path

import pytest
import yaml

from integrations.telephony.sip.agent import UserAgent
from integrations.telephony.sip.message import Response, parse
from integrations.telephony.sip.path import Path as SipPath
from integrations.telephony.sip.timers import Schedule

FAR = ("192.0.2.9", 5060)
MESSAGES = yaml.safe_load((Path(__file__).parent / "torture.yaml").read_text())


class Open:
    """A gate that lets everybody in."""

    def path_for(self, source) -> SipPath:
        return SipPath(trunk="test", destination=source, advertised=("198.51.100.1", 5060), user="linyin")

    def knows(self, source) -> bool:
        return True

    def room_for_call(self, path) -> None:
        return None

    def incoming(self, call) -> None:
        call.listener = None


def as_datagram(text: str) -> bytes:
    """CRLF line ends, an empty line after the headers, and single bytes where \\xNN is written."""
    head, _, body = text.partition("\n\n")
    joined = head.rstrip("\n").replace("\n", "\r\n") + "\r\n\r\n" + body.replace("\n", "\r\n")
    raw = joined.encode()
    for code in (1, 7, 127):
        raw = raw.replace(f"\\x{code:02x}".encode(), bytes([code]))
    return raw


@pytest.mark.parametrize("case", MESSAGES, ids=lambda case: case["name"].partition(",")[0])
def test_torture(case) -> None:
    answers: list[bytes] = []
    agent = UserAgent(
        schedule=Schedule(lambda: 0.0), send=lambda sent, _: answers.append(sent), token=lambda: "word", gate=Open()
    )
    datagram = as_datagram(case["message"])
    agent.receive(datagram, FAR)
    expected = case["expect"]
    if expected == "dropped":
        assert answers == []
        assert agent.counts["malformed"] == 1
    elif expected == "parsed":
        assert isinstance(parse(datagram), Response)
        assert answers == []
    else:
        assert [int(answer.split(b" ")[1]) for answer in answers] == [expected]
