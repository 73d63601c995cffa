"""What can go wrong in the application. Each message says what to do next."""


class ApplicationError(Exception):
    """Root of every error the application raises on purpose."""


class InvalidSettings(ApplicationError):
    """A DRIFTLOCK_* variable holds something it cannot hold."""


class MalformedPayload(ApplicationError):
    """The bytes cannot be read as telemetry; the message names the place and the next step."""


class NotFound(ApplicationError):
    """Nothing of that id in this tenant. A foreign id and an unknown one look the same."""
