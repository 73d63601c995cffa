"""Senders that never give up: what was not acknowledged is sent again under the same name."""

import http.client
import threading
import time
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from tests.crash.load import SEED, TENANT, Delivery

WAIT_S: Final = 0.02
PAUSE_S: Final = 0.01  # between two deliveries, so that a round outlasts many kills
# Of deliveries that were acknowledged, and are sent once more: a sender whose answer got lost does so.
SENT_TWICE: Final = 0.05
RETRIED: Final = (429, 503)


class Refused(AssertionError):
    """An answer that no sender may get, whatever happens to the program."""


class Sender:
    """Posts *deliveries* in order, each until it is acknowledged, to whichever process listens at the time."""

    def __init__(self, name: str, deliveries: Sequence[Delivery], port: Callable[[], int | None]) -> None:
        self.name = name
        self.acknowledged = 0
        self.answers: dict[int, int] = {}  # how many of each status
        self.error: BaseException | None = None
        self._deliveries = deliveries
        self._port = port
        self._random = Random(f"{SEED} {name}")
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """In a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Leave the rest unsent."""
        self._stopped.set()
        self._thread.join()

    @property
    def done(self) -> bool:
        """Whether everything was acknowledged."""
        return self.acknowledged == len(self._deliveries)

    def _run(self) -> None:
        try:
            for delivery in self._deliveries:
                self._until_stored(delivery)
                if self._random.random() < SENT_TWICE:
                    self._until_stored(delivery)
                if self._stopped.is_set():
                    return
                self.acknowledged += 1
                time.sleep(PAUSE_S)
        except BaseException as error:
            self.error = error

    def _until_stored(self, delivery: Delivery) -> None:
        while not self._stopped.is_set() and not self._is_stored(delivery):
            time.sleep(WAIT_S)

    def _is_stored(self, delivery: Delivery) -> bool:
        if (port := self._port()) is None:
            return False
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            path = f"/v1/streams/{delivery.stream}/events"
            headers = {"X-Tenant-Id": TENANT, "Idempotency-Key": delivery.name}
            connection.request("POST", path, delivery.body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):  # it was killed meanwhile: nobody knows what it stored
            return False
        finally:
            connection.close()
        self.answers[answer.status] = self.answers.get(answer.status, 0) + 1
        if answer.status != 202 and answer.status not in RETRIED:
            raise Refused(f"{self.name}: HTTP {answer.status}")
        return answer.status == 202
