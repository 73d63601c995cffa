"""Proof by repetition: a recorded verdict computed again from its events, number by number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from driftlock_core.digests import canonical_digest, raw_digest
from driftlock_core.measure import Measurement, Remeasurement
from driftlock_core.profiles import Profile
from driftlock_core.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One number of the record against the one computed now."""

    name: str
    passed: bool
    recorded: str
    computed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputation:
    """All checks, and what they do not cover."""

    checks: tuple[Check, ...]
    scope: str

    @property
    def identical(self) -> bool:
        """Whether every number came out the same."""
        return all(check.passed for check in self.checks)

    @property
    def differences(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if not check.passed)


def recompute(
    verdict: Verdict,
    events: Mapping[int, bytes],
    *,
    baseline: Sequence[bytes] | None = None,
    masked: bool = False,
) -> Recomputation:
    """
    Compute *verdict* again from stored events.

    The sizes of earlier windows (``evidence.history``) are taken from the
    record; they are proven by running the detector over the whole stream.

    Args:
        verdict: The record.
        events: Raw events by seq, at least the ranges of
            :func:`driftlock_core.measure.needed`.
        baseline: The events of a given baseline, if there was one.
        masked: *events* are canonical: the raw digests then cannot be checked.

    Raises:
        NotRecomputable: An event is missing.
    """
    again = Remeasurement(verdict, events, baseline=baseline, masked=masked)
    record = verdict.evidence
    now = again.measure(again.window)
    pairs: list[tuple[str, object, object]] = [("compressor", verdict.compressor, again.compressor.version)]
    pairs += [
        ("profile", verdict.profile, again.profile.name),
        ("first and last seq", (verdict.first_seq, verdict.last_seq), _place(verdict, again.profile)),
        ("status", verdict.status, "ready" if now.m >= again.profile.references_to_ready else "calibrating"),
    ]
    if not masked:
        pairs += [
            ("raw baseline digest", record.raw_baseline, raw_digest(again.baseline.raw)),
            ("raw window digest", record.raw_window, raw_digest(again.raw_window)),
        ]
    pairs += [
        ("canonical baseline digest", record.canonical_baseline, canonical_digest(again.baseline.canonical)),
        ("canonical window digest", record.canonical_window, now.canonical_window),
        ("chunk costs", record.chunk_costs, now.chunk_costs),
        ("S", verdict.size, now.size),
        ("mu", verdict.mu, again.mu),
        ("baseline windows", record.baseline_windows, again.baseline.window_sizes),
        ("Cbar", verdict.cbar, again.baseline.cbar),
        ("C(W)", record.c_window, now.c_window),
        ("NCD (size-matched)", verdict.ncd, now.ncd),
        ("extra bits", verdict.extra_bits, now.extra_bits),
        ("references m", verdict.m, now.m),
        ("p_stream", verdict.p_stream, now.p_stream),
        ("reference costs", record.reference_costs, again.baseline.reference_costs),
        ("window costs", record.window_costs, now.window_costs),
        ("permutations", verdict.permutations, again.profile.permutations),
        ("seed", verdict.seed, now.seed),
        ("p_perm", verdict.p_perm, now.p_perm),
        *_views(verdict, now),
        ("factor", verdict.factor, again.factor),
        ("decided by", verdict.decided_by, again.decided_by),
        ("p", verdict.p, now.p),
        ("flagged", verdict.flagged, now.flagged),
        ("threshold", verdict.threshold, again.profile.threshold),
        ("alpha", verdict.alpha, again.profile.alpha),
    ]
    return Recomputation(
        checks=tuple(
            Check(name=name, passed=recorded == computed, recorded=str(recorded), computed=str(computed))
            for name, recorded, computed in pairs
        ),
        scope=(
            (
                "canonical (masked) events; the raw digests were not checked"
                if masked
                else "raw and canonical events; sizes and statistics of earlier windows, ages and times as recorded"
            )
            + "; not covered: words, severity, textbook sizes"
        ),
    )


def _views(verdict: Verdict, now: Measurement) -> list[tuple[str, object, object]]:
    """The numbers of the other views, where they decided."""
    recorded = verdict.evidence.views
    if recorded is None or now.views is None:
        return [("views", verdict.views, ("bytes",))]
    again = now.views.evidence
    return [
        ("statistics of the views", recorded.values, again.values),
        ("usual statistics", recorded.usual, again.usual),
        *(
            (f"rank and distance of {name}", recorded.aspects[name], again.aspects[name])
            for name in again.aspects
        ),
        ("views", verdict.views, now.views.views),
    ]


def _place(verdict: Verdict, profile: Profile) -> tuple[int, int]:
    """First and last seq of the window of that number: windows begin one hop after the other."""
    # A given baseline is no part of the stream, a rolling one is its beginning.
    begin = verdict.window * profile.hop + (0 if verdict.evidence.baseline_given else profile.baseline)
    return begin + 1, begin + profile.window
