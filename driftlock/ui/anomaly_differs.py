"""What differs: each view that stands out, the window byte by byte, its costliest lines, and the ordinary line each is most like."""

from collections.abc import Sequence
from typing import Final, Literal

import streamlit as st

from driftlock.model import Anomaly
from driftlock.services.examine import EventCost
from driftlock.ui import anomaly_views, byte_map_view, event_view, llm_text, template_table
from driftlock.ui.byte_map_lines import lines
from driftlock.ui.session import colours, examination, tenant
from driftlock_core.numbers_text import bits_text, count_text, percent_text

MOST_LINES: Final = 200
Order = Literal["cost", "time"]
ORDERS: Final[dict[Order, str]] = {"cost": "By cost", "time": "By time"}


def show(anomaly: Anomaly) -> None:
    """The views that stand out, the byte map with its legend, then one event beside its sources."""
    anomaly_id = anomaly.row.id
    costs = examination().event_costs(tenant(), anomaly_id)
    parsed = examination().byte_map(tenant(), anomaly_id)
    description = anomaly.record["description"]
    ordinary = float(description["ordinary_event_bits"])
    window = [cost.canonical for cost in costs]
    by_line = lines(window, parsed)
    said = llm_text.bodies([cost.event.payload for cost in costs], window, parsed) if _is_llm(anomaly) else {}

    anomaly_views.show(anomaly)
    st.markdown("**Prompts and answers**" if said else "**Events, byte by byte**")
    st.html(byte_map_view.style(colours()) + byte_map_view.legend())
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        order = st.segmented_control(
            "Order of lines",
            list(ORDERS),
            default="cost",
            required=True,
            format_func=ORDERS.__getitem__,
            key="order",
            bind="query-params",
            label_visibility="collapsed",
        )
        st.caption(
            f"Source: {parsed.source}. An ordinary event here takes {bits_text(ordinary)} bits.",
            width="content",
        )
    if description["beyond_reach"]:
        st.warning(
            "The baseline is beyond reach: its distinct lines are longer than the compressor can look back, "
            "so the oldest of them were left out."
        )
    places = ordered(costs, "time" if order == "time" else "cost")
    seqs = [cost.event.seq for cost in costs]
    picked = event_view.pick([seqs[place] for place in places])
    st.html(
        byte_map_view.rows(
            places[:MOST_LINES],
            by_line,
            seqs,
            [cost.bits for cost in costs],
            dear_above=2 * ordinary,
            picked=picked,
            noted=anomaly_views.noted(anomaly.record, anomaly.row.first_seq),
            bodies=said,
        )
    )
    if len(costs) > MOST_LINES:
        st.caption(f"The first {MOST_LINES} of {count_text(len(costs))} lines in this order.")
    place = seqs.index(picked)
    event_view.show(anomaly_id, costs[place], by_line[place])
    _top(anomaly)
    first, last, _ = anomaly.record["evidence"]["epochs"][-1]
    template_table.show(examination().templates(tenant(), anomaly_id), len(costs), last - first + 1)


def _is_llm(anomaly: Anomaly) -> bool:
    return anomaly.row.kind == "llm"


def ordered(costs: Sequence[EventCost], order: Order) -> list[int]:
    """Positions in the window, costliest first or as they came."""
    places = list(range(len(costs)))
    return places if order == "time" else sorted(places, key=lambda at: (-costs[at].bits, at))


def _top(anomaly: Anomaly) -> None:
    """The costliest distinct lines, each with its twin: the baseline event that predicts it best."""
    top, first_seq = anomaly.record["description"]["top"], anomaly.row.first_seq
    baseline_first = anomaly.record["evidence"]["epochs"][-1][0]
    twins = examination().twins(tenant(), anomaly.row.id, [first_seq + line["position"] for line in top])
    st.markdown("**Costliest lines**")
    st.dataframe(
        {
            "Event": [count_text(first_seq + line["position"]) for line in top],
            "Bits": [bits_text(line["bits"]) for line in top],
            "Times": [count_text(line["count"]) for line in top],
            "Twin": [count_text(baseline_first + twin.index) for twin in twins.values()],
            "Twin saves": [percent_text(twin.predicts) for twin in twins.values()],
            "New words": [", ".join(_texts(line["novel_tokens"])) for line in top],
            "Masked text": [str(line["text"])[:500] for line in top],
        },
        hide_index=True,
        height="content",
        column_config={
            "Event": st.column_config.TextColumn(width=70, alignment="right"),
            "Bits": st.column_config.TextColumn(width=70, alignment="right"),
            "Times": st.column_config.TextColumn(width=60, alignment="right"),
            "Twin": st.column_config.TextColumn(width=70, alignment="right", help=event_view.TWIN_HELP),
            "Twin saves": st.column_config.TextColumn(width=80, alignment="right"),
            "New words": st.column_config.TextColumn(width="medium"),
        },
        alt="The lines of the window that cost most bits",
    )


def _texts(value: object) -> list[str]:
    return [str(token) for token in value] if isinstance(value, list | tuple) else []
