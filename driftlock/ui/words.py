"""Names, help texts and number formats of the screen: one word per idea, one precision per quantity."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from driftlock.reports.plain import BOLD, smallest_p
from driftlock.reports.plain import without_marks as plain
from driftlock_core.numbers_text import MISSING, bits_text, count_text, limit_text, p_text
from driftlock_core.profiles import VIEWS, counted

__all__ = ["plain", "smallest_p"]  # beside what is here
KIND_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "logs": "Logs",
        "metrics": "Metrics",
        "traces": "Traces",
        "llm": "LLM",
        "records": "Records",
        "network": "Network",
    }
)
# Kinds are told apart by symbol and word, never by hue.
KIND_SYMBOLS: Final[Mapping[str, str]] = MappingProxyType(
    {"logs": "●", "metrics": "■", "traces": "◆", "llm": "▲", "records": "▬", "network": "✚"}
)
SEVERITY_SYMBOLS: Final[Mapping[str, str]] = MappingProxyType({"low": "▲", "medium": "▲▲", "high": "▲▲▲"})
STATUS_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {"warming_up": "Warming up", "calibrating": "Calibrating", "ready": "Ready"}
)
PROFILE_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {"sensitive": "Sensitive", "balanced": "Balanced", "strict": "Strict", "custom": "Custom"}
)
FORMAT_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ndjson": "JSON lines (NDJSON)",
        "json_array": "JSON array",
        "json_events": 'JSON object with "events"',
        "csv": "CSV",
        "text": "Plain text, one event a line",
        "syslog": "Syslog",
        "otlp_json": "OTLP/JSON",
    }
)
RUN_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {"queued": "Waiting", "running": "Running", "done": "Done", "failed": "Failed", "cancelled": "Cancelled"}
)

HELP: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ncd": (
            "How much of the window the baseline does not explain, matched for size. 0 is what a window of "
            "this stream usually costs; 0.30 is about 15 to 20 % unexplained. Read it against the ordinary "
            "range."
        ),
        "p": (
            "The larger of two shares: past windows that cost at least as much (p stream), and shuffles that "
            "cost at least as much (p shuffle). The window itself is counted in both, so neither is ever "
            "zero. Where several views decide: their number times the smallest rank among past windows. It is "
            "not the chance that the window is ordinary."
        ),
        "extra_bits": "Bits the window needs beyond what a window of this stream usually needs.",
        "expected": (
            "How many windows these limits would flag, at most about, if nothing at all had been wrong. "
            "Overlapping windows come in clusters, so compare with incidents too."
        ),
        "flagged": "Windows that met both limits of the profile, by their bytes or by another view.",
        "incidents": "Flagged windows that overlap or touch count as one incident.",
        "windows": "Windows compared with the baseline that went before them.",
        "severity": (
            "From extra bits, from how far beyond all past windows a view lies, and from repetition; not from p."
        ),
        "status": "A stream is ready once a window can be ranked among enough past windows.",
    }
)


def kind(name: str) -> str:
    """
    A kind with its symbol.

    >>> kind("logs")
    '● Logs'
    """
    return f"{KIND_SYMBOLS[name]} {KIND_NAMES[name]}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """
    A count with its noun.

    >>> plural(1, "window"), plural(3, "window")
    ('1 window', '3 windows')
    """
    return f"{count_text(number)} {one if number == 1 else (many or one + 's')}"


def signed_bits(value: float) -> str:
    """
    Extra bits, the sign always said.

    >>> signed_bits(310.4), signed_bits(-8), signed_bits(0)
    ('+310', '−8', '0')
    """
    return f"+{bits_text(value)}" if round(value) > 0 else bits_text(value)


def listed(one: str, numbers: Sequence[int], most: int = 8) -> str:
    """
    Numbers in words, the rest counted.

    >>> listed("event", [451]), listed("event", [451, 452, 460])
    ('event 451', 'events 451, 452 and 460')
    """
    shown = [count_text(number) for number in numbers[:most]]
    if len(numbers) > most:
        return f"{one}s {', '.join(shown)} and {count_text(len(numbers) - most)} more"
    if len(shown) < 2:
        return f"{one} {shown[0]}"
    return f"{one}s {', '.join(shown[:-1])} and {shown[-1]}"


def expected(value: float) -> str:
    """
    An expected number of flags: an upper estimate, so it is rounded up.

    >>> expected(0.004), expected(0.44), expected(2.31), expected(48.2)
    ('0.1', '0.5', '3', '49')
    """
    if value < 1:
        return f"{max(1, math.ceil(value * 10)) / 10:.1f}"
    return count_text(math.ceil(value))


def flagged_beside_chance(flagged: int, by_chance: float) -> str:
    """
    >>> flagged_beside_chance(12, 2.6)
    '12 flagged · at most about 3 by chance alone'
    """
    return f"{count_text(flagged)} flagged · at most about {expected(by_chance)} by chance alone"


def moment(at: datetime | None) -> str:
    """
    A UTC time to the second.

    >>> moment(datetime(2026, 11, 20, 14, 3, 22, tzinfo=UTC)), moment(None)
    ('2026-11-20 14:03:22', '—')
    """
    return MISSING if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def span(first: datetime | None, last: datetime | None) -> str:
    """
    Two times; the day is said once when it is the same.

    >>> span(datetime(2026, 11, 20, 14, 3, 22, tzinfo=UTC), datetime(2026, 11, 20, 15, 0, 0, tzinfo=UTC))
    '2026-11-20 14:03:22 – 15:00:00'
    """
    if first is None or last is None:
        return MISSING
    if first.astimezone(UTC).date() == last.astimezone(UTC).date():
        return f"{moment(first)} – {last.astimezone(UTC):%H:%M:%S}"
    return f"{moment(first)} – {moment(last)}"


def place(first_at: datetime | None, last_at: datetime | None, first_seq: int, last_seq: int) -> str:
    """Where a window lies: its times, or its event numbers where events name no time."""
    if first_at is None or last_at is None:
        return f"events {count_text(first_seq)}–{count_text(last_seq)}"
    return span(first_at, last_at)


def rank(position: int, of: int) -> str:
    """
    >>> rank(1, 1000), rank(2, 51), rank(13, 200)
    ('1st of 1000', '2nd of 51', '13th of 200')
    """
    teen = position % 100 in (11, 12, 13)
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(position % 10, "th")
    return f"{count_text(position)}{ending} of {count_text(of)}"


def size(size_bytes: int) -> str:
    """
    A size in decimal units, as the upload limit is set: 1 MB is 10^6 bytes.

    >>> size(780), size(65_536), size(5_872_025), size(199_000_000)
    ('780 B', '66 kB', '5.9 MB', '199 MB')
    """
    amount, unit = float(size_bytes), "B"
    for larger in ("kB", "MB", "GB"):
        if round(amount) < 1000:
            break
        amount, unit = amount / 1000, larger
    digits = f"{amount:.1f}" if amount < 9.95 and unit != "B" else f"{amount:.0f}"
    return f"{digits.removesuffix('.0')} {unit}"


def p_value(p: float, *, at_most: float | None = None) -> str:
    """
    A p-value whose number of past windows is not at hand, never below the smallest it could have been.

    The smallest is the factor of the views that decided, at most five, over a whole
    number, and any other p is at least twice the smallest: only what may be
    that must not be rounded down.

    >>> p_value(1 / 190), p_value(7 / 190), p_value(4 / 201), p_value(0.050004, at_most=0.05)
    ('0.00527', '0.0368', '0.02', '0.050004')
    """
    may_be_smallest = p > 0 and any(
        math.isclose(views / p, round(views / p), rel_tol=1e-9) for views in range(1, counted(VIEWS) + 1)
    )
    return p_text(p, p if may_be_smallest else 0.0, at_most=at_most)


def limits(name: str, threshold: float, alpha: float) -> str:
    """
    >>> limits("balanced", 0.3, 0.05)
    'Balanced: NCD ≥ 0.30 and p ≤ 0.05'
    """
    return f"{PROFILE_NAMES.get(name, name)}: NCD ≥ {limit_text(threshold)} and p ≤ {limit_text(alpha)}"


def literal(text: str) -> str:
    """
    Text of others, such as file names and payload tokens, so that Markdown shows it as it is.

    >>> literal("a_b*")
    'a\\\\_b\\\\*'
    """
    return "".join(f"\\{sign}" if sign in _MARKDOWN else sign for sign in text)


def emphasised(text: str) -> str:
    """
    A generated text: what stands between two pairs of stars is bold, all else is shown as it is.

    Pairs of stars inside a word, as a file name may hold them, are shown too.

    >>> emphasised("on **a_b** needs [2]"), emphasised("on **a**b** needs")
    ('on **a\\\\_b** needs \\\\[2\\\\]', 'on **a\\\\*\\\\*b** needs')
    """
    # Splitting by an expression with one group puts what is bold at the odd places.
    parts = BOLD.split(text)
    return "".join(f"**{literal(part)}**" if at % 2 else literal(part) for at, part in enumerate(parts))


_MARKDOWN: Final = frozenset("\\`*_{}[]()#+-.!|<>~$:&")
