"""Proof by repetition for series: a recorded anomaly computed again from the values of its series."""

import math
from collections.abc import Sequence

from driftlock_core.errors import NotRecomputable
from driftlock_core.recompute import Check, Recomputation
from driftlock_core.series_verdict import SeriesVerdict
from driftlock_core.series_watch import SeriesWatch


def recompute_series(
    verdict: SeriesVerdict, values: Sequence[float], times: Sequence[float] | None = None
) -> Recomputation:
    """
    Compute *verdict* again from its series.

    Args:
        verdict: The record.
        values: Of the series from its first record on, NaN where nothing was
            measured; at least to the end of the alert stretch.
        times: Of the same records, seconds since 1970, NaN where there is none.

    Raises:
        NotRecomputable: There are fewer values than that.
    """
    if len(values) <= verdict.last_record:
        raise NotRecomputable(
            f"the series “{verdict.series}” has {len(values)} records here, and the anomaly reaches record "
            f"{verdict.last_record}"
        )
    again = _again(verdict, values, times)
    evidence, now = verdict.evidence, None if again is None else again.evidence
    names = (
        ("value", "value"),
        ("expected low", "low"),
        ("expected high", "high"),
        ("nearest value before", "nearest"),
        ("reading", "view"),
        ("surprise", "surprise"),
        ("extra bits", "bits"),
        ("p", "p"),
        ("score", "score"),
        ("page", "page"),
        ("times used", "timed"),
        ("last record", "last_record"),
        ("readings", "readings"),
        ("detector's numbers", "parameters"),
    )
    pairs: list[tuple[str, object, object]] = [
        ("record of the alert", verdict.record, "no alert there" if again is None else again.record),
        ("digest of the values", evidence.digest, "—" if now is None else now.digest),
        ("last values", evidence.last_values, "—" if now is None else now.last_values),
    ]
    pairs += [
        (said, getattr(verdict, name), "—" if again is None else getattr(again, name)) for said, name in names
    ]
    return Recomputation(
        checks=tuple(
            Check(name=name, passed=recorded == computed, recorded=str(recorded), computed=str(computed))
            for name, recorded, computed in pairs
        ),
        scope="every value of the series, and its time if used, up to the end of the anomaly; not covered: words",
    )


def _again(
    verdict: SeriesVerdict, values: Sequence[float], times: Sequence[float] | None
) -> SeriesVerdict | None:
    """The anomaly that begins at the recorded record, found anew; None if there is none."""
    watch = SeriesWatch(verdict.series, verdict.warmup)
    # One silence more than the stretch: a further alert within it would have made the anomaly longer.
    reach = verdict.last_record + 2 + math.floor(verdict.parameters.get("silent_part", 0.0) * verdict.warmup)
    watched = watch.update(values[:reach], None if times is None else times[:reach])
    found = [*watched.anomalies, *watch.close()]
    return next((one for one in found if one.record == verdict.record), None)
