"""Alibaba Cloud's short messages: Dysmsapi 2017-05-25, SendSms, signed with ACS3-HMAC-SHA256.

Source: https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from integrations.channels.errors import ChannelDown, MessageRefused
from integrations.channels.sms.http import Connection
from integrations.channels.sms.sender import ShortMessage

ENDPOINT = "https://dysmsapi.aliyuncs.com"
ALGORITHM = "ACS3-HMAC-SHA256"
ACTION, VERSION = "SendSms", "2017-05-25"
# Limits of how much may be sent now; what else is not OK stays so.
_LATER = ("isv.BUSINESS_LIMIT_CONTROL", "isp.SYSTEM_ERROR", "Throttling", "ServiceUnavailable", "isp.RAM")


class AliyunSms:
    """Sends through a template whose parameters are named as the message's. `nonce` makes a new string each time."""

    def __init__(
        self,
        *,
        key_id: str,
        secret: str,
        sign_name: str,
        template: str,
        nonce: Callable[[], str],
        endpoint: str = ENDPOINT,
    ) -> None:
        self._key_id = key_id
        self._secret = secret
        self._sign_name = sign_name
        self._template = template
        self._nonce = nonce
        self._endpoint = endpoint
        self._connection = Connection()

    async def send(self, message: ShortMessage, *, at: datetime) -> str:
        """The provider's BizId. Raises MessageRefused, ChannelDown."""
        query = canonical_query(
            {
                "PhoneNumbers": message.to,
                "SignName": self._sign_name,
                "TemplateCode": message.template or self._template,
                "TemplateParam": json.dumps(dict(message.parameters), ensure_ascii=False),
                "OutId": message.key,
            }
        )
        headers = signed_headers(
            host=urlsplit(self._endpoint).netloc,
            query=query,
            key_id=self._key_id,
            secret=self._secret,
            nonce=self._nonce(),
            at=at,
        )
        answer = await self._connection.post(f"{self._endpoint}/?{query}", body=b"", headers=headers)
        return _receipt(answer)

    async def close(self) -> None:
        """Lets go of connections."""
        await self._connection.close()


def canonical_query(parameters: dict[str, str]) -> str:
    """Sorted by name, percent-encoded as RFC 3986 has it."""
    pairs = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in parameters.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


def signed_headers(*, host: str, query: str, key_id: str, secret: str, nonce: str, at: datetime) -> dict[str, str]:
    """The headers of a request without a body, with its Authorization."""
    empty = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": host,
        "x-acs-action": ACTION,
        "x-acs-content-sha256": empty,
        "x-acs-date": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": nonce,
        "x-acs-version": VERSION,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = f"POST\n/\n{query}\n{lines}\n{names}\n{empty}"
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return headers | {"Authorization": f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"}


def _receipt(answer: dict[str, Any]) -> str:
    code = str(answer.get("Code", answer.get("status", "")))
    if code == "OK":
        return str(answer.get("BizId", ""))
    if code.startswith(_LATER):
        raise ChannelDown(code)
    raise MessageRefused(code)
