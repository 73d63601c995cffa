"""
How much worse a number may get before a run fails: one tolerance a family, each with its reason.

A run repeats to the last bit, so tolerances are no allowance for noise. They
say which change is too small, on so few logs or sets, to be evidence of harm.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from benchmarks.quality.results import Result, Results


@dataclass(frozen=True)
class Tolerance:
    """Results whose id matches *ids* may get worse by *by*, in their unit, or by a *share* of their value."""

    ids: str
    by: float
    reason: str
    share: float = 0.0


# The first that matches counts.
TOLERANCES = (
    Tolerance(
        "null/mean/*", 0.005, "a tenth of the nominal 5 %; the mean of ten logs and some 5,000 windows"
    ),
    Tolerance("null/*", 0.03, "five windows of the 150 that a log of 2,000 lines has"),
    Tolerance("power/null/*/*", 0.03, "as for null streams: the same windows without rare templates"),
    Tolerance("power/null/*", 0.005, "as for the mean of null streams"),
    Tolerance("power/*/*/*", 0.14, "four of the 30 positions in a log"),
    Tolerance("power/*/balanced", 0.03, "about one and a half standard errors of 300 positions"),
    Tolerance("power/*", 0.06, "about one and a half standard errors of 100 positions"),
    Tolerance("poisoning/*", 0.08, "five of 60 streams"),
    Tolerance("labelled/*/within_*", 1, "one set at the border of a range may cross it"),
    Tolerance("labelled/*/false_alarms_*", 0.02, "two fifths of the nominal 5 %"),
    Tolerance("labelled/*_half/roc_auc", 0.004, "one set of five or six by 0.02"),
    Tolerance(
        "labelled/mean/roc_auc", 0.003, "one set of eleven by 0.03, or all by as little as cannot be told"
    ),
    Tolerance("labelled/*/roc_auc", 0.01, "half a standard error at 100 anomalous units of 1,500"),
    Tolerance("labelled/*/pr_auc", 0.03, "some ranks at the top decide it where few units are anomalous"),
    Tolerance("labelled/*", 0.03, "shares at one fixed p: p moves in steps of 1 / (baseline units + 1)"),
    Tolerance("sessions/*", 0.02, "one standard error of a ROC-AUC on 300 units is near 0.02"),
    Tolerance("nab/event_f1", 0.02, "one window found or lost of 57"),
    Tolerance("nab/*", 1.5, "one window is worth 1.75 points; below 3 points is noise of the corpus"),
    Tolerance("peers/*/peers_ahead", 1, "a peer at the border of its interval"),
    Tolerance("peers/*", 0.01, "as for the labelled sets"),
    Tolerance("speed/*", 0, "times on shared machines repeat to a third at best", share=0.33),
)


@dataclass(frozen=True)
class Worse:
    """A number that fell behind its base by more than its tolerance."""

    base: Result
    now: float
    tolerance: Tolerance

    def __str__(self) -> str:
        one = self.base
        allowed = f"{self.tolerance.share:.0%}" if self.tolerance.share else f"{self.tolerance.by:g}"
        return (
            f"{one.id}: {one.value:.4g} -> {self.now:.4g} {one.unit}, {one.better} is better, "
            f"tolerance {allowed} ({self.tolerance.reason})"
        )


def tolerance_of(id: str) -> Tolerance:
    """
    The tolerance of a result.

    Raises:
        LookupError: No family has such an id.

    >>> tolerance_of("labelled/mean/roc_auc").by
    0.003
    """
    for one in TOLERANCES:
        if fnmatchcase(id, one.ids):
            return one
    raise LookupError(f"no tolerance covers {id!r}: add its family to benchmarks/quality/tolerances.py")


def worse(base: Results, now: Results) -> list[Worse]:
    """What got worse by more than its tolerance, among the ids both have."""
    found = []
    for id in sorted(base.keys() & now.keys()):
        before, value = base[id], now[id].value
        if before.better == "none":
            continue
        tolerance = tolerance_of(id)
        loss = before.value - value if before.better == "higher" else value - before.value
        # Nine decimals: a loss of exactly the tolerance is within it, whatever the last bit says.
        if round(loss - tolerance.by - tolerance.share * abs(before.value), 9) > 0:
            found.append(Worse(before, value, tolerance))
    return found


def gone(base: Results, now: Results, parts: list[str]) -> list[str]:
    """Ids of the base that a run of *parts* did not give again."""
    return sorted(id for id, one in base.items() if one.part in parts and id not in now)
