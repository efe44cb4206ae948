"""What can go wrong at the edges. Every package under `integrations` draws its own branch of this tree."""


class IntegrationError(Exception):
    """Something outside the pure core failed; `message` is Chinese and says what to do next."""

    code = "integration"
    retryable = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
