"""Errors of the program in the log: where they happened, and nothing that they quote."""

import logging
import traceback


def log_fault(logger: logging.Logger, error: BaseException, what: str) -> None:
    """
    Log the kind of *error* and its frames; its message, and those of errors before it, may quote a payload.

    Args:
        what: Before the kind: who met it.
    """
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s, %s at\n%s", what, type(error).__name__, frames)
