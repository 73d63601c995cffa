"""What a proposal would mean, counted: on labels, on the part held out, on the whole history, and afterwards."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from driftlock.services.feedback_labels import Place
from driftlock.services.proposals_search import positions, split, tally
from driftlock.services.records import DAY_US, anomaly_id
from driftlock.services.tuning_figures import counted, figures
from driftlock.services.tuning_history import History
from driftlock_core.recount import Rule
from driftlock_core.windows import Bools

MEASURED_DAYS: Final = 7  # after a change, until its outcome is settled
MOST_LOST: Final = 100  # places listed


def of_candidate(history: History, places: Sequence[Place], candidate: Rule) -> dict[str, Any]:
    """Plain counts under the rule in force and under *candidate*; see :class:`Proposal`."""
    older, newer = split(places)
    rules = {"current": history.rule, "candidate": candidate}
    recounts = {name: counted(history, rule) for name, rule in rules.items()}

    def on(some: Sequence[Place]) -> dict[str, Any]:
        return {name: asdict(tally(history, found, some)) for name, found in recounts.items()}

    lost = [
        place.windows
        for place in places
        if place.label == "real"
        and _any(history, recounts["current"].flagged, place)
        and not _any(history, recounts["candidate"].flagged, place)
    ]
    return {
        "chosen_on": on(older),
        "held_out": on(newer),
        "all": on(places),
        "history": {name: _of_history(history, rule) for name, rule in rules.items()},
        "lost": [[windows[0], anomaly_id(history.stream.id, windows[0])] for windows in lost[:MOST_LOST]],
        "lost_count": len(lost),
    }


def outcome(history: History, after_seq: int, until_seq: int | None) -> dict[str, Any] | None:
    """
    What was flagged in the week after a change, from windows as they are stored.

    Args:
        after_seq: The last event that was judged by the old limits.
        until_seq: Of the next change; None: there is none yet.

    Returns:
        None as long as no window was judged by the new limits. ``whole``: the week is over, or ended by
        another change.
    """
    every = history.every
    inside = every.last_seq > after_seq
    if until_seq is not None:
        inside &= every.last_seq <= until_seq
    at = np.flatnonzero(inside)
    if not len(at):
        return None
    seen = every.extra["seen_us"]
    end = int(seen[at].min()) + MEASURED_DAYS * DAY_US
    within = at[seen[at] < end]
    first, stop = int(within[0]), int(within[-1]) + 1
    part = history.part(first - history.first, stop - history.first)
    flagged = int(part.columns.flagged.sum())
    days = part.days
    return {
        "windows": part.windows,
        "flagged": flagged,
        "per_1000": 1000 * flagged / part.windows,
        "expected_per_1000": 1000 * float(part.columns.chance.sum()) / part.windows,
        "days": days,
        "per_day": None if days is None else flagged / days,
        "first_seq": int(every.extra["first_seq"][first]),
        "last_seq": int(every.last_seq[stop - 1]),
        "whole": len(within) < len(at) or until_seq is not None,
    }


def _of_history(history: History, rule: Rule) -> dict[str, Any]:
    found = figures(history, rule)
    return {
        "windows": found.tested,
        "days": found.days,
        "flagged": found.flagged,
        "incidents": found.incidents,
        "per_day": found.alarms_per_day,
        "per_1000": found.alarms_per_1000,
        "expected": found.expected,
        "expected_per_day": found.expected_per_day,
        "expected_per_1000": found.expected_per_1000,
        "unknown": found.unknown,
    }


def _any(history: History, flagged: Bools, place: Place) -> bool:
    return bool(flagged[positions(history, place.windows)].any())
