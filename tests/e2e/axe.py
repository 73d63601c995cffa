"""What axe-core, which checks a page for readers who do not see, hear or point like most, finds serious."""

from collections.abc import Mapping
from typing import Any

GRAVE = frozenset({"serious", "critical"})
# Markup of Streamlit 1.67 that no page can change: the rule, and what of the element's own HTML tells it.
STREAMLITS = (
    # The menu lays a div with a section's title between the list and its items, which so have no list as parent.
    ("list", 'data-testid="stSidebarNavItems"'),
    ("listitem", "<li class="),
    # The sparkline of a card is drawn by Vega, whose layer for the point under the pointer is an empty group.
    ("svg-img-alt", 'aria-roledescription="symbol mark container"'),
)


def grave(answer: Mapping[str, Any]) -> list[str]:
    """What is serious or worse and not Streamlit's own, one line for each element."""
    return [
        f"{violation['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for violation in answer["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
        if not any(violation["id"] == rule and mark in node["html"] for rule, mark in STREAMLITS)
    ]
