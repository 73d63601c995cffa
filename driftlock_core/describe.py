"""Everything about a flagged window that explains it but does not decide it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from driftlock_core.attribution import BaselineLines, event_bits, ordinary_event_bits
from driftlock_core.compressors import Compressor
from driftlock_core.verdict import Textbook, Verdict
from driftlock_core.window_views.findings import Finding, findings_of
from driftlock_core.window_views.places import Received

TOP_EVENTS: Final = 5
NOVEL_TOKENS: Final = 8  # per event


@dataclass(frozen=True, slots=True, kw_only=True)
class TopEvent:
    """One of the distinct lines of a window that cost most. Texts are canonical, decoded as UTF-8."""

    position: int  # in the window, 0-based, of its first occurrence
    bits: float  # given the baseline
    text: str
    count: int  # identical lines in the window
    novel_tokens: tuple[str, ...]  # that no baseline event holds; a mask with its angle brackets
    nearest_position: int  # in the baseline, 0-based, of the last occurrence
    nearest_text: str
    similarity: float  # Jaccard index of the token sets, 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """
    What stands beside a verdict.

    Events are measured against the last epoch's baseline, each on its own;
    their bits do not add up to S (see docs/measures/explanations.md).
    """

    textbook: Textbook
    ratio_change: float  # (len(W)/C(W)) / median(len/C of the baseline's windows) − 1; < 0: compresses worse
    entropy_bits_per_byte: float  # order 0, of the window's text
    baseline_entropy_bits_per_byte: float
    event_bits: tuple[float, ...]  # one per window event
    ordinary_event_bits: float  # median over held-out baseline events
    carrying: int  # fewest events that hold half of the bits above the ordinary event; 0: none is above
    top: tuple[TopEvent, ...]  # dearest first
    distinct: int  # distinct lines in the window
    beyond_reach: bool  # the baseline's distinct lines are longer than the compressor can look back
    findings: tuple[
        Finding, ...
    ] = ()  # of the views that stand out, most surprising first; none: bytes alone

    @property
    def ncd_textbook(self) -> float:
        """NCD of whole baseline and window, by the formula of the textbook."""
        return self.textbook.ncd

    @property
    def novelty(self) -> float:
        """Share of the window that the baseline does not explain."""
        return self.textbook.novelty

    def as_record(self) -> dict[str, Any]:
        """Plain values, ready for JSON; ``ncd_textbook`` and ``novelty`` are added for readers."""
        return asdict(self) | {"ncd_textbook": self.ncd_textbook, "novelty": self.novelty}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Description":
        """Read back what :meth:`as_record` wrote, also after a trip through JSON."""
        values = dict(record)
        del values["ncd_textbook"], values["novelty"]
        values["textbook"] = Textbook(**values["textbook"])
        values["event_bits"] = tuple(values["event_bits"])
        values["top"] = tuple(
            TopEvent(**(top | {"novel_tokens": tuple(top["novel_tokens"])})) for top in values["top"]
        )
        # A record without them was written when the bytes alone were looked at.
        values["findings"] = tuple(map(Finding.from_record, values.get("findings", ())))
        return cls(**values)


def describe(
    verdict: Verdict,
    window: Sequence[bytes],
    baseline: Sequence[bytes],
    compressor: Compressor,
    received: Received | None = None,
) -> Description:
    """
    Explain a window by real compressions.

    Args:
        verdict: Its C(W) and the sizes of the baseline's windows are used again.
        window: Canonical events of the window.
        baseline: Canonical events of the baseline of the window's last epoch.
        compressor: The one the verdict was made with.
        received: The same events as received, for the numbers they name.

    Raises:
        ValueError: The baseline is not cut into as many windows as the
            verdict has sizes for, so the events are not the verdict's.
    """
    window_text, baseline_text = _text(window), _text(baseline)
    textbook = Textbook(
        c_baseline=compressor.size(baseline_text),
        c_window=verdict.evidence.c_window,
        c_both=compressor.size(baseline_text + window_text),
    )
    bits = event_bits(window, baseline, compressor)
    ordinary = ordinary_event_bits(baseline, compressor)
    return Description(
        textbook=textbook,
        ratio_change=_ratio_change(verdict, len(window_text), baseline, len(window)),
        entropy_bits_per_byte=entropy(window_text),
        baseline_entropy_bits_per_byte=entropy(baseline_text),
        event_bits=tuple(bits.tolist()),
        ordinary_event_bits=ordinary,
        carrying=carrying(bits, ordinary),
        top=_top(window, baseline, bits),
        distinct=len(set(window)),
        beyond_reach=sum(len(event) + 1 for event in set(baseline)) > compressor.reach,
        findings=findings_of(verdict, window, baseline, received),
    )


def carrying(bits: npt.NDArray[np.float64], ordinary: float) -> int:
    """
    The smallest number of events that hold half of all bits above the ordinary event.

    >>> carrying(np.array([100.0, 900.0, 300.0, 100.0]), 100.0)
    1
    >>> carrying(np.array([100.0, 100.0]), 100.0)
    0
    """
    above = np.sort(np.maximum(bits - ordinary, 0.0))[::-1]
    total = float(above.sum())
    if total == 0:
        return 0
    return int(np.argmax(np.cumsum(above) >= total / 2)) + 1


def entropy(text: bytes) -> float:
    """
    Order-0 entropy in bits per byte: 0 for one repeated byte, 8 for all bytes alike; 0 for no text.

    >>> entropy(b"abab"), entropy(bytes(range(256)))
    (1.0, 8.0)
    """
    if not text:
        return 0.0
    counts = np.bincount(np.frombuffer(text, dtype=np.uint8), minlength=256)
    shares = counts[counts > 0] / len(text)
    return abs(float(-(shares * np.log2(shares)).sum()))  # abs: −0.0 for one repeated byte


def _ratio_change(verdict: Verdict, window_bytes: int, baseline: Sequence[bytes], events: int) -> float:
    starts = range(0, len(baseline), 2 * events)  # the windows whose sizes are recorded
    ratios = [
        sum(map(len, baseline[start : start + events])) + len(baseline[start : start + events])
        for start in starts
    ]
    sizes = verdict.evidence.baseline_windows
    ordinary = float(np.median([length / size for length, size in zip(ratios, sizes, strict=True)]))
    return window_bytes / verdict.evidence.c_window / ordinary - 1


def _top(
    window: Sequence[bytes], baseline: Sequence[bytes], bits: npt.NDArray[np.float64]
) -> tuple[TopEvent, ...]:
    first: dict[bytes, int] = {}
    for at, event in enumerate(window):
        first.setdefault(event, at)
    dearest = sorted(first.items(), key=lambda line: (-bits[line[1]], line[1]))[:TOP_EVENTS]
    count = Counter(window)
    lines = BaselineLines(baseline)
    top = []
    for event, position in dearest:
        nearest_at, similarity = lines.nearest(event)
        top.append(
            TopEvent(
                position=position,
                bits=float(bits[position]),
                text=_decoded(event),
                count=count[event],
                novel_tokens=tuple(_shown(token, event) for token in lines.novel(event, NOVEL_TOKENS)),
                nearest_position=nearest_at,
                nearest_text=_decoded(baseline[nearest_at]),
                similarity=similarity,
            )
        )
    return tuple(top)


def _shown(token: bytes, event: bytes) -> str:
    """``N4`` alone says nothing to a reader; ``<N4>`` is what stands in the line."""
    masked = b"<" + token + b">"
    return _decoded(masked if masked in event else token)


def _text(events: Sequence[bytes]) -> bytes:
    return b"".join(event + b"\n" for event in events)


def _decoded(event: bytes) -> str:
    return event.decode("utf-8", errors="replace")
