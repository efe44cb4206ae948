"""How a character sounds to a careless listener: its syllable without tone, with usual confusions folded together."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

# Elders' accents and telephone recognisers mix these up: retroflex and flat, n and l, f and h, front and back nasals.
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"), ("f", "h"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"), ("ong", "on"))


@lru_cache(maxsize=8192)
def syllable(character: str) -> str:
    """The commonest reading of one character, without tone; anything that is not Chinese is its own sound."""
    return lazy_pinyin(character, style=Style.NORMAL)[0].replace("ü", "v")


@lru_cache(maxsize=8192)
def folded_syllable(character: str) -> str:
    """The syllable of one character, with the sounds that are commonly confused made equal."""
    return fold(syllable(character))


@lru_cache(maxsize=2048)
def fold(toneless: str) -> str:
    """A toneless syllable with the sounds that are commonly confused made equal: zhang and zan are one."""
    if not toneless.isascii() or not toneless.isalpha():
        return toneless
    for heard, meant in _INITIALS:
        if toneless.startswith(heard):
            toneless = meant + toneless[len(heard) :]
            break
    for heard, meant in _FINALS:
        if toneless.endswith(heard):
            return toneless[: -len(heard)] + meant
    return toneless
