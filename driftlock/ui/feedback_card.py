"""One window to be labelled: what was said by the program, its costliest lines, and what people said."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.model import Anomaly, moment
from driftlock.services.feedback import Item
from driftlock.services.feedback_store import StoredWindow
from driftlock.services.feedback_votes import REASONS
from driftlock.services.review import Reach
from driftlock.ui import byte_map_view, case_people, links, overview_actions, overview_history, words
from driftlock.ui.byte_map_lines import Line, lines
from driftlock.ui.session import colours, desk, examination, tenant
from driftlock_core.errors import NotRecomputable
from driftlock_core.numbers_text import bits_text, count_text, ncd_text
from driftlock_core.profiles import Profile

MOST_LINES: Final = 6
MOST_NOTE: Final = 500  # characters
SCOPES: Final[dict[Reach, str]] = {"this": "This", "pattern": "Its pattern", "stream": "The stream"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was chosen beside the buttons."""

    reason: str | None
    note: str | None
    scope: Reach


def key_of(item: Item) -> str:
    """Of the widgets that belong to this window alone."""
    return item.anomaly_id or f"{item.stream_id}-{item.window}"


def show(item: Item, buttons: Callable[[], None]) -> None:
    """
    Draw the card.

    Args:
        buttons: Drawn between what is said of the window and its lines, so that they stay in sight.
    """
    with st.container(border=True, key="card", gap="small"):
        if item.anomaly_id is None:
            _unflagged(item, buttons)
        else:
            _flagged(item, item.anomaly_id, buttons)


