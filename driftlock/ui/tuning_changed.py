"""The windows a candidate adds and drops, and the ones whose label would tell most."""

import zlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.model import Label, at, moment
from driftlock.services.records import anomaly_id
from driftlock.services.tuning_changed import ChangedWindows
from driftlock.services.tuning_figures import WindowMap
from driftlock.services.tuning_history import History
from driftlock.ui import links, words
from driftlock.ui.session import desk, may, reader, tenant
from driftlock.ui.tuning_compare import Comparison
from driftlock.ui.tuning_controls import Candidate
from driftlock_core.numbers_text import MISSING, count_text, ncd_text
from driftlock_core.recount import Rule

MOST_ROWS: Final = 200
TO_LABEL: Final = 10
LABEL_NAMES: Final[dict[Label, str]] = {"real": "Real", "not_real": "Not real", "not_useful": "Not useful"}
_LABEL_SIGNS: Final[dict[Label, str]] = {"real": "●", "not_real": "✕", "not_useful": "–"}

Floats = npt.NDArray[np.float64]


def show(candidate: Candidate, comparison: Comparison, chosen: Sequence[int]) -> None:
    """
    Both lists; to those who may not label, the first.

    Args:
        chosen: Windows picked on the map; where there are any, the first list holds those alone.
    """
    history, changed = candidate.shown, comparison.changed
    left, right = st.columns((4, 3), gap="medium") if may("label") else (st.container(), None)
    with left:
        st.subheader("Changed windows", anchor=False)
        if chosen:
            st.caption(f"Only the {words.plural(len(chosen), 'window')} chosen on the map.")
        parts = [
            ("▲ new", changed.gained),
            ("△ dropped", changed.lost),
            *([("▲ kept", changed.kept)] if chosen else []),
        ]
        _changed_table(history, parts, set(chosen))
    if right is None:
        return
    with right:
        st.subheader(f"Label these {TO_LABEL} to decide", anchor=False)
        if isinstance(comparison.candidate, Rule):
            _to_label(history, comparison.candidate)
        else:
            st.info("These are chosen by their distance and p: only NCD with p has such limits.")


def _changed_table(history: History, parts: Sequence[tuple[str, ChangedWindows]], chosen: set[int]) -> None:
    rows: list[tuple[str, ChangedWindows, int]] = [
        (what, windows, at_)
        for what, windows in parts
        for at_ in range(len(windows))
        if not chosen or int(windows.window[at_]) in chosen
    ]
    if not rows:
        st.info(
            "None of the chosen windows is flagged by either rule."
            if chosen
            else "Both rules flag the same windows."
        )
        return
    rows.sort(key=lambda row: (-float(row[1].extra_bits[row[2]]), int(row[1].window[row[2]])))
    shown = rows[:MOST_ROWS]
    table = {
        "Change": [what for what, _, _ in shown],
        "Window": [_place(windows, at_, history) for _, windows, at_ in shown],
        "Open": [_open(windows.anomaly_ids[at_]) for _, windows, at_ in shown],
        "NCD": [ncd_text(float(windows.ncd[at_])) for _, windows, at_ in shown],
        "p": [_p(float(windows.p[at_])) for _, windows, at_ in shown],
        "Extra bits": [words.signed_bits(float(windows.extra_bits[at_])) for _, windows, at_ in shown],
    }
    if history.known_labels:
        table["Label"] = [_sign(history, int(windows.window[at_])) for _, windows, at_ in shown]
    st.dataframe(
        table,
        hide_index=True,
        height=min(38 + 35 * len(shown), 430),
        key="changed-windows",
        column_config={
            "Change": st.column_config.TextColumn(width=84),
            "Window": st.column_config.TextColumn(width=146),
            "Label": st.column_config.TextColumn(width=80),
            "Open": st.column_config.LinkColumn(display_text="Open", width=60),
            "NCD": st.column_config.TextColumn(width=64, alignment="right", help=words.HELP["ncd"]),
            "p": st.column_config.TextColumn(width=64, alignment="right", help=words.HELP["p"]),
            "Extra bits": st.column_config.TextColumn(
                width=84, alignment="right", help=words.HELP["extra_bits"]
            ),
        },
        alt="Windows the candidate adds and drops, most extra bits first",
    )
    more = (
        f"Showing the {count_text(MOST_ROWS)} with most extra bits of {count_text(len(rows))}. "
        if len(rows) > MOST_ROWS
        else ""
    )
    st.caption(
        f"{more}A window opens where it was flagged when it was judged; of the others there is no record yet."
    )


