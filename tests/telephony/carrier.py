"""A carrier of our own making for what sipp cannot play: a registrar with digest, and calls in both directions."""

import asyncio
import hashlib
import re

from integrations.telephony.sip.dialer import SipDialer, SipSettings
from integrations.telephony.sip.message import build_response, parse
from voice.media import AudioReceived, CallEnded, MediaCall

REALM, NONCE = "carrier.test", "84a4cc6f3082121f32b42a2187831a9e"


class Carrier(SipDialer):
    """Registers whoever knows the password; `contact` and `source` are where the last one is reached."""

    def __init__(
        self, settings: SipSettings, *, password: str = "heiping", service_route: str = "", path: str = ""
    ) -> None:
        super().__init__(settings)
        self.password = password
        self.service_route = service_route
        self.path = path  # what an edge of the network put before us; only who supports it may register through it
        self.registrations: list[str] = []
        self.contact = ""
        self.source: tuple[str, int] | None = None
        self.answer_code = 0  # instead of registering
        self.keepalives = 0

    async def __aenter__(self) -> "Carrier":
        await super().__aenter__()
        self._shell.attach(self._take)
        return self

    def _take(self, datagram: bytes, source: tuple[str, int]) -> None:
        if datagram == b"\r\n\r\n":
            self.keepalives += 1
        if datagram.startswith(b"REGISTER"):
            self._shell.send(self._register(datagram, source), source)
        else:
            self.agent.receive(datagram, source)

    def _register(self, datagram: bytes, source: tuple[str, int]) -> bytes:
        request = parse(datagram)
        stamp = f"received={source[0]};rport={source[1]}"
        headers = [(name, value.replace("rport", stamp) if name == "Via" else value) for name, value in request.headers]
        if self.answer_code:
            return build_response(tuple(headers), self.answer_code, "No", to_tag="reg")
        given = request.first("Authorization")
        if given is None or not self._proves(given):
            challenge = f'Digest realm="{REALM}", nonce="{NONCE}", qop="auth", algorithm=MD5'
            return build_response(
                tuple(headers), 401, "Unauthorized", to_tag="reg", extra=(("WWW-Authenticate", challenge),)
            )
        if self.path and "path" not in (request.first("Supported") or ""):
            needed = (("Require", "path"),)
            return build_response(tuple(headers), 421, "Extension Required", to_tag="reg", extra=needed)
        self.registrations.append(request.first("Expires") or "")
        self.contact = request.first("Contact") or ""
        self.source = source
        extra = [("Contact", self.contact), ("Expires", request.first("Expires") or "0")]
        if self.service_route:
            extra.append(("Service-Route", self.service_route))
        if self.path:
            extra += [("Path", self.path), ("Require", "path")]
        return build_response(tuple(headers), 200, "OK", to_tag="reg", extra=tuple(extra))

    def _proves(self, header: str) -> bool:
        """RFC 7616 written out once more, apart from the code under test."""
        field = dict(re.findall(r'(\w+)="?([^",]+)"?', header))

        def md5(text: str) -> str:
            return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

        secret, target = md5(f"{field['username']}:{REALM}:{self.password}"), md5(f"REGISTER:{field['uri']}")
        middle = f"{NONCE}:{field['nc']}:{field['cnonce']}:auth"
        return field["response"] == md5(f"{secret}:{middle}:{target}")


async def echo(call: MediaCall) -> None:
    """Answer and say back whatever is heard."""
    await call.answer()
    async for event in call.events():
        if isinstance(event, AudioReceived):
            call.send(event.alaw)
        elif isinstance(event, CallEnded):
            return


async def join(call: MediaCall, other: MediaCall) -> None:
    """Each hears the other, as an exchange does it."""

    async def pass_on(one: MediaCall, two: MediaCall) -> None:
        async for event in one.events():
            if isinstance(event, AudioReceived):
                two.send(event.alaw)
            elif isinstance(event, CallEnded):
                await two.hang_up()

    await asyncio.gather(pass_on(call, other), pass_on(other, call))
