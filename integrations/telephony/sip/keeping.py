"""Looking after one trunk: its connection where it has one, its registration, its health."""

import ssl
from collections.abc import Callable

from integrations.telephony.sip.connection import TrunkConnection
from integrations.telephony.sip.health import Health
from integrations.telephony.sip.registration import Registration
from integrations.telephony.sip.session import SessionWire
from integrations.telephony.sip.transactions import Endpoint
from integrations.telephony.sip.trunk import TrunkState
from voice.media import LineError


class TrunkKeeper:
    """`on_change` is called whenever something about the trunk may have changed."""

    def __init__(
        self,
        wire: SessionWire,
        state: TrunkState,
        *,
        receive: Callable[[bytes, Endpoint], None],
        on_change: Callable[[], None],
    ) -> None:
        self.state = state
        self.connection: TrunkConnection | None = None
        self._receive = receive
        self._on_change = on_change
        self._registration = Registration(wire, state, on_change) if state.trunk.registers else None
        self._health = Health(wire, state, on_change)
        self._begun = False

    def start(self) -> None:
        """Begin; over TCP or TLS once the first connection stands. Raises LineError for a bad authority file."""
        trunk = self.state.trunk
        if trunk.transport == "udp":
            self._begin()
            return
        self.state.reachable = False
        self.connection = TrunkConnection(
            self.state.endpoint,
            tls=self._tls_context() if trunk.transport == "tls" else None,
            server_name=trunk.realm,
            receive=self._receive,
            on_open=self._opened,
            on_lost=self._lost,
        )

    def _tls_context(self) -> ssl.SSLContext:
        authority = self.state.trunk.tls_authority
        try:
            return ssl.create_default_context(cafile=authority or None)
        except OSError as error:
            message = f"线路“{self.state.trunk.name}”的证书文件 {authority} 读不出来，请检查路径和格式（PEM）。"
            raise LineError("line.bad-authority", message) from error

    def stop(self) -> None:
        """Ask no more, and unregister; the connection stays for what is still under way."""
        self._health.close()
        if self._registration is not None:
            self._registration.close()

    async def close(self) -> None:
        if self.connection is not None:
            await self.connection.close()

    def _begin(self) -> None:
        if self._registration is not None:
            self._registration.start()
        if not self._begun:
            self._begun = True
            self._health.start()

    def _opened(self, local: Endpoint) -> None:
        self.state.local, self.state.reachable = local, None
        self._begin()  # a registration belongs to its connection: each one registers anew
        self._on_change()

    def _lost(self) -> None:
        self.state.reachable = self.state.registered = False
        self._on_change()
