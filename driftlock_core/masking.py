"""
Canonical events: volatile values replaced by their kind.

The grammar is written down in docs/measures/masking.md. Everything is decided
on the *shape* of an event (its digits all 0), so events of one shape share one
canonical form and the cache by shape is exact.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from driftlock_core import kernel
from driftlock_core.json_shape import canonical_json
from driftlock_core.lines import ENCODE_FROM, encode_lines, translate

LONGEST_EVENT: Final = 65_536  # bytes; what lies beyond is represented by length and digest
NEWLINE_MARK: Final = b"\x1e"

# Both caches are cleared when full: shapes come from outside and may all differ.
SHAPE_CACHE_BYTES: Final = 48 * 1024 * 1024
TOKEN_CACHE_BYTES: Final = 16 * 1024 * 1024
_READ_AT_ONCE: Final = 400
_ENCODED_AT_ONCE: Final = 8_000
_ENTRY_OVERHEAD: Final = 200  # bytes that two small bytes objects and a dict slot take beside their text

_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")

_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_ZONE = rb"(?: ?(?:Z|UTC|GMT|[+-]00:?00))"
_CLOCK = rb"00:00:00(?:[.,:]0+)?"
_TIMESTAMP = re.compile(
    rb"(?<![A-Za-z0:])(?:"
    rb"0000[-/.]00[-/.]00(?:[T _-]00[:.]00(?:[:.]00(?:[.,:]0+)?)?" + _ZONE + rb"?)?"
    rb"|0{8}-0{1,2}:0{1,2}:0{1,2}:0{1,3}"
    rb"|(?:" + _DAY + rb",? )?" + _MONTH + rb" {1,2}0{1,2} " + _CLOCK + rb"(?: 0000)?"
    rb"|(?:" + _DAY + rb", )?0{1,2}[/ -]" + _MONTH + rb"[/ -]0000[: ]" + _CLOCK + _ZONE + rb"?"
    rb"|00[/.-]00(?:[/.-](?:0000|00))? " + _CLOCK + rb"|0{1,2}:00:00(?:[.,:]0+)?"
    rb")(?![A-Za-z0])(?!:[A-Za-z0])"
)

_DATE = re.compile(rb"0000[-/.]00")  # a time without one holds 0:0

_X = rb"[0a-fA-F]"
_FREE_LEFT = rb"(?<![A-Za-z0])"
_FREE_RIGHT = rb"(?![A-Za-z0])"
_TLD = (
    rb"(?:com|org|net|edu|gov|mil|io|info|biz|dev|app|cloud|local|internal|lan"
    rb"|de|uk|fr|nl|jp|cn|ru|br|au|us|ca|eu|ch|se|kr|hk|tw|mx|cz|dk|fi|hu|gr|ua|tr|za|nz|sg|vn|pt|ar"
    rb"|(?:com|co|edu|ac|org|net|gov|mil)\.[a-z]{2})"
)
# In the order in which they are tried at each position. Lengths of local part and scheme are bounded so
# that no text makes the search quadratic.
_TOKEN_CLASSES: Final[dict[str, bytes]] = {
    "jwt": rb"(?<![A-Za-z0_-])eyJ[A-Za-z0_-]{4,}\.[A-Za-z0_-]{4,}(?:\.[A-Za-z0_-]*)?",
    "arn": _FREE_LEFT + rb"arn:[A-Za-z0-]+:[A-Za-z0-]*:[A-Za-z0-]*:0*:[^\n]*",
    "url": _FREE_LEFT + rb"[A-Za-z][A-Za-z0+.-]{0,19}://[^/?#]*",
    "email": _FREE_LEFT + rb"[A-Za-z0._%+-]{1,64}@[A-Za-z0-]+(?:\.[A-Za-z0-]+)*\.[A-Za-z]{2,}" + _FREE_RIGHT,
    "uuid": _FREE_LEFT + _X + rb"{8}-" + (_X + rb"{4}-") * 3 + _X + rb"{12}" + _FREE_RIGHT,
    "ip": rb"(?:(?<![A-Za-z0.])0{1,3}(?:\.0{1,3}){3}(?![A-Za-z0])(?!\.0)"
    rb"|(?<![A-Za-z0:])(?:"
    rb"(?:" + _X + rb"{1,4}:){7}" + _X + rb"{1,4}"
    rb"|(?:" + _X + rb"{1,4}:){1,6}(?::" + _X + rb"{1,4}){1,6}"
    rb"|(?:" + _X + rb"{1,4}:){1,7}:"
    rb"|::" + _X + rb"{1,4}(?::" + _X + rb"{1,4}){0,6}"
    rb")(?![A-Za-z0:]))",
    "domain": rb"(?<![A-Za-z0._/-])(?=[0.-]*[A-Za-z][A-Za-z0-]*\.)"
    rb"(?:[A-Za-z0](?:[A-Za-z0-]*[A-Za-z0])?\.)+" + _TLD + rb"(?![A-Za-z0._/$-])",
    "base64": rb"(?<![A-Za-z0+/_-])[A-Za-z0+/_-]{24,}",
    "hash": rb"(?:" + _FREE_LEFT + rb"0[xX]" + _X + rb"+" + _FREE_RIGHT + rb"|" + _FREE_LEFT + rb"(?="
    rb"[a-fA-F]*0)(?=0*[a-fA-F])" + _X + rb"{8,}" + _FREE_RIGHT + rb"|(?<![A-Za-z0:])" + _X + rb"{2}"
    rb"(?::" + _X + rb"{2}){5}(?![A-Za-z0:]))",
    "number": rb"0+",
}
_REPLACEMENT: Final = {
    "jwt": b"<JWT>",
    "arn": b"<ARN>",
    "url": b"<URL>",
    "email": b"<EMAIL>",
    "uuid": b"<UUID>",
    "ip": b"<IP>",
    "domain": b"<DOMAIN>",
    "base64": b"<B64>",
    "hash": b"<HEX>",
}
MASK_CLASSES: Final = frozenset({"timestamp", *_TOKEN_CLASSES})

DELIMITERS: Final = b" \t\x1e\"'`,;=()[]{}<>|"
_DELIMITERS = re.compile(b"([" + re.escape(DELIMITERS) + b"]+)")
_WORTH_A_LOOK = re.compile(rb"[0@.]|://|[0a-fA-F]{8}")

_KIND_OF_BYTE = bytes.maketrans(
    bytes(range(256)),
    bytes(
        ord("u") if 65 <= b <= 90 else ord("l") if 97 <= b <= 122 else ord("d") if b == 48 else ord("o")
        for b in range(256)
    ),
)


def shape_of(event: bytes) -> bytes:
    """The event with every digit replaced by 0 and newlines by 0x1E."""
    return event.replace(b"\n", NEWLINE_MARK).translate(_DIGITS_TO_ZERO)


def without_times(shape: bytes) -> bytes:
    """*shape* with every time crossed out, as long as before."""
    parts: list[bytes] = []
    kept = 0
    # Most of a line holds none, and to look for one at each place takes longer than all else.
    while shape.find(b"0:0", kept) >= 0 or _DATE.search(shape, kept):
        found = _TIMESTAMP.search(shape, kept)
        if found is None:
            break
        parts += (shape[kept : found.start()], b"x" * len(found[0]))
        kept = found.end()
    return b"".join((*parts, shape[kept:])) if parts else shape


def without_names(token: bytes) -> bytes:
    """A token of a shape with every address, digest and other name that holds digits crossed out, as long as before."""
    return _NAMES.sub(lambda found: b"x" * len(found[0]), token)


def _looks_random(run: bytes) -> bool:
    """Whether a run of base64 letters changes kind as often as random ones do (0.62) and words do not."""
    kinds = run.translate(_KIND_OF_BYTE)
    if not (b"d" in kinds and b"u" in kinds and b"l" in kinds):
        return False
    changes = sum(a != b for a, b in pairwise(kinds))
    return 5 * changes >= 2 * (len(run) - 1)


class _Cache(dict[bytes, bytes]):
    """A dict that computes what it misses and is emptied when it holds too many bytes."""

    def __init__(self, compute: Callable[[bytes], bytes], limit: int) -> None:
        super().__init__()
        self._compute = compute
        self._limit = limit
        self._held = 0

    def __missing__(self, key: bytes) -> bytes:
        value = self._compute(key)
        if len(key) <= LONGEST_EVENT:
            self._held += len(key) + len(value) + _ENTRY_OVERHEAD
            if self._held > self._limit:
                self.clear()
                self._held = len(key) + len(value) + _ENTRY_OVERHEAD
            self[key] = value
        return value


class Masker:
    """
    Turns events into canonical events. Reusable over many streams; its caches then serve them all.

    Args:
        classes: Names of the mask classes that are on.
        cache_bytes: Bounds of the caches by shape and by token.

    >>> Masker().canonical([b"GET /a/17 from 10.0.0.1", b'{"b":1, "a":"x"}'])
    [b'GET /a/<N2> from <IP>', b'{"a":"x","b":<N1>}']
    """

    def __init__(
        self,
        classes: frozenset[str] = MASK_CLASSES,
        *,
        cache_bytes: tuple[int, int] = (SHAPE_CACHE_BYTES, TOKEN_CACHE_BYTES),
    ) -> None:
        self.classes = classes
        self._numbers = "number" in classes
        names = [name for name in _TOKEN_CLASSES if name in classes]
        self._search = _alternation(names)
        self._search_without_base64 = _alternation([name for name in names if name != "base64"])
        self.shapes = None
        if kernel.Shapes is not None:
            self.shapes = kernel.Shapes(cache_bytes[0], LONGEST_EVENT, self._numbers)
        self._lines = _Cache(self._canonical_line, cache_bytes[0])
        self._tokens = _Cache(self._mask_token, cache_bytes[1])

    @property
    def at_once(self) -> int:
        """How many events of many are best given to :meth:`canonical` at a time."""
        # The kernel goes from event to event: a few hundred stay in the processor's cache until whoever reads
        # them is done. In Python each call costs.
        return _READ_AT_ONCE if self.shapes is not None else _ENCODED_AT_ONCE

    def canonical(self, events: Sequence[bytes]) -> list[bytes]:
        """One canonical line per event, in order, without newlines inside."""
        if self.shapes is not None:
            return self.shapes.canonical(events, self._canonical_line)
        joined = b"\n".join(events)
        if self._numbers:
            joined = translate(joined, _DIGITS_TO_ZERO)
        if len(events) >= ENCODE_FROM and (encoded := encode_lines(joined, len(events))) is not None:
            lines, positions = encoded
            return np.array([*map(self._lines.__getitem__, lines)], dtype=object)[positions].tolist()  # type: ignore[no-any-return]
        lines = joined.split(b"\n") if events else []
        if len(lines) != len(events):  # an event holds a newline itself
            lines = [event.replace(b"\n", NEWLINE_MARK) for event in events]
            if self._numbers:
                lines = [line.translate(_DIGITS_TO_ZERO) for line in lines]
        return [*map(self._lines.__getitem__, lines)]

    def _canonical_line(self, source: bytes) -> bytes:
        """*source* is a shape where numbers are masked, else the event itself."""
        shape = source if self._numbers else source.translate(_DIGITS_TO_ZERO)
        ending = b""
        if len(shape) > LONGEST_EVENT:
            ending = b" <cut %d %s>" % (len(shape), hashlib.sha256(shape).hexdigest().encode())
            shape, source = shape[:LONGEST_EVENT], source[:LONGEST_EVENT]
        ordered = canonical_json(shape, source)
        if ordered is not None:
            source = ordered
            shape = source if self._numbers else source.translate(_DIGITS_TO_ZERO)
        if "timestamp" in self.classes:
            source = _replace(source, shape, _TIMESTAMP, b"<TS>")
        parts = _DELIMITERS.split(source)
        parts[::2] = [self._tokens[token] if token else token for token in parts[::2]]
        return b"".join(parts) + ending

    def _mask_token(self, source: bytes) -> bytes:
        shape = source if self._numbers else source.translate(_DIGITS_TO_ZERO)
        if self._search is None or not _WORTH_A_LOOK.search(shape):
            return source
        parts: list[bytes] = []
        kept, position = 0, 0
        while found := self._search.search(shape, position):
            if found.lastgroup == "base64" and not _looks_random(found.group()):
                start = found.start()
                again = self._search_without_base64
                second = again.match(shape, start) if again is not None else None
                if second is None:
                    position = start + 1
                    continue
                found = second
            start, stop = found.span()
            parts.append(source[kept:start])
            name = found.lastgroup or ""
            parts.append(_REPLACEMENT.get(name) or b"<N%d>" % (stop - start))
            kept = position = stop
        parts.append(source[kept:])
        return b"".join(parts)


def _alternation(names: Sequence[str]) -> re.Pattern[bytes] | None:
    """One pattern that tries the classes in order and names the one that matched."""
    if not names:
        return None
    return re.compile(b"|".join(b"(?P<%b>%b)" % (name.encode(), _TOKEN_CLASSES[name]) for name in names))


# Long runs of letters may be words, and numbers are what is looked for.
_NAMES: Final = re.compile(
    b"|".join(pattern for name, pattern in _TOKEN_CLASSES.items() if name not in ("base64", "number"))
)


def _replace(source: bytes, shape: bytes, pattern: re.Pattern[bytes], by: bytes) -> bytes:
    """*source* with the places where *pattern* matches *shape* replaced."""
    parts: list[bytes] = []
    kept = 0
    for found in pattern.finditer(shape):
        parts += (source[kept : found.start()], by)
        kept = found.end()
    if not parts:
        return source
    parts.append(source[kept:])
    return b"".join(parts)
