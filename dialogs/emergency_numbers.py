"""Whom somebody in danger can ring themselves: the ambulance, the police or the fire brigade."""

AMBULANCE, POLICE, FIRE = EMERGENCY_NUMBERS = ("一二零", "一一零", "一一九")  # as they are said
_BY_KIND = {"fire_gas": FIRE, "trapped": FIRE, "violence": POLICE, "lost_person": POLICE}
_WRITTEN = str.maketrans("零一二九", "0129")


def emergency_number(kind: str) -> str:
    """The number that helps in a danger of this kind, as it is said."""
    return _BY_KIND.get(kind, AMBULANCE)


def written(number: str) -> str:
    """The same in digits."""
    return number.translate(_WRITTEN)
