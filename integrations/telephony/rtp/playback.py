"""What is still to be said on one call: A-law bytes in, frames of 20 ms out."""

from collections import deque

from voice.media import ALAW_SILENCE, FRAME_BYTES, SAMPLES_PER_SECOND


class Playback:
    """Whole prompts are queued as they are; nothing is copied until its 20 ms are due."""

    def __init__(self) -> None:
        self._parts: deque[bytes] = deque()
        self._offset = 0  # into the first part
        self._bytes = 0

    def __bool__(self) -> bool:
        return self._bytes > 0

    @property
    def seconds(self) -> float:
        return self._bytes / SAMPLES_PER_SECOND

    def push(self, alaw: bytes) -> None:
        if alaw:
            self._parts.append(bytes(alaw))
            self._bytes += len(alaw)

    def clear(self) -> float:
        """Forget everything; the seconds forgotten."""
        seconds = self.seconds
        self._parts.clear()
        self._offset = self._bytes = 0
        return seconds

    def next_frame(self) -> bytes:
        """The next 20 ms, filled up with silence at the end. Only when there is something."""
        part = self._parts[0]
        end = self._offset + FRAME_BYTES
        if end < len(part):
            frame = part[self._offset : end]
            self._offset = end
            self._bytes -= FRAME_BYTES
            return frame
        return self._frame_across_parts()

    def _frame_across_parts(self) -> bytes:
        frame = b""
        while self._parts and len(frame) < FRAME_BYTES:
            part = self._parts[0]
            piece = part[self._offset : self._offset + FRAME_BYTES - len(frame)]
            frame += piece
            self._offset += len(piece)
            if self._offset == len(part):
                self._parts.popleft()
                self._offset = 0
        self._bytes -= len(frame)
        return frame + ALAW_SILENCE[len(frame) :]
