"""A gateway of one's own: one JSON object a message."""

import json
from datetime import datetime

from integrations.channels.errors import MessageRefused
from integrations.channels.sms.http import Connection
from integrations.channels.sms.sender import ShortMessage


class HttpGateway:
    """POSTs {"key", "to", "text"} with a bearer token and the header Idempotency-Key; 2xx with {"id"} is taken.

    4xx is refused for good, 429 and 5xx are tried again.
    """

    def __init__(self, url: str, *, token: str = "") -> None:
        self._url = url
        self._token = token
        self._connection = Connection()

    async def send(self, message: ShortMessage, *, at: datetime) -> str:  # noqa: ARG002  the gateway has its own clock
        """The gateway's receipt. Raises MessageRefused, ChannelDown."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.key}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        body = json.dumps({"key": message.key, "to": message.to, "text": message.text}, ensure_ascii=False)
        answer = await self._connection.post(self._url, body=body.encode(), headers=headers)
        if "status" in answer:
            raise MessageRefused(str(answer["status"]))
        return str(answer.get("id", ""))

    async def close(self) -> None:
        """Lets go of connections."""
        await self._connection.close()
