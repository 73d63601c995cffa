"""What runs and jobs have in common while a worker is at them: when one is given up, and how one ends."""

import logging
import secrets
from typing import Final, Literal, Protocol

from driftlock.errors import ApplicationError, StoreUnavailable
from driftlock.services.faults import log_fault
from driftlock.services.lease import LEASE
from driftlock_core.errors import DriftlockError

# A worker not heard of for so long is gone. Longer than a stream's lease, so that who takes its work over
# finds the streams free.
STALE: Final = 2 * LEASE


class Cancelled(Exception):
    """The reader called the work off."""


class Gone(Exception):
    """The work was deleted, or another worker has it now."""


class Work(Protocol):
    """One run or job at work; its progress reports may end it with Cancelled or Gone."""

    @property
    def name(self) -> str:
        """For the log: what it is, and its id."""

    def work(self) -> None: ...

    def finish_cancelled(self) -> None: ...

    def finish_failed(self, error: str) -> None: ...


def go_on(answer: Literal["go on", "cancel", "gone"]) -> None:
    """
    Do as the store answers to a progress report.

    Raises:
        Cancelled: The work was called off.
        Gone: It is no longer this worker's.
    """
    if answer == "cancel":
        raise Cancelled
    if answer == "gone":
        raise Gone


def see_through(work: Work, logger: logging.Logger) -> None:
    """
    Do *work*; however it ends, this returns, and the outcome stands in the store.

    Raises:
        StoreUnavailable: There is no store to put an outcome into; the work is left as if its worker had died.
    """
    try:
        work.work()
    except Gone:
        pass
    except Cancelled:
        work.finish_cancelled()
    except StoreUnavailable:  # nothing is wrong with the work: it is taken up again when the store is back
        raise
    except (ApplicationError, DriftlockError) as known:
        work.finish_failed(str(known))
    except Exception as unknown:
        work.finish_failed(_logged(work.name, unknown, logger))


def _logged(name: str, unknown: Exception, logger: logging.Logger) -> str:
    """Log where it happened and answer a sentence that names the place in the log."""
    error_id = secrets.token_hex(4)
    log_fault(logger, unknown, f"{name}: error {error_id}")
    return (
        f"The analysis stopped on an error of the program (error id {error_id}). Start it again; "
        "if it stops again, report this id with the program's log."
    )