def options(item: Item, key: str) -> None:
    """Reason, scope and note that go with the next label; those of each window are its own."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="vote-options"):
        st.pills("Reason", list(REASONS), key=f"reason-{key}")
        if item.anomaly_id is not None:
            st.segmented_control(
                "Reaches",
                list(SCOPES),
                default="this",
                format_func=SCOPES.__getitem__,
                key=f"scope-{key}",
                help="This window alone, all stored now with the same pattern, or all flagged of its stream. However "
                "far it reaches, it is one label.",
            )
        with st.popover("Note…", icon=":material/edit_note:", key=f"note-popover-{key}"):
            st.text_input("Note", key=f"note-{key}", max_chars=MOST_NOTE)


def said(key: str) -> Said:
    """What the widgets of :func:`options` hold."""
    held = st.session_state
    return Said(
        reason=held.get(f"reason-{key}") or None,
        note=(held.get(f"note-{key}") or "").strip() or None,
        scope=held.get(f"scope-{key}") or "this",
    )


def _flagged(item: Item, anomaly_id: str, buttons: Callable[[], None]) -> None:
    anomaly = desk().queries.anomaly(tenant(), anomaly_id)
    if anomaly is None:
        _alert(item, anomaly_id, buttons)
        return
    row = anomaly.row
    st.markdown(words.emphasised(row.sentence))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.badge("Flagged", color="orange")
        st.badge(f"{words.SEVERITY_SYMBOLS[row.severity]} {row.severity}", color="gray")
        st.badge(words.literal(f"{words.moment(row.seen_at)} UTC"), color="gray")
        st.badge(f"NCD {ncd_text(row.ncd)}", color="gray", help=words.HELP["ncd"])
        st.badge(f"p {words.p_value(row.p)}", color="gray", help=words.HELP["p"])
        _open(row.id)
    _votes(item)
    buttons()
    _map(anomaly)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="card-more"):
        overview_actions.more([row], key=f"card-{row.id}")


def _map(anomaly: Anomaly) -> None:
    anomaly_id = anomaly.row.id
    try:
        costs = examination().event_costs(tenant(), anomaly_id)
        parsed = examination().byte_map(tenant(), anomaly_id)
    except (NotRecomputable, ApplicationError):
        st.caption("The events of this window are not kept any more.")
        return
    by_line = lines([cost.canonical for cost in costs], parsed)
    order = sorted(range(len(costs)), key=lambda at: (-costs[at].bits, at))[:MOST_LINES]
    ordinary = float(anomaly.record["description"]["ordinary_event_bits"])
    _rows(
        order,
        by_line,
        [cost.event.seq for cost in costs],
        [cost.bits for cost in costs],
        dear_above=2 * ordinary,
    )
    st.caption(
        f"The {count_text(len(order))} costliest of {count_text(len(costs))} lines; an ordinary one takes "
        f"{bits_text(ordinary)} bits."
    )


def _alert(item: Item, anomaly_id: str, buttons: Callable[[], None]) -> None:
    number = desk().series.anomaly(tenant(), anomaly_id)
    if number is None:
        st.info("This window is not kept any more, or never was.")
        return
    st.markdown(words.emphasised(number.row.sentence))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.badge("Alert of a number series", color="orange")
        st.badge(words.literal(f"{words.moment(number.row.seen_at)} UTC"), color="gray")
        _open(anomaly_id)
    _votes(item)
    buttons()


def _unflagged(item: Item, buttons: Callable[[], None]) -> None:
    assert item.window is not None
    try:
        found = desk().feedback.unflagged(tenant(), item.stream_id, item.window)
    except ApplicationError:
        st.info("This window is not kept any more.")
        return
    stream = desk().queries.stream(tenant(), item.stream_id)
    assert stream is not None
    profile = Profile.from_configuration(stream.configuration)
    st.markdown(sentence(found.window, profile.threshold, profile.alpha))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.badge("Not flagged", color="gray")
        st.badge(words.literal(f"{words.moment(moment(found.window.seen_us))} UTC"), color="gray")
    _votes(item)
    buttons()
    if not found.events:
        st.caption("The events of this window are not kept any more.")
        return
    by_line = lines(found.canonical, found.map)
    order = sorted(range(len(by_line)), key=lambda at: (-by_line[at].new_bytes, at))[:MOST_LINES]
    _rows(order, by_line, [event.seq for event in found.events], [None] * len(by_line), dear_above=0.0)
    st.caption(
        f"The {count_text(len(order))} of {count_text(len(by_line))} lines with most new bytes, beside the "
        f"{words.plural(profile.baseline, 'event')} just before; its baseline may have been older ones."
    )


def sentence(window: StoredWindow, threshold: float, alpha: float) -> str:
    """
    What is stored of a window that was not flagged.

    >>> window = StoredWindow(window=7, first_seq=1, last_seq=9, seen_us=0, score=0.12, p=0.4, flagged=False)
    >>> sentence(window, 0.3, 0.05)
    'Window 7 was not flagged: by its bytes NCD 0.120 (limit 0.3), p 0.4 (limit 0.05).'
    """
    p = "p not computed" if window.p is None else f"p {words.p_value(window.p)} (limit {alpha:g})"
    return (
        f"Window {count_text(window.window)} was not flagged: by its bytes NCD {ncd_text(window.score)} "
        f"(limit {threshold:g}), {p}."
    )


def _rows(
    order: list[int],
    by_line: list[Line],
    seqs: list[int],
    bits: list[float] | list[None],
    *,
    dear_above: float,
) -> None:
    st.html(
        byte_map_view.style(colours())
        + byte_map_view.legend()
        + byte_map_view.rows(order, by_line, seqs, bits, dear_above=dear_above, picked=None)
    )


def _open(anomaly_id: str) -> None:
    st.page_link(
        links.ANOMALY,
        label="Why, and how rare",
        icon=":material/arrow_forward:",
        query_params={"id": anomaly_id},
    )


def _votes(item: Item) -> None:
    if votes := desk().feedback.votes(tenant(), item):
        names = case_people.names()
        told = [
            f"{names.get(vote.by, vote.by)}: {overview_history.LABEL_WORDS[vote.label]}"
            + (f" ({vote.reason})" if vote.reason else "")
            for vote in votes
        ]
        st.caption(words.literal("Said so far: " + "; ".join(told) + "."))
