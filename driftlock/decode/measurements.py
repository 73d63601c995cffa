"""Numbers in metric events: which fields are measured, which name the series, and the values event by event."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson

from driftlock.decode.fields import plain_name

# Distinct texts from which a field names single events (a message, an id) and no series.
MOST_LABEL_VALUES: Final = 64
_LONGEST_LABEL: Final = 60  # characters of one label's value in the name of a series
_FEWEST_STEPS: Final = 30
_EVEN_SHARE: Final = 0.9  # of the steps are the same one: a missing row now and then breaks no row number
_DEEPEST: Final = 3  # levels of objects in objects
_NAMES: Final = ("metric", "metricname", "name", "measurement", "kpi", "series")
_VALUES: Final = ("value", "val", "gauge")
_TIMES: Final = frozenset(
    {"timestamp", "time", "ts", "datetime", "date", "t", "eventtime", "createdat", "start", "end"}
    | {"timeunixnano", "starttimeunixnano", "observedtimeunixnano", "starttime", "endtime"}
)
# What describes a metric without telling one series from another.
_DESCRIBING: Final = frozenset(
    {"unit", "type", "description", "help", "ismonotonic", "aggregationtemporality", "flags"}
    | {"scope.name", "scope.version"}
)
_LABEL_OBJECTS: Final = ("attributes.", "resource.", "labels.", "tags.", "dimensions.")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_PROMETHEUS: Final = re.compile(r"([a-zA-Z_:][\w:]*)(\{.*\})? +(\S+)(?: +-?\d+)?", re.ASCII)
_TWO_CELLS: Final = re.compile(r'\s*(?:"[^"]*"|[^,;\t"]*)\s*[,;\t]\s*"?([^",;\t]*)"?\s*')


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    How events become series.

    With ``name`` there is one number an event, in ``measured[0]``, and the
    field ``name`` says of what; without it each field of ``measured`` is a
    series of its own. ``labels`` tell series of one name apart.
    """

    name: str | None
    measured: tuple[str, ...]
    labels: tuple[str, ...]

    def as_record(self) -> dict[str, Any]:
        """Plain values; :meth:`from_record` is the inverse."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Reading":
        """Read back what :meth:`as_record` wrote."""
        return cls(name=record["name"], measured=tuple(record["measured"]), labels=tuple(record["labels"]))


def reading_of(payloads: Iterable[bytes]) -> Reading:
    """
    The reading that fits the first events of a source.

    A field is measured if at least half of its texts are numbers, and a label
    if it is text with at most 64 different values. Times are neither, and
    neither is what grows by one step throughout, as row numbers do.

    >>> reading_of([b'{"time": "12:00", "cpu": "0.5", "host": "a"}'])
    Reading(name=None, measured=('cpu',), labels=('host',))
    """
    numbers: Counter[str] = Counter()
    filled: Counter[str] = Counter()
    texts: dict[str, set[str]] = {}
    rulers: dict[str, _Ruler] = {}
    for payload in payloads:
        for field, value in (_fields(payload) or {}).items():
            if _is_time(field) or plain_name(field.rpartition(".")[2]) in _DESCRIBING or field in _DESCRIBING:
                continue
            if value is None or value == "":
                continue
            filled[field] += 1
            seen = texts.setdefault(field, set())
            number = _number(value)
            if not math.isnan(number) and not field.startswith(_LABEL_OBJECTS):
                numbers[field] += 1
                rulers.setdefault(field, _Ruler()).add(number)
            elif len(seen) <= MOST_LABEL_VALUES:
                seen.add(str(value))
    measured = tuple(
        field for field in filled if numbers[field] * 2 >= filled[field] and not rulers[field].even
    )
    labels = tuple(
        sorted(
            field for field in filled if field not in measured and 0 < len(texts[field]) <= MOST_LABEL_VALUES
        )
    )
    name = _first(labels, _NAMES) or _first([f for f in filled if f not in measured], _NAMES)
    value = _first(measured, _VALUES)
    if name is not None and value is not None:
        return Reading(name=name, measured=(value,), labels=tuple(f for f in labels if f != name))
    return Reading(name=None, measured=measured, labels=labels)


class _Ruler:
    """Whether numbers grow by the same step nearly always."""

    def __init__(self) -> None:
        self._steps: Counter[float] = Counter()
        self._last: float | None = None

    def add(self, number: float) -> None:
        if self._last is not None:
            step = round(number - self._last, 9)
            if step in self._steps or len(self._steps) < MOST_LABEL_VALUES:
                self._steps[step] += 1
            else:
                self._steps[math.inf] += 1
        self._last = number

    @property
    def even(self) -> bool:
        total = self._steps.total()
        if total < _FEWEST_STEPS:
            return False
        step, count = self._steps.most_common(1)[0]
        return 0 < step < math.inf and count >= _EVEN_SHARE * total


class Measurements:
    """
    The numbers of events, in order.

    A counter is given as its level; the detector finds out that it only grows.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def of(self, payload: bytes) -> list[tuple[str, float]]:
        """
        Series and value of each number in *payload*; NaN where a measured field holds none.

        >>> reading = Reading(name=None, measured=("cpu",), labels=("host",))
        >>> Measurements(reading).of(b'{"cpu": "0.5", "host": "a"}')
        [('cpu{host=a}', 0.5)]
        """
        if not payload.lstrip().startswith(b"{"):
            return list(_of_line(payload))
        fields = _fields(payload)
        if fields is None:
            return []
        reading = self.reading
        labels = _labels(fields, reading.labels)
        if reading.name is None:
            return [
                (f"{field}{labels}", _number(fields[field])) for field in reading.measured if field in fields
            ]
        name = fields.get(reading.name)
        field = reading.measured[0]
        if not isinstance(name, str) or field not in fields:
            return []
        return [(f"{name}{labels}", _number(fields[field]))]


