"""How far and how rare, where the views of a window decided: the aspect that did, and the others beside it."""

from typing import Any

import streamlit as st

from driftlock.ui import view_words, words
from driftlock_core.numbers_text import count_text, limit_text, ncd_text, p_text
from driftlock_core.verdict import Verdict
from driftlock_core.window_views.deciding import Deciding, aspects_of, deciding


def distance(record: dict[str, Any]) -> None:
    """The distance that met the limit, and those of the other aspects."""
    verdict = _verdict(record)
    found = deciding(verdict)
    limit = record["threshold"]
    st.metric(
        f"Distance of its {found.aspect.name}",
        ncd_text(found.distance, at_least=limit),
        help=view_words.HELP["distance"],
    )
    rows = aspects_of(verdict)
    st.table(
        {
            "Aspect": [one.aspect.name.capitalize() for one in rows],
            "Distance": [ncd_text(one.distance, at_least=limit) for one in rows],
            "Largest in": [view_words.view(one.view) for one in rows],
        },
        border="horizontal",
        hide_header=True,
    )
    st.caption(
        f"Limit {limit_text(limit)}. NCD (size-matched) of its bytes {ncd_text(record['ncd'], at_least=limit)}."
    )


def chance(record: dict[str, Any]) -> None:
    """p, the ranks it came from, and what decided."""
    verdict = _verdict(record)
    found, floor = deciding(verdict), words.smallest_p(record)
    st.metric("p", p_text(record["p"], floor, at_most=record["alpha"]), help=view_words.HELP["p"])
    st.table(
        {
            "Aspect": [one.aspect.name.capitalize() for one in aspects_of(verdict)],
            "Rank": [words.rank(one.at_least + 1, one.past + 1) for one in aspects_of(verdict)],
            "Share": [_share(one) for one in aspects_of(verdict)],
        },
        border="horizontal",
        hide_header=True,
    )
    smallest = "; the smallest value possible here" if record["p"] <= floor * (1 + 1e-9) else ""
    st.caption(
        f"{_factor(record)} × {_share(found)}, the rank of its {found.aspect.name} "
        f"among past windows; limit {limit_text(record['alpha'])}{smallest}."
    )


def _factor(record: dict[str, Any]) -> str:
    """What the rank is multiplied by: as many as aspects are ranked, or views where these are more."""
    views, factor = view_words.looked_at(record), record["factor"]
    if factor == len(record["evidence"]["views"]["aspects"]):
        return f"{count_text(factor)} aspects ranked"
    if views == factor:
        return f"{count_text(views)} views looked at"
    return f"{count_text(factor)} for {count_text(views)} views looked at"


def table(record: dict[str, Any]) -> dict[str, list[str]]:
    """One row an aspect: rank, distance, and whether both limits are met."""
    verdict = _verdict(record)
    times_factor = f"× {count_text(verdict.factor)}"
    rows: dict[str, list[str]] = {
        "Aspect": [],
        "Rank": [],
        times_factor: [],
        "Distance": [],
        "Meets both": [],
    }
    for one in aspects_of(verdict):
        times = min(1.0, verdict.factor * one.rank)
        rare, far = times <= verdict.alpha, one.distance >= verdict.threshold
        rows["Aspect"].append(view_words.ASPECT_LABELS.get(one.aspect.name, one.aspect.name))
        rows["Rank"].append(f"{words.rank(one.at_least + 1, one.past + 1)} = {_share(one)}")
        rows[times_factor].append(
            f"{p_text(times, verdict.factor / (one.past + 1), at_most=verdict.alpha)} "
            f"{'≤' if rare else '>'} {limit_text(verdict.alpha)}"
        )
        rows["Distance"].append(
            f"{ncd_text(one.distance, at_least=verdict.threshold)} {'≥' if far else '<'} "
            f"{limit_text(verdict.threshold)}"
        )
        rows["Meets both"].append("▲ yes" if rare and far else "no")
    return rows


def _share(found: Deciding) -> str:
    return p_text(found.rank, 1 / (found.past + 1))


def _verdict(record: dict[str, Any]) -> Verdict:
    return Verdict.from_record({name: record[name] for name in Verdict.__dataclass_fields__})
