"""The way of one call's sound inside Asterisk: a mixing bridge, and a media channel that leads to our server."""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from integrations.telephony.asterisk.ari import Ari
from integrations.telephony.asterisk.audiosocket import AudioSocketMedia, MediaSink
from integrations.telephony.rtp.pacer import Pacer
from integrations.telephony.rtp.playback import Playback
from voice.media import MediaCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What every call of one Asterisk shares."""

    ari: Ari
    pacer: Pacer
    audio_address: str  # "host:port" of our AudioSocket server, as Asterisk reaches it
    expected_media: dict[uuid.UUID, AudioSocketMedia]  # whose connection has not come yet
    on_over: Callable[..., None]
    spawn: Callable[..., None]  # runs a coroutine until it is done or the dialer closes


class CallSound:
    """Only what entered Stasis may join a bridge (else 422), so `attach` waits for the media channel's own start."""

    def __init__(self, exchange: Exchange, sink: MediaSink, *, key: uuid.UUID, channel: str) -> None:
        self.counts = MediaCounts()
        self.playback = Playback()
        self.guest_of: CallSound | None = None  # whose bridge our channel sits in, when it is not our own
        self._exchange = exchange
        self._sink = sink
        self._key = key
        self._channel = channel
        self._media: AudioSocketMedia | None = None
        self._media_key = key
        self._media_number = 0
        self._started: asyncio.Event | None = None
        self._bridge_made = False
        self._channel_in = False  # our own channel is in our own bridge
        self._closed = False

    @property
    def attached(self) -> bool:
        return self._media is not None

    @property
    def media_channel(self) -> str:
        suffix = f"-{self._media_number}" if self._media_number else ""
        return f"x-{self._key}{suffix}"

    @property
    def _bridge(self) -> str:
        return f"b-{self._key}"

    def started(self) -> None:
        if self._started is not None:
            self._started.set()

    async def attach(self) -> None:
        """Let the far end hear us, and us the far end. Raises LineError."""
        if self._media is not None or self._closed:
            return
        media = self._media = AudioSocketMedia(self._sink, self.counts, self.playback)
        started = self._started = asyncio.Event()
        self._media_key = uuid.uuid4() if self._media_number else self._key
        self._exchange.expected_media[self._media_key] = media
        await self._make_bridge()
        ari = self._exchange.ari
        await ari.request(
            "POST",
            "channels/externalMedia",
            app=ari.app,
            external_host=self._exchange.audio_address,
            format="slin",
            encapsulation="audiosocket",
            transport="tcp",
            data=str(self._media_key),
            channelId=self.media_channel,
        )
        await started.wait()
        if media.closing:
            return
        channels = self.media_channel if self._channel_in else f"{self._channel},{self.media_channel}"
        self._channel_in = True
        await ari.request("POST", f"bridges/{self._bridge}/addChannel", channel=channels)
        if self._media is media:
            self._exchange.pacer.add(media)

    async def detach(self) -> None:
        """Take our sound out of the bridge, before a person takes the call."""
        self.playback.clear()
        if self._media is not None:
            await self._remove(self.media_channel)
            await self._drop_media()

    async def take_in(self, guest: "CallSound") -> None:
        """The other call's channel joins our bridge."""
        if guest._channel_in:
            guest._channel_in = False
            await guest._remove(guest._channel)
        await self._make_bridge()
        channels = guest._channel if self._channel_in else f"{self._channel},{guest._channel}"
        self._channel_in = True
        guest.guest_of = self
        await self._exchange.ari.request("POST", f"bridges/{self._bridge}/addChannel", channel=channels)

    async def let_out(self, guest: "CallSound") -> None:
        guest.guest_of = None
        await self._remove(guest._channel)

    async def close(self) -> None:
        """Take down what is left in Asterisk."""
        self._closed = True
        await self._drop_media()
        if self._bridge_made:
            await self._exchange.ari.remove(f"bridges/{self._bridge}")

    async def _make_bridge(self) -> None:
        if not self._bridge_made:
            self._bridge_made = True
            await self._exchange.ari.request("POST", "bridges", type="mixing", bridgeId=self._bridge)

    async def _remove(self, channel: str) -> None:
        await self._exchange.ari.request("POST", f"bridges/{self._bridge}/removeChannel", channel=channel)

    async def _drop_media(self) -> None:
        media, self._media = self._media, None
        if media is None:
            return
        media.closing = True
        self.started()  # nobody waits for it any more
        self._exchange.pacer.remove(media)
        self._exchange.expected_media.pop(self._media_key, None)
        await self._exchange.ari.remove(f"channels/{self.media_channel}")
        media.close()
        self._media_number += 1
