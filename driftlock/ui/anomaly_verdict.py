"""The verdict in three cards: how far, how rare, how much."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from driftlock.model import Anomaly
from driftlock.ui import aspect_cards, view_words, words
from driftlock.ui.range_bar import range_bar
from driftlock.ui.session import colours
from driftlock_core.numbers_text import (
    bits_text,
    count_text,
    limit_text,
    ncd_decimals,
    ncd_text,
    p_text,
    size_text,
)
from driftlock_core.severity import Severity, severity


def show(anomaly: Anomaly) -> None:
    """Distance and limit, p with the ranks behind it, and the extra bits."""
    record = anomaly.record
    by_views = view_words.by_views(record)
    with st.grid(min_column_width=270, gap="small"):
        with st.container(border=True, height="stretch"):
            (aspect_cards.distance if by_views else _distance)(record)
        with st.container(border=True, height="stretch"):
            (aspect_cards.chance if by_views else _chance)(record)
        with st.container(border=True, height="stretch"):
            _bits(anomaly)


def _distance(record: dict[str, Any]) -> None:
    low, high = record["ordinary_range"]
    st.metric(
        "NCD (size-matched)",
        ncd_text(record["ncd"], ncd_decimals((low, high)), at_least=record["threshold"]),
        help=words.HELP["ncd"],
    )
    st.html(range_bar(record["ncd"], record["threshold"], (low, high), colours()))
    st.caption(
        "Ordinary: 5 to 95 % of the past windows it is ranked among, on this window's scale; the band of the "
        "timeline is of all windows of the stream."
    )


def _chance(record: dict[str, Any]) -> None:
    by_stream, by_shuffle = 1 / (record["m"] + 1), 1 / (record["permutations"] + 1)
    alone = record["decided_by"] == "p_perm"
    floor = words.smallest_p(record)
    st.metric("p", p_text(record["p"], floor, at_most=record["alpha"]), help=words.HELP["p"])
    st.table(
        {
            "Among": ["past windows", "shuffles"],
            "Rank": [
                _ranked(record["p_stream"], record["m"]),
                _ranked(record["p_perm"], record["permutations"]),
            ],
            "p": [p_text(record["p_stream"], by_stream), p_text(record["p_perm"], by_shuffle)],
        },
        border="horizontal",
        hide_header=True,
    )
    which = "The shuffle p-value alone decided" if alone else "The larger of the two decided"
    smallest = "; the smallest value possible here" if record["p"] <= floor * (1 + 1e-9) else ""
    st.caption(f"{which}, limit {limit_text(record['alpha'])}{smallest}.")


def _ranked(p: float, others: int) -> str:
    """The rank a p-value stands for: p = rank / (others + 1)."""
    return words.rank(round(p * (others + 1)), others + 1)


def _bits(anomaly: Anomaly) -> None:
    record = anomaly.record
    st.metric("Extra bits", words.signed_bits(record["extra_bits"]), help=words.HELP["extra_bits"])
    st.markdown(
        f"The window takes {size_text(record['size'])} bytes once the baseline is known; usual here are "
        f"{size_text(record['mu'])}."
    )
    description = record["description"]
    events = len(description["event_bits"])
    carrying = (
        f" {count_text(description['carrying'])} of {count_text(events)} events hold half of what stands out."
        if "bytes" in record["views"]
        else ""
    )
    st.caption(f"{severity_text(record, anomaly.row.severity)}{carrying}")


def _times(many: float) -> str:
    return "over 100 times" if many > 100 else f"{many:.1f} times"


def severity_text(record: Mapping[str, Any], given: Severity) -> str:
    """The severity *given* to a window, and what it rests on: size, and repetition where it went one step up."""
    extra, usual = record["extra_bits"], 8 * record["mu"]
    beyond = max((f["beyond"] for f in record["description"].get("findings", ())), default=0.0)
    by_size = severity(extra, record["mu"], 1, [beyond])
    views = f"; furthest view {_times(beyond)} as far from the usual as any past window" if beyond > 1 else ""
    repeated = "" if by_size == given else "; one step up: third disjoint flagged window in a row or later"
    return (
        f"{words.SEVERITY_SYMBOLS[given]} {given} severity: "
        f"{bits_text(extra)} extra against {bits_text(usual)} usual bits{views}{repeated}."
    )
