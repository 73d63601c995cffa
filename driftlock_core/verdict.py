"""The record of one window: the decision, and everything needed to compute it again."""

from dataclasses import dataclass, field, fields
from typing import Any, Literal

Status = Literal["warming_up", "calibrating", "ready"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Textbook:
    """Real compressions of baseline and window, no dictionary, as the textbook NCD wants them; bytes."""

    c_baseline: int
    c_window: int
    c_both: int  # baseline first, then window

    @property
    def ncd(self) -> float:
        """(C(BW) − min) / max, Cilibrasi & Vitányi 2005; not clipped."""
        small, large = sorted((self.c_baseline, self.c_window))
        return (self.c_both - small) / large

    @property
    def novelty(self) -> float:
        """(C(BW) − C(B)) / C(W): share of the window that the baseline does not explain."""
        return (self.c_both - self.c_baseline) / self.c_window


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewEvidence:
    """
    What the views beside the bytes measured; statistics in the order of window_views/catalogue.py.

    Sizes are bytes, code lengths 1/1024 bit, durations millionths of a usual interval. ``ages`` says for each event
    how many events before its last like lies, 0 for never (in memory): that reaches further back than the baseline.
    """

    aspects: dict[str, tuple[float, float]]  # name: rank among the references, distance from the usual
    values: tuple[int, ...]
    usual: tuple[float, ...]  # medians of the references
    references: tuple[tuple[int, ...], ...]  # statistics of past windows, oldest first
    ages: tuple[int, ...]
    times: tuple[int, ...]  # of the events, microseconds; empty where the stream has none
    intervals: tuple[int, ...]  # before each event, in millionths of a usual one; empty likewise
    usual_us: int  # the usual interval before the first event, microseconds; 0 where there is none
    # Of each event's numbers: what they cost given those before, and how many were compared; empty where the
    # stream's numbers are not looked at.
    bits: tuple[int, ...] = ()
    compared: tuple[int, ...] = ()
    # As intervals, by the slower of two paces; empty where a record of before lacks them.
    stills: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """
    The exact integers behind a verdict.

    Sizes are compressed bytes. ``epochs`` names the events each part of the
    window was measured against: one entry per dictionary, in order of the
    window's chunks; the last one also gives mu, Cbar and the permutation.
    ``history`` holds window sizes S in stream order, oldest first; its slice
    ``mu_span`` gave mu and its slice ``p_span`` gave p_stream.
    """

    chunk_costs: tuple[int, ...]  # of the window's chunks given the baseline's distinct events; sum = S
    epochs: tuple[
        tuple[int, int, int], ...
    ]  # (baseline first seq, baseline last seq, chunks costed under it)
    c_window: int  # C(W), no dictionary
    baseline_windows: tuple[int, ...]  # C of every second disjoint window of the baseline; median = Cbar
    history: tuple[int, ...]
    mu_span: tuple[int, int]
    p_span: tuple[int, int]
    reference_costs: tuple[int, ...]  # odd baseline chunks given the even ones
    window_costs: tuple[int, ...]  # the window's chunks given the even ones
    baseline_given: bool  # the baseline is a file or an anchor of its own, its seqs count there
    raw_baseline: str  # SHA-256 of the raw events, see digests.py
    raw_window: str
    canonical_baseline: str
    canonical_window: str
    views: ViewEvidence | None = None  # None: judged by the bytes alone


def _plain(record: object) -> dict[str, Any]:
    # The general way copies thousands of numbers one by one, and takes longer than the decision.
    return {field.name: getattr(record, field.name) for field in fields(record)}  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    The decision on one window and why.

    ``ncd`` is the size-matched score N = (S − mu) / max(C(W), Cbar): 0 is what
    a window of this stream usually costs; it is not clipped. ``extra_bits`` is
    8·(S − mu).

    ``p`` is the p-value the decision used. Where the views decide, it is
    ``factor`` times the smallest rank of an
    aspect (Bonferroni); while past windows are too few for that, the larger of
    p_stream and p_perm, or p_perm alone, as ``decided_by`` says.
    """

    window: int  # 0-based position among the stream's windows
    first_seq: int  # 1-based, inclusive
    last_seq: int
    status: Status
    flagged: bool
    ncd: float
    p: float
    p_stream: float
    p_perm: float
    decided_by: Literal["views", "max", "p_perm"]
    extra_bits: float
    size: int  # S, bytes
    mu: float  # bytes
    cbar: float  # bytes
    m: int  # references p_stream ranks among
    permutations: int
    seed: int  # of this window's permutation
    profile: str
    threshold: float
    alpha: float
    compressor: str  # name, library version, level
    views: tuple[str, ...] = ("bytes",)  # that stand out, most surprising first
    factor: int = 1
    evidence: Evidence
    configuration: dict[str, Any] = field(default_factory=dict)

    def as_record(self) -> dict[str, Any]:
        """Plain values, ready for JSON; :meth:`from_record` is the inverse."""
        evidence = _plain(self.evidence)
        if self.evidence.views is not None:
            evidence["views"] = _plain(self.evidence.views)
        return _plain(self) | {"evidence": evidence, "configuration": dict(self.configuration)}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Verdict":
        """Read back what :meth:`as_record` wrote, also after a trip through JSON."""
        values = dict(record)
        evidence = dict(values.pop("evidence"))
        evidence["epochs"] = tuple(tuple(epoch) for epoch in evidence["epochs"])
        for name in (
            "chunk_costs",
            "baseline_windows",
            "history",
            "mu_span",
            "p_span",
            "reference_costs",
            "window_costs",
        ):
            evidence[name] = tuple(evidence[name])
        values["views"] = tuple(values["views"])
        if views := evidence.get("views"):
            evidence["views"] = ViewEvidence(
                aspects={name: (p, distance) for name, (p, distance) in views["aspects"].items()},
                references=tuple(map(tuple, views["references"])),
                usual_us=views["usual_us"],
                **{name: tuple(views[name]) for name in ("values", "usual", "ages", "times", "intervals")},
                **{name: tuple(views.get(name, ())) for name in ("bits", "compared", "stills")},
            )
        return cls(**values, evidence=Evidence(**evidence))
