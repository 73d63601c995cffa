"""Drift and streams in words."""

from datetime import timedelta
from typing import Final

from driftlock.model import Anchor, DriftPoint
from driftlock.services.drift import DriftRow
from driftlock.services.drift_rules import DriftRule, DriftStanding
from driftlock.ui import words
from driftlock_core.anchors_drift import SETTLING, Drift
from driftlock_core.numbers_text import MISSING, count_text, duration_text

STATES: Final = {"active": "active", "kept": "kept for comparison", "retired": "retired"}
DISTANCE_HELP: Final = (
    "How much more the blocks of two stretches cost to describe by each other than by their own kind. 0: as like "
    "each other as each is to itself. Every block has the same number of events, so length does not matter."
)
RANGE_HELP: Final = (
    "5 to 95 % of what chance alone gives: the same blocks relabelled, and once nineteen baselines have followed the "
    "anchor, what those lay apart."
)


def distance(value: float) -> str:
    """
    >>> distance(0.01234), distance(-0.0004)
    ('0.012', '0.000')
    """
    return f"{value:.3f}".replace("-0.000", "0.000")


def hours(lasting: timedelta) -> str:
    """A stretch of time."""
    return duration_text(lasting / timedelta(microseconds=1)) if lasting else "less than a second"


def age(row: DriftRow) -> str:
    """
    How far back the baseline reaches, at the stream's mean rate; a dash where there is none.
    """
    baseline, window = (row.stream.configuration.get(name) for name in ("baseline", "window"))
    if row.per_minute is None or not row.stream.windows or baseline is None or window is None:
        return MISSING
    return f"about {hours(timedelta(minutes=(baseline + window) / row.per_minute))}"


def named(anchor: Anchor) -> str:
    """Day and note of an anchor."""
    return f"{words.moment(anchor.at)[:16]} · {anchor.note}"


def now(point: DriftPoint | None, standing: DriftStanding | None) -> str:
    """Distance, range and phase in a few words."""
    if standing is None:
        return "no anchor"
    if point is None:
        return "not measured yet"
    measured = f"{distance(point.distance)} (ordinary to {distance(point.high)})"
    if standing.phase == "settling":
        return f"{measured}, settling {standing.known} of {SETTLING}"
    if standing.phase == "ordinary":
        return measured
    said = "drifting" if standing.phase == "drifting" else "outside"
    return f"▲ {measured}, {said} for {hours(standing.lasting)}"


def sentence(standing: DriftStanding, rule: DriftRule) -> str:
    """Where a stream stands against its anchor, as a paragraph."""
    point = standing.newest
    if point is None:
        return (
            "No baseline was held against this anchor yet. The first one is, as soon as it shares no event with "
            "the anchor."
        )
    measured = (
        f"Today's baseline lies {distance(point.distance)} from its anchor; the ordinary range ends at "
        f"{distance(point.high)}, p = {words.p_value(point.p)}."
    )
    if standing.phase == "settling":
        left = SETTLING - standing.known
        return (
            f"{measured} The anchor is settling: {words.plural(left, 'more ordinary baseline')} will show what is "
            "ordinary here, and until then only what is far from all of them is told."
        )
    if standing.phase == "ordinary":
        return f"{measured} That is ordinary for this stream."
    since = f"since {words.moment(standing.since)} UTC, {hours(standing.lasting)}"
    if standing.phase == "outside":
        return f"{measured} It lies outside {since}; drift is told after {rule.hours} hours."
    return f"{measured} The stream has drifted: outside {since}."


def compared(found: Drift) -> str:
    """Two stretches held against each other, in a sentence."""
    alike = (
        "further apart than chance makes them" if found.outside else "no further apart than chance makes them"
    )
    return (
        f"They lie {distance(found.distance)} apart; relabelled blocks reach up to {distance(found.high)}, "
        f"p = {words.p_value(found.p)}: {alike}."
    )


def silence(row: DriftRow) -> str:
    """A silent stream as a finding of its own."""
    assert row.silent_for is not None
    assert row.per_minute is not None
    usual = hours(timedelta(minutes=1 / row.per_minute))
    return (
        f"{row.stream.name} is silent since {words.moment(row.state.last_seen)} UTC, {hours(row.silent_for)}. "
        f"Usually an event comes every {usual}."
    )


def chance(row: DriftRow) -> str:
    """Flagged windows beside those expected by chance, or how warm-up goes."""
    stream = row.stream
    if row.state.series:
        return "numbers: not stated"
    if not stream.windows:
        return f"warm-up: {count_text(stream.events)} of {count_text(stream.events + stream.events_needed)} events"
    return f"{count_text(stream.flagged)} flagged, ≤ {words.expected(stream.expected_by_chance)} by chance"
