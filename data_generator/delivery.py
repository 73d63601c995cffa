"""
Delivery: bytes to a file, to standard output, or to a server; at once or in real time.

The one module of the generator that knows the network, and with control.py the one that knows a clock.
"""

import http.client
import secrets
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final, Protocol
from urllib.parse import quote, urlsplit

from data_generator.control import Control
from data_generator.scenarios.event import Event

FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 30.0
ATTEMPTS: Final = 9  # half a second doubled eight times: about a minute and a half in all
_TIMEOUT_S: Final = 30.0
_RETRIED: Final = frozenset({408, 429, 500, 502, 503, 504})
_ADVICE: Final = {
    401: "give a key of this tenant in API_KEY",
    403: "give a key in API_KEY that may write events",
    404: "check the address, and that the stream exists",
    413: "choose smaller batches with --batch",
    422: "the server does not take these events; check the stream's kind",
}


class DeliveryFailed(Exception):
    """The server cannot be reached or does not take the events."""


class Sink(Protocol):
    """Where encoded batches go."""

    def write(self, data: bytes, stream: str) -> None: ...


class FileSink:
    """A file, or standard output for "-"; what it holds is complete after every batch."""

    def __init__(self, target: str) -> None:
        self._file: BinaryIO = sys.stdout.buffer if target == "-" else Path(target).open("wb")  # noqa: SIM115

    def write(self, data: bytes, stream: str) -> None:
        self._file.write(data)
        self._file.flush()


class HttpSink:
    """
    A server that takes ``POST {url}/v1/streams/{stream}/events`` with NDJSON.

    Tries again, waiting twice as long each time or as long as ``Retry-After`` says, when the
    server cannot be reached, is busy, or fails. Each batch has an ``Idempotency-Key`` of its own, the
    same at every try, so that a server that took it but could not say so does not take it twice.

    Raises:
        DeliveryFailed: The address is none, the server refuses for good, or all attempts failed.
    """

    def __init__(
        self, url: str, *, tenant: str, key: str | None = None, wait: Callable[[float], None] = time.sleep
    ) -> None:
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise DeliveryFailed(f"{url} is no address of a server: write http://host:port")
        if parts.username is not None:
            raise DeliveryFailed("the address holds a user name; give a key in API_KEY instead")
        self._url = url.rstrip("/")
        self._headers = {"Content-Type": "application/x-ndjson", "X-Tenant-Id": tenant}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._wait = wait
        self._name = secrets.token_hex(8)  # of this sending: the same scenario sent again is new
        self.accepted = 0  # batches

    def write(self, data: bytes, stream: str) -> None:
        """One batch; returns when the server has taken it."""
        address = f"{self._url}/v1/streams/{quote(stream, safe='')}/events"
        headers = self._headers | {"Idempotency-Key": f"{self._name}-{self.accepted}"}
        wait_s, why = FIRST_WAIT_S, ""
        for attempt in range(1, ATTEMPTS + 1):
            request = urllib.request.Request(address, data=data, headers=headers, method="POST")
            asked_s: float | None = None
            try:
                with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:
                    response.read()
                self.accepted += 1
                return
            except urllib.error.HTTPError as error:
                with error:
                    why, asked_s = f"answered {error.code}", _retry_after_s(error.headers.get("Retry-After"))
                if error.code not in _RETRIED:
                    advice = _ADVICE.get(error.code, "see the server's log")
                    raise self._failed(f"{address} {why}", advice) from None
            except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
                why = f"cannot be reached ({getattr(error, 'reason', None) or type(error).__name__})"
            if attempt < ATTEMPTS:
                self._wait(min(LONGEST_WAIT_S, wait_s if asked_s is None else asked_s))
                wait_s *= 2
        raise self._failed(f"{address} {why} {ATTEMPTS} times", "start the server, or send more slowly")

    def _failed(self, what: str, advice: str) -> DeliveryFailed:
        return DeliveryFailed(f"{what} after {self.accepted:,} accepted batches; {advice}")


def in_real_time(
    batches: Iterable[list[Event]], first_us: int, control: Control | None = None
) -> Iterator[list[Event]]:
    """
    Each batch when its last event is due, counted from *first_us* as now.

    Under a *control* the time stands still while it is paused, and a step makes it jump to the next batch.
    """
    begun = time.monotonic()
    for batch in batches:
        due_s = (batch[-1].at_us - first_us) / 1e6
        left_s = due_s - (time.monotonic() - begun)
        if control is None:
            time.sleep(max(0.0, left_s))
        elif (shift_s := control.wait(left_s)) is None:
            return
        else:
            begun += shift_s
        yield batch


def present() -> datetime:
    """The moment at which a live stream begins, whole seconds."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(time.time()))


def _retry_after_s(header: str | None) -> float | None:
    return float(header) if header and header.isdigit() else None