def _place(windows: ChangedWindows, at_: int, history: History) -> str:
    """Its last time where the stream names times, else its events."""
    last = int(history.every.last_at_us[int(windows.window[at_])])
    if last >= 0:
        return words.moment(at(last))
    return f"events {count_text(int(windows.first_seq[at_]))}–{count_text(int(windows.last_seq[at_]))}"


def _p(value: float) -> str:
    return words.p_value(value) if np.isfinite(value) else MISSING


def _sign(history: History, window: int) -> str:
    label = history.known_labels.get(window)
    return "" if label is None else f"{_LABEL_SIGNS[label]} {LABEL_NAMES[label].lower()}"


def _open(of: str | None) -> str:
    return "" if of is None else links.address(links.ANOMALY, id=of)


def nearest_the_limit(distance: Floats, p: Floats, rule: Rule) -> Floats:
    """
    How far each window is from changing sides, one NCD unit counting as much as a power of ten of p.

    Inside the corner it is the way to the nearer edge; outside, the way to the corner. NaN where p is.

    >>> rule = Rule(threshold=0.3, alpha=0.05)
    >>> nearest_the_limit(np.array([0.32, 0.1]), np.array([0.005, 0.05]), rule).round(3).tolist()
    [0.02, 0.2]
    """
    beyond = distance - rule.threshold
    below = np.log10(rule.alpha) - np.log10(p)
    outside = np.hypot(np.minimum(beyond, 0.0), np.minimum(below, 0.0))
    inside = np.minimum(beyond, below)
    way: Floats = np.where((beyond >= 0) & (below >= 0), inside, outside)
    return way


def candidates_to_label(history: History, found: WindowMap, rule: Rule) -> list[int]:
    """Windows flagged when judged and not labelled yet, nearest to the candidate's limits first, at most ten."""
    labelled = [window - history.first for window in history.known_labels]
    open_ = np.asarray(history.columns.flagged, dtype=bool).copy()
    open_[[one for one in labelled if 0 <= one < len(open_)]] = False
    open_ &= np.isfinite(found.p) & (found.p > 0)
    rows = np.flatnonzero(open_)
    way = nearest_the_limit(found.distance[rows], found.p[rows], rule)
    order = np.lexsort((rows, way))[:TO_LABEL]
    return [int(found.window[row]) for row in rows[order]]


def _to_label(history: History, rule: Rule) -> None:
    found = desk().tuning.map(history, rule)
    windows = candidates_to_label(history, found, rule)
    if not windows:
        st.info("No flagged window of this range is without a label.")
        return
    rows = [window - history.first for window in windows]
    columns = history.columns
    ids = [anomaly_id(history.stream.id, window) for window in windows]
    picked: Any = st.dataframe(
        {
            "Seen": [words.moment(moment(int(columns.extra["seen_us"][row]))) for row in rows],
            "Distance": [ncd_text(float(found.distance[row])) for row in rows],
            "p": [_p(float(found.p[row])) for row in rows],
            "Open": [links.address(links.ANOMALY, id=one) for one in ids],
        },
        hide_index=True,
        key=f"to-label-{zlib.crc32(' '.join(ids).encode()):08x}",  # chosen are windows, not places
        on_select="rerun",
        selection_mode="multi-row",
        column_config={"Open": st.column_config.LinkColumn(display_text="Open", width=60)},
        alt="Flagged windows nearest to the candidate's limits, not labelled yet",
    )
    chosen = [ids[row] for row in picked.selection.rows if row < len(ids)]
    with st.container(horizontal=True):
        for label, name in LABEL_NAMES.items():
            if st.button(name, key=f"label-{label}", disabled=not chosen):
                _label(chosen, label)
    st.caption("Nearest to the candidate's limits: their labels tell most about where the limits should lie.")


def _label(ids: Sequence[str], label: Label) -> None:
    try:
        change = desk().review.label(tenant(), ids, label, by=reader())
    except ApplicationError as error:
        st.error(words.literal(str(error)))
        return
    st.toast(f"{words.plural(change.count, 'window')} labelled {LABEL_NAMES[label].lower()}")
    st.rerun()
