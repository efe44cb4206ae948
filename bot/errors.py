"""What can go wrong in the running program.

BotError
├── SettingsInvalid      a setting has a value that cannot be
├── ModelMissing         the dialogue model was not trained
├── PortTaken            the console's port is in use
├── LinesUnfit           the telephone lines cannot be used as they are written
├── WorkersUnavailable   no dialogue worker answers (retryable)
├── WorkerRefused        a worker does not accept the turn
├── SessionUnknown       there is no such session
├── SessionOver          the session has ended
├── TurnOvertaken        the session went on while this turn was worked on (retryable)
└── InputRefused         what the user gave cannot be used
"""


class BotError(Exception):
    """`code` is stable, `message` is Chinese and says what to do next."""

    code = "bot"
    retryable = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class SettingsInvalid(BotError):
    """A setting has a value that cannot be."""

    code = "settings_invalid"


class ModelMissing(BotError):
    """The dialogue model was not trained."""

    code = "model_missing"


class PortTaken(BotError):
    """The console's port is in use."""

    code = "port_taken"


class LinesUnfit(BotError):
    """The telephone lines cannot be used as they are written, or what hears and speaks on them is not installed."""

    code = "lines_unfit"


class WorkersUnavailable(BotError):
    """No dialogue worker answers."""

    code = "workers_unavailable"
    retryable = True


class WorkerRefused(BotError):
    """A worker does not accept the turn."""

    code = "worker_refused"


class SessionUnknown(BotError):
    """There is no such session."""

    code = "session_unknown"


class SessionOver(BotError):
    """The session has ended; a new one has to be opened."""

    code = "session_over"


class TurnOvertaken(BotError):
    """The session went on while this turn was worked on."""

    code = "turn_overtaken"
    retryable = True


class InputRefused(BotError):
    """What the user gave cannot be used."""

    code = "input_refused"
