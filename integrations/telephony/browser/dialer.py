"""Takes calls from pages: `voice.media.Dialer` that is called and cannot call."""

import asyncio
from collections.abc import Callable

from integrations.telephony.browser.call import BrowserCall
from integrations.telephony.rtp.pacer import Pacer
from voice.media import CallState, DialOrder, LineError, NoLineFree, Side

MOST_CALLS = 20  # pages at once; each needs a recogniser's time, and telephones come first


class BrowserDialer:
    """An async context manager; see voice.media.Dialer for what holds."""

    def __init__(self) -> None:
        self._pacer = Pacer()
        self._calls: set[BrowserCall] = set()
        self._inbound: asyncio.Queue[BrowserCall] = asyncio.Queue()

    async def __aenter__(self) -> "BrowserDialer":
        return self

    async def __aexit__(self, *unused: object) -> None:
        """Harmless when repeated."""
        for call in tuple(self._calls):
            call.end(by=Side.NEAR)

    @property
    def open_calls(self) -> int:
        return len(self._calls)

    def ring(self, call_id: str, reference: str, hear: Callable[[bytes], None]) -> BrowserCall:
        """A page calls; `accept` gives the call. Raises NoLineFree."""
        if len(self._calls) >= MOST_CALLS:
            raise NoLineFree("现在试用电话的人太多，请过几分钟再试。", retry_after_seconds=60.0)
        call = BrowserCall(self._pacer, call_id=call_id, reference=reference, hear=hear, on_over=self._calls.discard)
        self._calls.add(call)
        self._inbound.put_nowait(call)
        return call

    async def dial(self, order: DialOrder) -> BrowserCall:
        """Raises LineError: nobody can be called in a browser."""
        raise LineError("line.browser", f"浏览器电话只能打进来，不能拨给 {len(order.number)} 位的号码。")

    async def accept(self) -> BrowserCall:
        while True:
            call = await self._inbound.get()
            if call.state is not CallState.ENDED:
                return call
