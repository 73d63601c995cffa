"""What one anomaly was, from its record: the page that lies in its evidence bundle, and the first part of annexes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from driftlock.evidence import Policy
from driftlock.reports.document import Bars, Block, Document, Facts, Heading, Lines, Paragraph, Table
from driftlock.reports.plain import smallest_p, when, without_marks
from driftlock_core.numbers_text import bits_text, limit_text, ncd_text, p_text, size_text

FOOT: Final = (
    "Driftlock. Every number is recomputed by verify.py of the evidence bundle. A p-value is not the chance that "
    "something is wrong."
)
_BINS: Final = 24
_MOST_LINES: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that happened to an anomaly or a case: when, what, by whom."""

    at: datetime
    what: str
    by: str
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nulls:
    """What chance alone gives: sizes under the shuffles, and those of past windows; bytes."""

    permuted: npt.NDArray[np.float64]
    observed_permuted: float
    past: npt.NDArray[np.float64]
    observed_past: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An anomaly of a window or of a series, and what a report shows beside its record."""

    id: str
    stream: str
    stream_name: str
    kind: str
    severity: str
    sentence: str  # with its marks of bold
    record: Mapping[str, Any]
    seen_at: datetime
    nulls: Nulls | None = None  # None: of a series, or the events are gone


def report(seen: Seen, *, policy: Policy, statement: str, timeline: Sequence[Told]) -> Document:
    """
    The page of one anomaly.

    Args:
        policy: Under ``digests`` no text of an event is quoted, nor a value of a series.
        statement: What the bundle can prove.
    """
    return Document(
        title=f"Evidence of anomaly {seen.id}",
        subtitle=f"{seen.stream_name} · {seen.kind} · last event {when(seen.seen_at)}",
        blocks=(*summary(seen, quoted=policy != "digests"), *_proof(statement), *told(timeline)),
        foot=FOOT,
    )


def summary(seen: Seen, *, quoted: bool) -> list[Block]:
    """What was found, in words and numbers."""
    return _window(seen, quoted=quoted) if "ncd" in seen.record else _series(seen, quoted=quoted)


def told(timeline: Sequence[Told]) -> list[Block]:
    """What happened since, in time."""
    rows = tuple((when(one.at), one.what, one.by, one.more) for one in timeline)
    return [Heading("What happened, by whom"), Table(("At (UTC)", "What", "By", "More"), rows)]


def _proof(statement: str) -> list[Block]:
    return [
        Heading("What can be checked"),
        Paragraph(statement),
        Paragraph(
            "Unpack the bundle, then: python3 verify.py. It prints one line for each step and what it rests on."
        ),
    ]


def _window(seen: Seen, *, quoted: bool) -> list[Block]:
    record = seen.record
    blocks: list[Block] = [Heading("What was found")]
    if quoted:
        blocks.append(Paragraph(without_marks(seen.sentence)))
        blocks += [Paragraph(without_marks(record["explanation"]["paragraph"]))]
    blocks.append(Facts(tuple(_numbers(seen))))
    blocks.append(Paragraph(without_marks(record["explanation"]["method"]), small=True))
    if seen.nulls is not None:
        blocks += [Heading("Is it chance?"), *_histograms(seen.nulls)]
    if quoted and (top := record["description"]["top"]):
        blocks.append(Heading("The lines that cost most, as the detector saw them"))
        blocks.append(
            Lines(tuple(f"{bits_text(line['bits']):>8} bits  {line['text']}" for line in top[:_MOST_LINES]))
        )
    return blocks


def _numbers(seen: Seen) -> list[tuple[str, str]]:
    record = seen.record
    low, high = record["ordinary_range"]
    return [
        ("NCD (size-matched)", f"{ncd_text(record['ncd'])}; limit {limit_text(record['threshold'])}"),
        ("Ordinary range (5 to 95 %)", f"{ncd_text(low)} to {ncd_text(high)}"),
        ("p", f"{p_text(record['p'], smallest_p(record))}; limit {limit_text(record['alpha'])}"),
        (
            "p among past windows",
            f"{p_text(record['p_stream'], 1 / (record['m'] + 1))} ({record['m']} windows)",
        ),
        (
            "p among shuffles",
            f"{p_text(record['p_perm'], 1 / (record['permutations'] + 1))} ({record['permutations']} shuffles)",
        ),
        ("Extra bits", bits_text(record["extra_bits"])),
        ("Window given the baseline", f"{size_text(record['size'])} bytes; usual {size_text(record['mu'])}"),
        ("Views that stand out", ", ".join(record["views"]) or "none by itself"),
        ("Severity", seen.severity),
        ("Events of the window", f"{record['first_seq']} to {record['last_seq']} of the stream"),
        (
            "First and last event",
            f"{record.get('first_at') or 'no time'} to {record.get('last_at') or 'no time'}",
        ),
        (
            "Profile",
            f"{record['profile']}: {limit_text(record['threshold'])} / {limit_text(record['alpha'])}",
        ),
        ("Compressor", record["compressor"]),
        ("Seed", str(record["seed"])),
    ]


def _series(seen: Seen, *, quoted: bool) -> list[Block]:
    record = seen.record
    facts = [
        ("Series", record["series"]),
        ("Seen in", f"{record['view']}, with {bits_text(record['bits'])} bits beyond the usual"),
        ("p of that view", f"{record['p']:.4g}"),
        ("Score", f"{record['score']:.4g}; alerts from {record['parameters']['alert_score']:g}"),
        ("Severity", seen.severity),
        ("Records of the series", f"{record['record']} to {record['last_record']}, counted from 0"),
        (
            "First and last event",
            f"{record.get('first_at') or 'no time'} to {record.get('last_at') or 'no time'}",
        ),
    ]
    blocks: list[Block] = [Heading("What was found")]
    if quoted:
        blocks.append(Paragraph(without_marks(seen.sentence)))
        facts.insert(1, ("Value", f"{record['value']:g}; expected {record['low']:g} to {record['high']:g}"))
    return [*blocks, Facts(tuple(facts))]


def _histograms(nulls: Nulls) -> list[Block]:
    blocks: list[Block] = []
    for title, values, observed in (
        (f"The window's bytes under {len(nulls.permuted)} shuffles", nulls.permuted, nulls.observed_permuted),
        (f"Bytes of the {len(nulls.past)} past windows it is ranked among", nulls.past, nulls.observed_past),
    ):
        if not len(values):
            continue
        counts, edges = np.histogram(values, bins=min(_BINS, max(1, len(np.unique(values)))))
        reach = int((values >= observed).sum())
        alt = (
            f"{len(values)} values from {values.min():g} to {values.max():g}; observed {observed:g}, "
            f"which {reach} of them reach."
        )
        blocks.append(
            Bars(
                title=title,
                unit="B",
                edges=tuple(edges.tolist()),
                counts=tuple(counts.tolist()),
                observed=float(observed),
                alt=alt,
            )
        )
        blocks.append(Paragraph(alt, small=True))
    return blocks
