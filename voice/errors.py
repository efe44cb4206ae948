"""What can go wrong while hearing or speaking.

VoiceError
├── BadAudio            audio.* : the recording cannot be used as it is
├── ModelError          model.* : a model file is missing, broken or not the one that was promised
├── EngineError         engine.* : a recogniser or synthesiser failed or took too long
└── PhraseNotInLexicon  recogniser.phrase : an expected phrase that the model has no word for
"""


class VoiceError(Exception):
    """Something an engine or a file did; `code` is stable, `message` is Chinese and says what to do next."""

    retryable = False

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class BadAudio(VoiceError):
    """A recording that cannot be used as it is."""


class ModelError(VoiceError):
    """A model that is missing, truncated, or whose hash is not the one in the catalogue."""


class EngineError(VoiceError):
    """A recogniser or synthesiser that failed; another try may succeed."""

    retryable = True


class EngineTimeout(EngineError):
    """An engine that did not answer within its time limit and was ended."""


class PhraseNotInLexicon(VoiceError):
    """An expected phrase holds a word that the model's lexicon does not know, so it could never be heard."""
