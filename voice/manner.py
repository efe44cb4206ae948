"""How the assistant speaks to whom."""

from dialogs.state import State
from voice.synthesise.synthesiser import ELDER, LOUDER, PLAIN, Manner


def manner(state: State) -> Manner:
    """Slow and loud for the old, slower and louder for who asked for it."""
    if state.slower or state.louder:
        return LOUDER
    return ELDER if state.elder else PLAIN
