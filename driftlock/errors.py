"""What can go wrong in the application. Each message says what to do next."""


class ApplicationError(Exception):
    """Root of every error the application raises on purpose."""


class InvalidSettings(ApplicationError):
    """A DRIFTLOCK_* variable holds something it cannot hold."""


class MalformedPayload(ApplicationError):
    """The bytes cannot be read as telemetry; the message names the place and the next step."""


class NotFound(ApplicationError):
    """Nothing of that id in this tenant. A foreign id and an unknown one look the same."""


class Forbidden(ApplicationError):
    """The role does not allow it; the message names the role that does."""


class StoreUnavailable(ApplicationError):
    """
    The database cannot be written now; nothing of what was to be stored is there.

    Attributes:
        retry_after_s: When another try may succeed, in seconds.
    """

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
