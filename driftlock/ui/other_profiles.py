"""The same numbers against the limits of each profile."""

from typing import Any, Final

from driftlock.ui import view_words, words
from driftlock_core.numbers_text import limit_text, ncd_text, p_text
from driftlock_core.profiles import BALANCED, PROFILES, STRICT

CAVEAT: Final = (
    "This window's distance and p, as recorded, against each profile's limits. A run under another profile may "
    f"rank among more past windows: strict takes {STRICT.references} where the others take {BALANCED.references}."
)


def table(record: dict[str, Any]) -> dict[str, list[str]]:
    """One row a profile: its limits, by how much they are met or missed, and what follows."""
    by_views = view_words.by_views(record)
    distance_name = "Distance" if by_views else "NCD"
    rows: dict[str, list[str]] = {"Profile": [], distance_name: [], "p": [], "Would be flagged": []}
    for profile in PROFILES.values():
        distance, deciding = (
            _of_views(record, profile.threshold) if by_views else (record["ncd"], record["p"])
        )
        far, rare = distance >= profile.threshold, deciding <= profile.alpha
        ncd = ncd_text(distance, at_least=profile.threshold)
        p = p_text(deciding, words.smallest_p(record), at_most=profile.alpha)
        used = " (used)" if profile.name == record["profile"] else ""
        rows["Profile"].append(words.PROFILE_NAMES[profile.name] + used)
        rows[distance_name].append(f"{ncd} {'≥' if far else '<'} {limit_text(profile.threshold)}")
        rows["p"].append(f"{p} {'≤' if rare else '>'} {limit_text(profile.alpha)}")
        rows["Would be flagged"].append("▲ yes" if far and rare else "no")
    return rows


def _of_views(record: dict[str, Any], threshold: float) -> tuple[float, float]:
    """Distance and p of the aspect that would decide: the smallest rank among those far enough, else of all."""
    aspects = record["evidence"]["views"]["aspects"].values()
    rank, distance = min(aspects, key=lambda aspect: (aspect[1] < threshold, aspect[0]))
    return distance, min(1.0, record["factor"] * rank)
