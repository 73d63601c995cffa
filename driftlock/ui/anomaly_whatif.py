"""What if some of these events had been ordinary? And what would other profiles have said?"""

from collections.abc import Collection, Sequence
from typing import Final

import streamlit as st

from driftlock.model import Anomaly
from driftlock.services.examine import EventCost, Removal, SmallestRemoval
from driftlock.ui import anomaly_xray, other_profiles, view_words, words
from driftlock.ui.charts import PLOTLY_CONFIG
from driftlock.ui.payload_text import text
from driftlock.ui.removal_chart import removal_bars
from driftlock.ui.session import colours, desk, examination, tenant
from driftlock_core.measure import Measurement
from driftlock_core.numbers_text import bits_text, count_text, limit_text, ncd_text

MOST_BOXES: Final = 60
# The search measures the window once for every distinct line, again and again: its time grows with the square
# of the window. Beyond, so many events in all windows measured are what a reader waits for.
MOST_SEARCHED: Final = 500
ROOM: Final = 100_000
_PREVIEW: Final = 110  # characters of an event beside its box


def show(anomaly: Anomaly) -> None:
    """Smallest set, leave-one-out bars, boxes to try, the three profiles, and other masks."""
    anomaly_id = anomaly.row.id
    removals, smallest = _measured(tenant(), anomaly_id)
    events = anomaly.row.last_seq - anomaly.row.first_seq + 1
    if events > MOST_SEARCHED:
        st.info(
            f"{words.plural(events, 'event')} are too many to search for a smallest set; the {len(removals)} that cost "
            "most are tried one by one."
        )
    else:
        st.markdown(sentence(smallest, events, anomaly.record["views"]))
    drawing = removal_bars(
        [removal.seq for removal in removals],
        [removal.saved_bits for removal in removals],
        smallest.seqs,
        colours=colours(),
    )
    st.plotly_chart(drawing.figure, key="removals", alt=drawing.alt, config=PLOTLY_CONFIG)
    st.caption(drawing.caption)
    _try(anomaly, removals, smallest.seqs)
    st.markdown("**Under other limits**")
    st.table(other_profiles.table(anomaly.record), border="horizontal")
    st.caption(other_profiles.CAVEAT)
    anomaly_xray.show(anomaly)


@st.cache_data(show_spinner=False, scope="session", max_entries=8)
def _measured(tenant: str, anomaly_id: str) -> tuple[tuple[Removal, ...], SmallestRemoval]:
    costs = examination().event_costs(tenant, anomaly_id)
    if len(costs) > MOST_SEARCHED:
        dearest = sorted(costs, key=lambda cost: (-cost.bits, cost.event.seq))
        tried = [cost.event.seq for cost in dearest[: max(10, ROOM // len(costs))]]
        nothing = SmallestRemoval(seqs=(), outcome=None)
        return examination().leave_one_out(tenant, anomaly_id, tried), nothing
    return examination().leave_one_out(tenant, anomaly_id), examination().smallest_set(tenant, anomaly_id)


def sentence(smallest: SmallestRemoval, events: int, views: Sequence[str] = ("bytes",)) -> str:
    """What the smallest set says, or that there is none."""
    if list(views) == ["timing"]:
        return (
            "**No event to name:** the window stands out by its timing, and other events at the same times "
            "would not change that."
        )
    if smallest.outcome is None:
        return (
            f"**No small cause:** no set of at most {round(0.3 * events)} of the {events} events "
            "explains the flag; the whole window differs."
        )
    outcome = smallest.outcome
    return (
        f"**Without {words.listed('event', smallest.seqs)} this window has {_scores(outcome)} "
        f"and would not be flagged.** Each of them is replaced by an ordinary "
        "event of the baseline. The p is descriptive only: the events were chosen for it."
    )


@st.fragment
def _try(anomaly: Anomaly, removals: Sequence[Removal], smallest: Collection[int]) -> None:
    """Boxes for the costliest events; the window is measured anew with every tick."""
    if desk().queries.anomaly(tenant(), anomaly.row.id) is None:
        st.rerun(scope="app")  # deleted in another browser; the whole page says so
    costs = {cost.event.seq: cost for cost in examination().event_costs(tenant(), anomaly.row.id)}
    offered = sorted(removals, key=lambda removal: -removal.saved_bits)[:MOST_BOXES]
    st.markdown("**Try it:** tick events to replace them by an ordinary one")
    with st.container(horizontal=True):
        st.button(
            "Tick the smallest set",
            disabled=not smallest,
            on_click=_tick,
            args=(anomaly.row.id, offered, smallest),
        )
        st.button("Clear", type="tertiary", on_click=_tick, args=(anomaly.row.id, offered, ()))
    with st.container(height=260, border=True, gap="xxsmall"):
        removed = [
            removal.seq
            for removal in offered
            if st.checkbox(label(removal, costs[removal.seq]), key=_key(anomaly.row.id, removal.seq))
        ]
    if len(offered) < len(removals):
        st.caption(f"The {len(offered)} events that save most, of {count_text(len(removals))}.")
    outcome = examination().what_if(tenant(), anomaly.row.id, removed)
    said = st.warning if outcome.flagged else st.success
    said(verdict_sentence(len(removed), outcome, anomaly))


def _tick(anomaly_id: str, offered: Sequence[Removal], chosen: Collection[int]) -> None:
    for removal in offered:
        st.session_state[_key(anomaly_id, removal.seq)] = removal.seq in chosen


def _key(anomaly_id: str, seq: int) -> str:
    return f"without-{anomaly_id}-{seq}"


def label(removal: Removal, cost: EventCost) -> str:
    """Event number, bits saved, and the beginning of its masked text."""
    return (
        f"**{count_text(removal.seq)}** · saves {bits_text(removal.saved_bits)} bits · "
        f"{words.literal(text(cost.canonical, _PREVIEW))}"
    )


def verdict_sentence(removed: int, outcome: Measurement, anomaly: Anomaly) -> str:
    """Whether the window would still be flagged, with the numbers and limits."""
    record = anomaly.record
    start = f"Without {words.plural(removed, 'event')}" if removed else "As recorded"
    verdict = ("would be flagged" if removed else "is flagged") if outcome.flagged else "would not be flagged"
    if outcome.views is not None:
        return (
            f"{start}: {_scores(outcome)} (limits {limit_text(record['threshold'])} and "
            f"{limit_text(record['alpha'])}). The window **{verdict}**{_by(outcome)}."
        )
    return (
        f"{start}: NCD {ncd_text(outcome.ncd, at_least=record['threshold'])} "
        f"(limit {limit_text(record['threshold'])}), "
        f"p {words.p_value(outcome.p, at_most=record['alpha'])} (limit {limit_text(record['alpha'])}). "
        f"The window **{verdict}**."
    )


def _scores(outcome: Measurement) -> str:
    """The numbers that decide: NCD and p of the bytes, or distance and p of every aspect."""
    if outcome.views is None:
        return f"NCD {ncd_text(outcome.ncd)}, p {words.p_value(outcome.p)}"
    told = [
        f"{name}: distance {ncd_text(distance)}, p {words.p_value(min(1.0, outcome.factor * rank))}"
        for name, (rank, distance) in outcome.views.evidence.aspects.items()
    ]
    return "; ".join(told)


def _by(outcome: Measurement) -> str:
    views = outcome.views.views if outcome.views is not None else ()
    return f", by {view_words.listed(views)}" if views else ""
