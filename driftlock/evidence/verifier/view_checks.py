"""What a record says of the views, beside what its lines, ages, pauses and costs make of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from driftlock.evidence.verifier.chance import middle
from driftlock.evidence.verifier.findings import Findings
from driftlock.evidence.verifier.views import (
    MEMORY,
    STATISTICS,
    asked,
    distance,
    rank,
    skeleton,
    statistics,
    surprise,
)

MOST_REFERENCES: Final = 100_000
MOST_OF_NUMBER: Final = 13_335  # log2(65) less one, and eight beyond all others


def check_statistics(
    found: Findings, record: Mapping[str, Any], baseline: Sequence[bytes], window: Sequence[bytes]
) -> None:
    """The statistics of the window, from its lines and the recorded ages and intervals."""
    views = record["evidence"]["views"]
    row = statistics(baseline, window, views["ages"], views["intervals"], record["size"])
    row.append(surprise(views.get("bits", ()), views.get("compared", ())))
    row.append(sum(count * (count - 1) // 2 for count in Counter(window).values()))
    row.append(max(views.get("stills", ())[1:], default=0))
    known = len(views["values"])
    # A record of before lacks the last ones; one of before the values lacks them, and so did its configuration.
    least = STATISTICS.index("surprise") + ("values" in record["configuration"]["views"])
    found.add(
        "views",
        "statistics there are",
        least <= known <= len(STATISTICS),
        f"{known} of them",
        f"{known} of them",
    )
    if known < len(STATISTICS):
        found.unchecked("views", "number of statistics", "taken as recorded: a record of before has fewer")
    for name, recorded, computed in zip(STATISTICS, views["values"], row, strict=False):
        found.equal("views", f"{name} of the window", recorded, computed)
    _check_ages(found, record, baseline, window)
    _check_numbers(found, record)
    _check_paces(found, record)


def check_views(found: Findings, record: Mapping[str, Any]) -> None:
    """Medians, ranks and distances, from the recorded statistics."""
    views = record["evidence"]["views"]
    references = views["references"]
    found.equal(
        "views",
        "usual statistics",
        views["usual"],
        [middle(column) for column in zip(*references, strict=True)],
    )
    for name, (recorded_rank, recorded_distance) in views["aspects"].items():
        added, compared = asked(name, len(views["values"]))
        found.equal("views", f"rank of {name}", recorded_rank, rank(references, views["values"], added))
        computed = distance(compared, views["values"], views["usual"], record["ncd"])
        found.equal("views", f"distance of {name}", recorded_distance, computed)
    timed = views["times"] and "timing" in record["configuration"]["views"]
    expected = {"content", "mix", *(["pace"] if timed else ())}
    if "values" in record["configuration"]["views"]:
        expected.add("values")
    if _with_stills(views):
        expected.add("novelty")
    found.equal("views", "aspects", sorted(views["aspects"]), sorted(expected))
    found.unchecked(
        "views", "statistics of earlier windows", "taken as recorded: their events are not in the bundle"
    )
    if views.get("bits"):
        found.unchecked(
            "views",
            "bits of numbers",
            "taken as recorded: they are compared with numbers of before the bundle",
        )
    if views["intervals"]:
        found.unchecked("views", "usual intervals", "taken as recorded: they reach back 200 and 2,000 events")


def _check_numbers(found: Findings, record: Mapping[str, Any]) -> None:
    """What no number can cost, however the others lay."""
    views, config = record["evidence"]["views"], record["configuration"]
    costs, compared = views.get("bits", ()), views.get("compared", ())
    events = config["window"] if "values" in config["views"] else 0
    possible = len(costs) == len(compared) == events and all(
        0 <= cost <= MOST_OF_NUMBER * count for cost, count in zip(costs, compared, strict=True)
    )
    found.add("views", "bits of numbers", possible, "no more than numbers can cost", "more than that")


def _with_stills(views: Mapping[str, Any]) -> bool:
    """Whether the record is of a stream that has the second pace, and with it asks about novelty."""
    return len(views["values"]) > STATISTICS.index("still")


def _check_paces(found: Findings, record: Mapping[str, Any]) -> None:
    """Divided by the slower of two paces no pause is longer than by one of them."""
    views = record["evidence"]["views"]
    intervals, stills = views["intervals"], views.get("stills", [])
    possible = len(stills) == (len(intervals) if _with_stills(views) else 0) and all(
        0 <= still <= interval for still, interval in zip(stills, intervals, strict=False)
    )
    found.add("views", "pauses by the slower pace", possible, "none longer than by the other", "one that is")


def _check_ages(
    found: Findings, record: Mapping[str, Any], baseline: Sequence[bytes], window: Sequence[bytes]
) -> None:
    """Ages that end inside the window or its baseline; what lies between or before is taken as recorded."""
    evidence, ages = record["evidence"], record["evidence"]["views"]["ages"]
    known: dict[int, bytes] = {}
    if not evidence["baseline_given"]:
        first = evidence["epochs"][-1][0]
        known = {first + at: skeleton(line) for at, line in enumerate(baseline)}
    latest = {like: there for there, like in known.items()}
    wrong: list[int] = []
    last: dict[bytes, int] = {}
    for at, line in enumerate(window):
        like, seq = skeleton(line), record["first_seq"] + at
        inside = at - last[like] if like in last else 0
        nearest = seq - latest.get(like, seq)  # 0: the baseline has none
        age = ages[at]
        if inside:
            right = age == inside
        else:  # somewhere before the window: at the baseline's latest like, or nearer to the window
            right = age == 0 or age > at
            right = right and (not 0 < nearest <= MEMORY or 0 < age <= nearest)
            if age and (there := known.get(seq - age)) is not None:
                right = right and there == like
        if not right:
            wrong.append(seq)
        last[like] = at
    reason = "agree with window and baseline; those that end between or before are taken as recorded"
    found.add("views", "ages", not wrong, reason, f"contradicted by the lines at event {wrong[:1]}")


def check_times(found: Findings, record: Mapping[str, Any], times: Sequence[Any]) -> None:
    """The recorded times beside those of the events; an event without one has that of the event before."""
    recorded = record["evidence"]["views"]["times"]
    if not recorded:
        return
    filled: list[Any] = []
    for at, time in enumerate(times):
        filled.append(time if time is not None else filled[-1] if filled else recorded[at])
    found.equal("views", "times of the events", recorded, filled)
