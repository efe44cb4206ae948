"""Tencent Cloud's short messages: sms 2021-01-11, SendSms, signed with TC3-HMAC-SHA256.

Source: https://cloud.tencent.com/document/api/382/52071 (request signature v3), 382/55981 (SendSms)
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from integrations.channels.errors import ChannelDown, MessageRefused
from integrations.channels.sms.http import Connection
from integrations.channels.sms.sender import ShortMessage

ENDPOINT = "https://sms.tencentcloudapi.com"
ALGORITHM, SERVICE = "TC3-HMAC-SHA256", "sms"
ACTION, VERSION, REGION = "SendSms", "2021-01-11", "ap-guangzhou"
CONTENT_TYPE = "application/json; charset=utf-8"
# Limits of how much may be sent now, and faults of the provider; what else is not Ok stays so.
_LATER = ("LimitExceeded", "RequestLimitExceeded", "InternalError", "ResourceUnavailable", "FailedOperation.RateLimit")


class TencentSms:
    """Sends through a template whose places {1}, {2} … are filled in the order of the message's parameters."""

    def __init__(
        self, *, secret_id: str, secret_key: str, app_id: str, sign_name: str, template: str, endpoint: str = ENDPOINT
    ) -> None:
        self._secret_id = secret_id
        self._secret_key = secret_key
        self._app_id = app_id
        self._sign_name = sign_name
        self._template = template
        self._endpoint = endpoint
        self._connection = Connection()

    async def send(self, message: ShortMessage, *, at: datetime) -> str:
        """The provider's SerialNo. Raises MessageRefused, ChannelDown."""
        body = json.dumps(
            {
                "PhoneNumberSet": [f"+86{message.to}"],
                "SmsSdkAppId": self._app_id,
                "SignName": self._sign_name,
                "TemplateId": message.template or self._template,
                "TemplateParamSet": [value for _, value in message.parameters],
                "SessionContext": message.key,
            },
            ensure_ascii=False,
        ).encode()
        host = urlsplit(self._endpoint).netloc
        headers = signed_headers(host=host, body=body, secret_id=self._secret_id, secret_key=self._secret_key, at=at)
        return _receipt(await self._connection.post(self._endpoint, body=body, headers=headers))

    async def close(self) -> None:
        """Lets go of connections."""
        await self._connection.close()


def signed_headers(*, host: str, body: bytes, secret_id: str, secret_key: str, at: datetime) -> dict[str, str]:
    """The headers of a request with this body, with its Authorization."""
    utc = at.astimezone(UTC)
    stamp, day = str(int(utc.timestamp())), f"{utc:%Y-%m-%d}"
    names = "content-type;host;x-tc-action"
    lines = f"content-type:{CONTENT_TYPE}\nhost:{host}\nx-tc-action:{ACTION.lower()}\n"
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{day}/{SERVICE}/tc3_request"
    to_sign = f"{ALGORITHM}\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"TC3{secret_key}".encode()
    for part in (day, SERVICE, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": CONTENT_TYPE,
        "Host": host,
        "X-TC-Action": ACTION,
        "X-TC-Version": VERSION,
        "X-TC-Region": REGION,
        "X-TC-Timestamp": stamp,
        "Authorization": f"{ALGORITHM} Credential={secret_id}/{scope}, SignedHeaders={names}, Signature={signature}",
    }


def _receipt(answer: dict[str, Any]) -> str:
    told = answer.get("Response", {})
    error = told.get("Error")
    statuses = told.get("SendStatusSet") or [{}]
    code = str(error["Code"] if error else statuses[0].get("Code", answer.get("status", "")))
    if code == "Ok":
        return str(statuses[0].get("SerialNo", ""))
    if code.startswith(_LATER):
        raise ChannelDown(code)
    raise MessageRefused(code)
