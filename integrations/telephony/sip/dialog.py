"""A SIP dialog: the names, numbers and route that every request inside a call carries (RFC 3261, section 12)."""

import ipaddress
from dataclasses import dataclass

from integrations.telephony.sip.fields import DEFAULT_PORT, Uri, parse_address
from integrations.telephony.sip.message import Headers, Message, Request, Response, build_request
from integrations.telephony.sip.transactions import Endpoint

MAX_FORWARDS = ("Max-Forwards", "70")


@dataclass(slots=True, kw_only=True)
class Dialog:
    """State shared with one far end; `local` and `remote` are whole From/To values with their tags."""

    call_id: str
    local: str
    remote: str
    remote_tag: str
    target: Uri
    routes: tuple[str, ...]
    peer: Endpoint  # where the far end's messages come from
    cseq: int  # of our last request
    pinned: bool  # everything goes over the connection to the peer, whatever Contact and routes say
    remote_cseq: int = -1

    def request(
        self, method: str, *, via: str, extra: Headers = (), body: bytes = b"", cseq: int | None = None
    ) -> Request:
        """The next request inside this dialog; ACK repeats the INVITE's number, passed as `cseq`."""
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        headers: list[tuple[str, str]] = [("Via", via), MAX_FORWARDS]
        headers += [("Route", route) for route in self.routes]
        headers += [("From", self.local), ("To", self.remote), ("Call-ID", self.call_id), ("CSeq", f"{cseq} {method}")]
        return build_request(method, self.target.raw, (*headers, *extra), body)

    @property
    def destination(self) -> Endpoint:
        """Where the next request goes: the first route, else the far end's Contact, unless that cannot be reached."""
        if self.pinned:
            return self.peer
        uri = parse_address(self.routes[0]).uri if self.routes else self.target
        return reachable(uri, self.peer)

    def refresh_target(self, message: Message) -> None:
        """A re-INVITE or its answer may move the far end (RFC 3261, 12.2)."""
        uri = contact_of(message)
        if uri is not None:
            self.target = uri


def contact_of(message: Message) -> Uri | None:
    values = message.every("Contact")
    uri = parse_address(values[0]).uri if values and values[0] != "*" else None
    return uri if uri is not None and uri.host else None


def reachable(uri: Uri, peer: Endpoint) -> Endpoint:
    """The address of a URI, or the one we hear the far end from when the URI names a host we cannot reach.

    Contact headers written behind a router hold private addresses; names would need a resolver in mid-call.
    """
    try:
        address = ipaddress.IPv4Address(uri.host)
    except ValueError:
        return peer
    if address.is_private and not address.is_loopback and not ipaddress.IPv4Address(peer[0]).is_private:
        return peer
    return uri.host, uri.port or DEFAULT_PORT


def dialog_from_response(invite: Request, response: Response, peer: Endpoint) -> Dialog:
    """The dialog a 2xx to our INVITE makes. Raises MalformedMessageError for an unreadable Contact or route."""
    routes = response.every("Record-Route")
    for route in routes:
        parse_address(route)
    return Dialog(
        call_id=invite.call_id,
        local=invite.first("From") or "",
        remote=response.first("To") or "",
        remote_tag=response.recipient.tag,
        target=contact_of(response) or invite.recipient.uri,
        routes=tuple(reversed(routes)),
        peer=peer,
        cseq=invite.cseq,
        pinned=invite.via.transport != "UDP",
    )


def dialog_from_invite(invite: Request, local_tag: str, peer: Endpoint) -> Dialog:
    """The dialog our 2xx to an INVITE makes. Raises MalformedMessageError as above."""
    routes = invite.every("Record-Route")
    for route in routes:
        parse_address(route)
    return Dialog(
        call_id=invite.call_id,
        local=f"{invite.first('To')};tag={local_tag}",
        remote=invite.first("From") or "",
        remote_tag=invite.sender.tag,
        target=contact_of(invite) or invite.sender.uri,
        routes=routes,
        peer=peer,
        cseq=0,
        pinned=invite.via.transport != "UDP",
        remote_cseq=invite.cseq,
    )
