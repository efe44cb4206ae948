"""Telephone keys gathered into one turn of the resident."""

ONE_KEY_KINDS = frozenset({"yes_no", "choice", "callback", "text"})
KEY_GAP_SECONDS = 3.0  # after the last key of a number without #


class Keypad:
    """One key answers a question of `ONE_KEY_KINDS`; a number is over with # or after a pause."""

    def __init__(self) -> None:
        self._keys = ""
        self._quiet_seconds = 0.0

    def press(self, key: str, *, kind: str) -> str | None:
        """The keys of the turn if this one ends it; "" for a turn of nothing but #."""
        self._keys += key
        self._quiet_seconds = 0.0
        return self._taken() if kind in ONE_KEY_KINDS or key == "#" else None

    def wait(self, seconds: float) -> str | None:
        """The keys of the turn if so much more time ends it."""
        if not self._keys:
            return None
        self._quiet_seconds += seconds
        return self._taken() if self._quiet_seconds >= KEY_GAP_SECONDS else None

    def _taken(self) -> str:
        keys, self._keys = self._keys, ""
        return keys if keys.strip("#") else ""
