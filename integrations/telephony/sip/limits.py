"""Rates as arithmetic on time."""


class TokenBucket:
    """So many a second, with some saved up. The caller says what time it is, in seconds."""

    def __init__(self, *, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._tokens = burst
        self._at: float | None = None

    def _fill(self, now: float) -> None:
        if self._at is not None:
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_second)
        self._at = now

    def take(self, now: float) -> bool:
        self._fill(now)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def wait_seconds(self, now: float) -> float:
        """How long until `take` succeeds."""
        self._fill(now)
        return max(0.0, (1 - self._tokens) / self._per_second)
