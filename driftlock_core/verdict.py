"""The record of one window: the decision, and everything needed to compute it again."""

from dataclasses import asdict, dataclass, field
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    The decision on one window and why.

    ``ncd`` is the size-matched score N = (S − mu) / max(C(W), Cbar): 0 is what
    a window of this stream usually costs; it is not clipped. ``extra_bits`` is
    8·(S − mu). ``p`` is the p-value the decision used: the larger of the two,
    or ``p_perm`` alone where ``decided_by`` says so.
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
    decided_by: Literal["max", "p_perm"]
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
    views: tuple[str, ...] = ("bytes",)
    evidence: Evidence
    configuration: dict[str, Any] = field(default_factory=dict)

    def as_record(self) -> dict[str, Any]:
        """Plain values, ready for JSON; :meth:`from_record` is the inverse."""
        return asdict(self)

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
        return cls(**values, evidence=Evidence(**evidence))
