"""How a simulated resident sounds on the telephone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What happens to clean synthetic speech on its way to us. Levels and ratios in dB, durations in seconds."""

    tempo: float = 1.0  # of the voice; 0.75 takes a third longer
    pauses_seconds: tuple[float, float] | None = None  # range of the pauses that are put between groups of words
    level_db: float = -22.0  # of speech below full scale at our end
    snr_db: float = 15.0  # over the noise
    television: bool = False  # the noise is other voices instead of a room
    mobile_codec: bool = False  # AMR-NB at 12.2 kbit/s before the A-law of our trunk
    packet_loss: float = 0.0  # share of the 20 ms packets that never arrive


QUIET_ROOM = Recipe(snr_db=25.0)
ORDINARY = Recipe()


def elder_recipe(tempo: float) -> Recipe:
    """An old person on a mobile with the television on. `tempo` between 0.7 and 0.85, as measured for the old."""
    return Recipe(
        tempo=tempo,
        pauses_seconds=(0.8, 2.0),
        level_db=-32.0,
        snr_db=12.0,
        television=True,
        mobile_codec=True,
        packet_loss=0.02,
    )


ELDER_TEMPOS = (0.7, 0.85)
