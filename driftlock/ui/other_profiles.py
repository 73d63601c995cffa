"""The same numbers against the limits of each profile."""

from typing import Any, Final

from driftlock.ui import words
from driftlock_core.numbers_text import limit_text, ncd_text, p_text
from driftlock_core.profiles import PROFILES

CAVEAT: Final = (
    "This window's NCD and p, as recorded, against each profile's limits. A run under another profile may "
    "rank among more past windows: strict takes 1000 where the others take 200."
)


def table(record: dict[str, Any]) -> dict[str, list[str]]:
    """One row a profile: its limits, by how much they are met or missed, and what follows."""
    rows: dict[str, list[str]] = {"Profile": [], "NCD": [], "p": [], "Would be flagged": []}
    for profile in PROFILES.values():
        far, rare = record["ncd"] >= profile.threshold, record["p"] <= profile.alpha
        ncd = ncd_text(record["ncd"], at_least=profile.threshold)
        p = p_text(record["p"], words.smallest_p(record), at_most=profile.alpha)
        used = " (used)" if profile.name == record["profile"] else ""
        rows["Profile"].append(words.PROFILE_NAMES[profile.name] + used)
        rows["NCD"].append(f"{ncd} {'≥' if far else '<'} {limit_text(profile.threshold)}")
        rows["p"].append(f"{p} {'≤' if rare else '>'} {limit_text(profile.alpha)}")
        rows["Would be flagged"].append("▲ yes" if far and rare else "no")
    return rows
