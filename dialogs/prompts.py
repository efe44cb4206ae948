"""A prompt: one thing the assistant says, in the form for the ear and the form for the eye."""

import msgspec


class Prompt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One sentence or two, ready to be said or shown."""

    spoken: str
    written: str = ""  # "" when it reads as it is said
    key: str = ""  # what it is, for the prompt cache and the transcript: "ask:fever", "say:who_we_are"

    @property
    def shown(self) -> str:
        """The form for a screen."""
        return self.written or self.spoken
