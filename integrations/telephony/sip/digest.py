"""Digest authentication of our requests (RFC 3261 section 22, RFC 7616, RFC 8760): MD5 and SHA-256."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from integrations.telephony.sip.fields import Params, parse_params, split_outside_quotes
from integrations.telephony.sip.message import Headers, Response

_HASHES: dict[str, Callable[[bytes], "hashlib._Hash"]] = {
    "sha-256": hashlib.sha256,
    "md5": lambda data: hashlib.md5(data, usedforsecurity=False),
}
_STRENGTH = ("sha-256", "sha-256-sess", "md5", "md5-sess")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    username: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials(username={self.username!r})"


def is_stale(response: Response) -> bool:
    """Whether the password was right and only the nonce too old."""
    challenges = (params for _, params in _challenges(response))
    return any((params.get("stale") or "").lower() == "true" for params in challenges)


def authorisation(
    response: Response, credentials: Credentials, *, method: str, uri: str, client_nonce: str
) -> Headers | None:
    """The header answering the strongest challenge of a 401 or 407 we can meet, or None when there is none."""
    best: tuple[int, str, Params] | None = None
    for header, params in _challenges(response):
        algorithm = (params.get("algorithm") or "MD5").lower()
        offered = {option.strip().lower() for option in (params.get("qop") or "").split(",") if option.strip()}
        if algorithm not in _STRENGTH or not params.get("nonce") or (offered and "auth" not in offered):
            continue
        rank = _STRENGTH.index(algorithm)
        if best is None or rank < best[0]:
            best = (rank, header, params)
    if best is None:
        return None
    _, header, params = best
    name = "Authorization" if header == "WWW-Authenticate" else "Proxy-Authorization"
    return ((name, _answer(params, credentials, method=method, uri=uri, client_nonce=client_nonce)),)


def _challenges(response: Response) -> list[tuple[str, Params]]:
    found = []
    for name, value in response.headers:
        if name in {"WWW-Authenticate", "Proxy-Authenticate"}:
            scheme, _, rest = value.strip().partition(" ")
            if scheme.lower() == "digest":
                found.append((name, parse_params(split_outside_quotes(rest, ","))))
    return found


def _answer(params: Params, credentials: Credentials, *, method: str, uri: str, client_nonce: str) -> str:
    algorithm = (params.get("algorithm") or "MD5").lower()
    digest = _HASHES[algorithm.removesuffix("-sess")]

    def hexed(text: str) -> str:
        return digest(text.encode()).hexdigest()

    realm, nonce = params.get("realm") or "", params.get("nonce") or ""
    secret = hexed(f"{credentials.username}:{realm}:{credentials.password}")
    if algorithm.endswith("-sess"):
        secret = hexed(f"{secret}:{nonce}:{client_nonce}")
    target = hexed(f"{method}:{uri}")
    fields = [
        f'username="{credentials.username}"',
        f'realm="{realm}"',
        f'nonce="{nonce}"',
        f'uri="{uri}"',
        f"algorithm={params.get('algorithm') or 'MD5'}",
    ]
    if params.get("qop"):
        reply = hexed(f"{secret}:{nonce}:00000001:{client_nonce}:auth:{target}")
        fields += ["qop=auth", "nc=00000001", f'cnonce="{client_nonce}"']
    else:
        reply = hexed(f"{secret}:{nonce}:{target}")
    fields.append(f'response="{reply}"')
    if params.get("opaque") is not None:
        fields.append(f'opaque="{params["opaque"]}"')
    return "Digest " + ", ".join(fields)
