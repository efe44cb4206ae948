"""A small reorder buffer: puts packets that overtook each other back into order, and waits for none of them long."""

from dataclasses import dataclass

from integrations.telephony.rtp.packet import RtpPacket
from voice.media import MediaCounts

DEPTH = 3  # packets; 60 ms at 20 ms, what a late packet may cost the recogniser in delay
_RESTART_DISTANCE = 100  # a jump of two seconds is a new stream, not a loss


@dataclass(frozen=True, slots=True)
class Ordered:
    packet: RtpPacket
    lost_before: int


class ReorderBuffer:
    """In order, without duplicates; a gap is given up once DEPTH later packets are here."""

    def __init__(self, counts: MediaCounts) -> None:
        """`counts` is where losses, duplicates and overtakings are counted."""
        self._counts = counts
        self._next: int | None = None
        self._waiting: dict[int, RtpPacket] = {}

    def _restart(self) -> None:
        self._next = None
        self._waiting.clear()

    def push(self, packet: RtpPacket) -> list[Ordered]:
        """What can be played now, in order."""
        if self._next is None:
            self._next = packet.sequence
        ahead = (packet.sequence - self._next) & 0xFFFF
        if ahead == 0 and not self._waiting:  # the usual case
            self._next = (self._next + 1) & 0xFFFF
            return [Ordered(packet, 0)]
        if ahead >= 0x8000:
            behind = 0x10000 - ahead
            if behind > _RESTART_DISTANCE:
                self._restart()
                return self.push(packet)
            self._counts.duplicate += 1  # a duplicate, or so late that its gap was given up
            return []
        if ahead > _RESTART_DISTANCE:
            self._restart()
            return self.push(packet)
        if packet.sequence in self._waiting:
            self._counts.duplicate += 1
            return []
        if self._waiting and ahead == 0:
            self._counts.reordered += 1
        self._waiting[packet.sequence] = packet
        return self._drain()

    def _drain(self) -> list[Ordered]:
        assert self._next is not None
        ready: list[Ordered] = []
        lost = 0
        while self._waiting:
            packet = self._waiting.pop(self._next, None)
            if packet is not None:
                ready.append(Ordered(packet, lost))
                lost = 0
            elif len(self._waiting) >= DEPTH:
                lost += 1
                self._counts.lost += 1
            else:
                break
            self._next = (self._next + 1) & 0xFFFF
        return ready
