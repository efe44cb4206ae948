"""Security headers on every answer, and a limit on what a request may carry. Pure ASGI, so that nothing is buffered."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Everything comes from this server: no inline script or style, no frame around the page, forms go nowhere else.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
ALWAYS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(self)",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class SecurityHeaders:
    """Adds the headers; pages are never kept by a cache, static files are."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
                if self._secure:
                    headers.setdefault("strict-transport-security", "max-age=31536000")
                kept = scope["path"].startswith("/static/")
                headers.setdefault("cache-control", "public, max-age=86400" if kept else "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BodyTooLarge(HTTPException):
    """More came, or was announced, than the limit."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(413, f"内容太大了（上限 {limit_bytes / 1_000_000:g} MB），请拆小后再试。")


class BodyLimit:
    """Lets nobody read more than the limit from a request; reading on raises BodyTooLarge."""

    def __init__(
        self, app: ASGIApp, *, limit_bytes: int, upload_limit_bytes: int, upload_paths: frozenset[str]
    ) -> None:
        self._app = app
        self._limit = limit_bytes
        self._upload_limit = upload_limit_bytes
        self._upload_paths = upload_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._upload_limit if scope["path"] in self._upload_paths else self._limit
        declared = Headers(scope=scope).get("content-length", "")
        announced = int(declared) if declared.isdecimal() else 0
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            if announced > limit:
                raise BodyTooLarge(limit)
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise BodyTooLarge(limit)
            return message

        await self._app(scope, receive_within_limit, send)
