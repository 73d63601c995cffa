"""Time and service of an object, from the names telemetry usually gives them."""

import re
from typing import Any

from driftlock.decode import times
from driftlock.decode.tally import Tally

# In order of trust; compared without case and without "_", "-", ".", "@".
_TIME_NAMES = (
    "timestamp",
    "time",
    "ts",
    "timeunixnano",
    "starttimeunixnano",
    "observedtimeunixnano",
    "datetime",
    "eventtime",
    "eventtimestamp",
    "logtime",
    "asctime",
    "realtimetimestamp",  # systemd
    "starttime",
    "startedat",
    "createdat",
    "occurredat",
    "created",
    "date",
    "start",
    "at",
    "t",
)
_SERVICE_NAMES = (
    "servicename",
    "service",
    "resourceservicename",
    "resource",
    "localendpoint",  # Zipkin
    "process",  # Jaeger
    "app",
    "appname",
    "application",
    "syslogidentifier",
    "program",
    "logger",
    "loggername",
    "component",
    "containername",
)
_INSIDE = ("service.name", "serviceName", "service_name", "name", "attributes")
_PUNCTUATION = re.compile(r"[_\-.@\s]")
_LONGEST_SERVICE = 200  # characters
_REMEMBERED_SHAPES = 4096


def plain_name(name: str) -> str:
    """*name* as it is compared: lower case, no punctuation."""
    return _PUNCTUATION.sub("", name).lower()


class FieldReader:
    """
    Reads objects of one file.

    Objects with the same field names, in the same order, share the search for
    the right names; that is nearly all of them.
    """

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._candidates: dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def read(self, record: dict[str, Any]) -> tuple[int | None, str | None]:
        """``(at_us, service)`` of *record*, each None where it names none; the field names are counted."""
        names = tuple(record)
        self._tally.shape(names)
        candidates = self._candidates.get(names)
        if candidates is None:
            if len(self._candidates) >= _REMEMBERED_SHAPES:
                self._candidates.clear()
            candidates = self._candidates[names] = (
                _ranked(names, _TIME_NAMES),
                _ranked(names, _SERVICE_NAMES),
            )
        at_us = service = None
        for name in candidates[0]:
            at_us = times.from_value(record[name])
            if at_us is not None:
                break
        for name in candidates[1]:
            service = service_of(record[name])
            if service is not None:
                break
        return at_us, service


def _ranked(names: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    rank = {name: position for position, name in enumerate(wanted)}
    present = [(rank[plain], name) for name in names if (plain := plain_name(name)) in rank]
    return tuple(name for _, name in sorted(present, key=lambda pair: pair[0]))


def service_of(value: object, *, depth: int = 0) -> str | None:
    """A service name: text, or the name inside an object such as ``{"name": …}``."""
    if isinstance(value, str):
        # Half a surrogate pair can be read but not written again.
        name = value.strip()[:_LONGEST_SERVICE]
        return (name if name.isascii() else name.encode("utf-8", "replace").decode()) or None
    if isinstance(value, dict) and depth < 2:
        for key in _INSIDE:
            if (inner := service_of(value.get(key), depth=depth + 1)) is not None:
                return inner
    return None