def _of_line(payload: bytes) -> Iterator[tuple[str, float]]:
    """The sample in a line of Prometheus' text format, or the number in the second of two cells."""
    text = payload.decode("utf-8", "replace").strip()
    if text.startswith("#"):
        return
    if sample := _PROMETHEUS.fullmatch(text):
        name, labels, value = sample.groups()
        yield f"{name}{(labels or '').replace(chr(34), '')}"[:400], _number(value)
    elif cells := _TWO_CELLS.fullmatch(text):
        yield "value", _number(cells[1].strip())


def _labels(fields: Mapping[str, Any], names: Sequence[str]) -> str:
    held = [(name, fields[name]) for name in names if fields.get(name) not in (None, "")]
    if not held:
        return ""
    return "{" + ",".join(f"{_short(name)}={str(value)[:_LONGEST_LABEL]}" for name, value in held) + "}"


def _short(name: str) -> str:
    for prefix in _LABEL_OBJECTS[:1] + _LABEL_OBJECTS[2:]:
        name = name.removeprefix(prefix)
    return name


def _fields(payload: bytes) -> dict[str, Any] | None:
    try:
        record = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(record, dict):
        return None
    flat: dict[str, Any] = {}
    _flatten(record, "", flat, _DEEPEST)
    return flat


def _flatten(record: Mapping[str, Any], prefix: str, flat: dict[str, Any], levels: int) -> None:
    for name, value in record.items():
        if isinstance(value, dict):
            if levels > 1:
                _flatten(value, f"{prefix}{name}.", flat, levels - 1)
        elif not isinstance(value, list):
            flat[prefix + name] = value


def _first(fields: Sequence[str], wanted: Sequence[str]) -> str | None:
    """The field whose plain name stands first in *wanted*."""
    plain = {plain_name(field): field for field in reversed(fields)}
    return next((plain[name] for name in wanted if name in plain), None)


def _is_time(field: str) -> bool:
    return plain_name(field) in _TIMES


def _number(value: object) -> float:
    """A finite number, or NaN."""
    if isinstance(value, str):
        text = value.strip()
        number = float(text) if _NUMBER.fullmatch(text) else math.nan
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
    else:
        return math.nan
    return number if math.isfinite(number) else math.nan
