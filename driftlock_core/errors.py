"""What can go wrong in the engine. One root, few leaves; each message carries the numbers."""


class DriftlockError(Exception):
    """Root of every error the engine raises on purpose."""


class InvalidProfile(DriftlockError, ValueError):
    """A profile that could never decide anything, or whose sizes do not fit together."""


class TooFewEvents(DriftlockError):
    """The stream is shorter than one baseline and one window."""

    def __init__(self, *, needed: int, have: int) -> None:
        super().__init__(f"need {needed} events, have {have}")
        self.needed = needed
        self.have = have


class UnknownCompressor(DriftlockError, ValueError):
    """No compressor of that name is built in or installed."""


class CompressorNotInstalled(UnknownCompressor):
    """An optional compressor whose library is missing; the message says how to install it."""


class StateMismatch(DriftlockError):
    """A saved state was made by another library version, configuration or format."""


class NotRecomputable(DriftlockError):
    """The events handed over do not cover what the verdict was computed from."""
