"""Every provider of short messages, against a local server that checks what it is sent as the real one does."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from campaigns.message_text import MOST_CHARACTERS, short_message
from integrations.channels.errors import ChannelDown, MessageRefused
from integrations.channels.sms.aliyun import AliyunSms
from integrations.channels.sms.gateway import HttpGateway
from integrations.channels.sms.sender import ShortMessage, SmsSender
from integrations.channels.sms.tencent import TencentSms

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NUMBER, CODE = "0716-1234567", "385112"
MESSAGE = ShortMessage(
    key="sms:01",
    to="13912345678",
    text=short_message(community="育林社区", callback_number=NUMBER, code=CODE),
    parameters=(("number", NUMBER), ("code", CODE)),
)
KEY_ID, SECRET = "an-id", "a-secret"


@dataclass
class Provider:
    """A server that keeps what it took; `trouble` is what it does next."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    trouble: str = ""  # busy, down, refused, garbage


def expect(provider: Provider, what: str, found: object, wanted: object) -> None:
    if found != wanted:
        provider.wrong.append(f"{what}: {found!r} instead of {wanted!r}")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sign(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


async def gateway(request: web.Request, provider: Provider) -> web.Response:
    expect(provider, "token", request.headers["Authorization"], f"Bearer {SECRET}")
    body = await request.json()
    expect(provider, "key", request.headers["Idempotency-Key"], body["key"])
    if provider.trouble == "refused":
        return web.json_response({"error": "number"}, status=422)
    provider.taken.append({"to": body["to"], "key": body["key"], "text": body["text"]})
    return web.json_response({"id": "receipt-1"})


async def aliyun(request: web.Request, provider: Provider) -> web.Response:
    names = ["host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"]
    body = await request.read()
    lines = "".join(f"{name}:{request.headers[name]}\n" for name in names)
    canonical = "\n".join([request.method, "/", request.rel_url.raw_query_string, lines, ";".join(names), sha256(body)])
    signature = sign(SECRET.encode(), "ACS3-HMAC-SHA256\n" + sha256(canonical.encode())).hex()
    expect(
        provider,
        "signature",
        request.headers["Authorization"],
        f"ACS3-HMAC-SHA256 Credential={KEY_ID},SignedHeaders={';'.join(names)},Signature={signature}",
    )
    expect(provider, "date", request.headers["x-acs-date"], "2026-11-23T01:00:00Z")
    expect(provider, "sorted", list(request.query), sorted(request.query))
    expect(provider, "action", request.headers["x-acs-action"], "SendSms")
    if provider.trouble == "refused":
        return web.json_response({"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "…"})
    if provider.trouble == "busy":
        return web.json_response({"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "…"})
    query = request.query
    provider.taken.append(
        {
            "to": query["PhoneNumbers"],
            "key": query["OutId"],
            "text": "".join(json.loads(query["TemplateParam"]).values()),
        }
    )
    return web.json_response({"Code": "OK", "BizId": "receipt-1"})


async def tencent(request: web.Request, provider: Provider) -> web.Response:
    body, stamp = await request.read(), request.headers["X-TC-Timestamp"]
    expect(provider, "time", stamp, str(int(AT.timestamp())))
    lines = f"content-type:{request.headers['Content-Type']}\nhost:{request.headers['Host']}\nx-tc-action:sendsms\n"
    canonical = f"POST\n/\n\n{lines}\ncontent-type;host;x-tc-action\n{sha256(body)}"
    scope = "2026-11-23/sms/tc3_request"
    key = sign(sign(sign(f"TC3{SECRET}".encode(), "2026-11-23"), "sms"), "tc3_request")
    signature = sign(key, f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(canonical.encode())}").hex()
    expect(
        provider,
        "signature",
        request.headers["Authorization"],
        f"TC3-HMAC-SHA256 Credential={KEY_ID}/{scope}, SignedHeaders=content-type;host;x-tc-action, "
        f"Signature={signature}",
    )
    told = json.loads(body)
    if provider.trouble == "refused":
        return web.json_response({"Response": {"Error": {"Code": "FailedOperation.TemplateIncorrectOrUnapproved"}}})
    if provider.trouble == "busy":
        return web.json_response({"Response": {"SendStatusSet": [{"Code": "LimitExceeded.PhoneNumberDailyLimit"}]}})
    provider.taken.append(
        {"to": told["PhoneNumberSet"][0].removeprefix("+86"), "key": told["SessionContext"],
         "text": "".join(told["TemplateParamSet"])}
    )  # fmt: skip
    return web.json_response({"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "receipt-1"}]}})


SERVERS: dict[str, Callable[[web.Request, Provider], Awaitable[web.Response]]] = {
    "gateway": gateway,
    "aliyun": aliyun,
    "tencent": tencent,
}


def sender_of(name: str, url: str) -> SmsSender:
    if name == "gateway":
        return HttpGateway(url, token=SECRET)
    if name == "aliyun":
        return AliyunSms(
            key_id=KEY_ID, secret=SECRET, sign_name="育林社区", template="SMS_1", nonce=lambda: "once", endpoint=url
        )
    return TencentSms(
        secret_id=KEY_ID, secret_key=SECRET, app_id="1400", sign_name="育林社区", template="1", endpoint=url
    )


@asynccontextmanager
async def served(name: str) -> AsyncIterator[tuple[SmsSender, Provider]]:
    provider = Provider()

    async def handle(request: web.Request) -> web.Response:
        if provider.trouble == "down":
            return web.Response(status=503, text="…")
        if provider.trouble == "garbage":
            return web.Response(text="<html>")
        if provider.trouble == "busy" and name == "gateway":
            return web.Response(status=429)
        return await SERVERS[name](request, provider)

    app = web.Application()
    app.router.add_post("/", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    sender = sender_of(name, f"http://127.0.0.1:{port}")
    try:
        yield sender, provider
    finally:
        await sender.close()
        await runner.cleanup()
    assert provider.wrong == []


each_provider = pytest.mark.parametrize("name", SERVERS)


@each_provider
async def test_a_message_is_taken_with_its_key_and_nothing_else_of_anybody(name: str) -> None:
    async with served(name) as (sender, provider):
        assert await sender.send(MESSAGE, at=AT) == "receipt-1"
        [taken] = provider.taken
        assert (taken["to"], taken["key"]) == ("13912345678", "sms:01")
        assert NUMBER in taken["text"]
        assert CODE in taken["text"]


@each_provider
@pytest.mark.parametrize("trouble", ["down", "busy", "garbage"])
async def test_what_may_work_later_is_told_from_what_never_will(name: str, trouble: str) -> None:
    async with served(name) as (sender, provider):
        provider.trouble = trouble
        with pytest.raises(ChannelDown):
            await sender.send(MESSAGE, at=AT)
        provider.trouble = "refused"
        with pytest.raises(MessageRefused) as refused:
            await sender.send(MESSAGE, at=AT)
        assert MESSAGE.to not in refused.value.message
        provider.trouble = ""
        assert await sender.send(MESSAGE, at=AT) == "receipt-1"
        assert len(provider.taken) == 1


@each_provider
async def test_a_provider_that_is_not_there_is_tried_again(name: str) -> None:
    sender = sender_of(name, "http://127.0.0.1:9")
    with pytest.raises(ChannelDown):
        await sender.send(MESSAGE, at=AT)
    await sender.close()
    await sender.close()


def test_a_message_fits_into_one_and_names_nobody() -> None:
    assert len(MESSAGE.text) <= MOST_CHARACTERS
    assert "短码385112" in MESSAGE.text
    assert "网格员" in short_message(community="育林社区", callback_number="", code=CODE)
