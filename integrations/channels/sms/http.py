"""One request to a provider, with its faults told apart: what may work later, and what never will."""

import json
from collections.abc import Mapping
from typing import Any

import aiohttp
from yarl import URL

from integrations.channels.errors import ChannelDown, MessageRefused

TIMEOUT_SECONDS = 10.0  # providers answer within one or two
_TOO_MANY = 429
_SERVER_FAULT = 500
_CLIENT_FAULT = 400


class Connection:
    """Posts to one provider; opened with the first request."""

    def __init__(self) -> None:
        self._http: aiohttp.ClientSession | None = None

    async def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """The JSON object of the answer. Raises ChannelDown, MessageRefused."""
        if self._http is None:
            self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS))
        try:
            # As it is: what was signed must not be written in another way on the wire.
            address = URL(url, encoded=True)
            async with self._http.post(address, data=body, headers=dict(headers)) as response:
                status, answer = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ChannelDown(type(error).__name__) from error
        if status == _TOO_MANY or status >= _SERVER_FAULT:
            raise ChannelDown(str(status))
        try:
            told = json.loads(answer)
        except ValueError:
            told = None
        if isinstance(told, dict):
            return told | ({"status": status} if status >= _CLIENT_FAULT else {})
        raise MessageRefused(str(status)) if status >= _CLIENT_FAULT else ChannelDown("not JSON")

    async def close(self) -> None:
        """Lets go of connections."""
        if self._http is not None:
            await self._http.close()
            self._http = None
