"""What else can be seen in a play up to a moment: places, error lines, the order of record numbers."""

import itertools
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go
import streamlit as st

from driftlock.ui import words
from driftlock.ui.charts import PLOTLY_CONFIG, Drawing, frame
from driftlock.ui.scenario_presenting import larger
from driftlock.ui.scenario_script import Script
from driftlock.ui.session import colours
from driftlock.ui.theme import Tokens
from driftlock_core.numbers_text import count_text

RECENT: Final = 500  # events: half a minute of the play
RECENT_PLACES: Final = 200  # a place is new at once, or never
MOST_REGIONS: Final = 8
MOST_LINES: Final = 8
ACCOUNTS: Final = 2  # told apart in the strip of record numbers
_ERRORS: Final = ("WARN", "ERROR")
_NUMBER: Final = re.compile(r"\d+")
_RECORD: Final = re.compile(r"^/v1/[a-z]+/(\d+)$")

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorLine:
    """One error line, numbers left out, and how often it came."""

    template: str
    service: str
    before: int
    recent: int


def show(play: Script, events: int) -> None:
    """The view that suits the scenario, if there is one, over the first *events* events."""
    if (view := _VIEWS.get(play.scenario.id)) is not None and events:
        view(play, events)


def regions(records: tuple[Record, ...]) -> list[tuple[str, float, float]]:
    """
    Countries of the requests at the gateway: share among the last 200 events, and among those before.

    Returns:
        Country, share before and share now, in 0 to 1; those that rose most first.
    """
    now = Counter(r["country"] for r in records[-RECENT_PLACES:] if "country" in r)
    before = Counter(r["country"] for r in records[:-RECENT_PLACES] if "country" in r)
    rows = [
        (country, before[country] / max(1, before.total()), now[country] / max(1, now.total()))
        for country in now.keys() | before.keys()
    ]
    return sorted(rows, key=lambda row: (row[1] - row[2], -row[1], row[0]))[:MOST_REGIONS]


def error_lines(records: tuple[Record, ...]) -> list[ErrorLine]:
    """Lines of level WARN and ERROR by template, in the last 500 events and before; most recent ones first."""
    now = Counter(_template(r) for r in records[-RECENT:] if r.get("level") in _ERRORS)
    before = Counter(_template(r) for r in records[:-RECENT] if r.get("level") in _ERRORS)
    lines = [
        ErrorLine(template=template, service=service, before=before[service, template], recent=many)
        for (service, template), many in now.items()
    ]
    return sorted(lines, key=lambda line: (-line.recent, line.before, line.service, line.template))


def record_numbers(records: tuple[Record, ...]) -> list[tuple[int, str, int]]:
    """Position, account and record number of each request at the gateway for one numbered record."""
    found = []
    for position, record in enumerate(records):
        if (match := _RECORD.match(record.get("path", ""))) and "user" in record and "country" in record:
            found.append((position, str(record["user"]), int(match[1])))
    return found


def region_chart(rows: list[tuple[str, float, float]], ink: Tokens) -> Drawing:
    """Paired bars a country: before, and among the last 200 events."""
    figure = frame(ink, height=60 + 44 * len(rows), x_title="share of requests", y_title="")
    names = [row[0] for row in rows][::-1]
    for name, column, colour in (("before", 1, ink.ordinary), (f"last {RECENT_PLACES} events", 2, ink.text)):
        shares = [row[column] for row in rows][::-1]
        figure.add_trace(
            go.Bar(
                y=names,
                x=shares,
                orientation="h",
                name=name,
                marker={"color": colour, "pattern": {"shape": "/" if column == 1 else ""}},
                text=[f"{share:.0%}" for share in shares],
                textposition="outside",
                textfont={"size": 12},
                constraintext="none",
                cliponaxis=False,
                hovertemplate="%{y}: %{x:.1%} " + name + "<extra></extra>",
            )
        )
    figure.update_layout(barmode="group", bargap=0.25, legend={"traceorder": "reversed"})
    figure.update_xaxes(tickformat=".0%", range=[0, 1.15 * max(max(row[1:]) for row in rows)])
    figure.update_yaxes(showgrid=False)
    country, before, now = max(rows, key=lambda row: row[2] - row[1])
    return Drawing(
        figure=figure,
        alt=f"Requests by country. Largest rise: {country}, from {before:.0%} to {now:.0%}.",
        caption="Countries of the requests at the gateway, those whose share rose most first; striped: all "
        "events before.",
    )


def record_chart(found: list[tuple[int, str, int]], events: int, ink: Tokens) -> Drawing | None:
    """Which record was asked for when; the two accounts of most requests among the last 500 events marked."""
    busiest = Counter(user for position, user, _ in found if position >= events - RECENT)
    marked = [user for user, _ in sorted(busiest.items(), key=lambda item: (-item[1], item[0]))[:ACCOUNTS]]
    shown = [row for row in found if row[0] >= events - 3 * RECENT]
    if not shown:
        return None
    figure = frame(ink, height=260, x_title="event", y_title="number of the record asked for")
    groups = [
        ("other accounts", [row for row in shown if row[1] not in marked], "circle-open", ink.border),
        *(
            (user, [row for row in shown if row[1] == user], symbol, colour)
            for user, symbol, colour in zip(
                marked, ("square", "diamond"), (ink.ordinary, ink.text), strict=False
            )
        ),
    ]
    for name, rows, symbol, colour in groups:
        figure.add_trace(
            go.Scatter(
                x=[row[0] + 1 for row in rows],
                y=[row[2] for row in rows],
                mode="markers",
                name=name,
                marker={"symbol": symbol, "size": 6, "color": colour},
                hovertemplate="event %{x}: record %{y}<extra>" + name + "</extra>",
            )
        )
    figure.update_xaxes(range=[max(0, events - 3 * RECENT), events])
    steps = max((_in_steps(shown, user) for user in marked), default=0)
    return Drawing(
        figure=figure,
        alt=f"Records asked for in the last 1,500 events. Longest walk by consecutive numbers: {steps}.",
        caption="Each mark is a request at the gateway for one record. Marked are the two accounts with most "
        "of them in the last 500 events; who walks from record to record draws a straight line. "
        f"Longest walk by consecutive numbers: {words.plural(steps, 'record')}.",
    )


def _in_steps(rows: list[tuple[int, str, int]], user: str) -> int:
    """Most requests in a row of one account of which each asks for the number after the one before."""
    numbers = [number for _, who, number in rows if who == user]
    longest = run = min(1, len(numbers))
    for before, after in itertools.pairwise(numbers):
        run = run + 1 if after == before + 1 else 1
        longest = max(longest, run)
    return longest


def _template(record: Record) -> tuple[str, str]:
    return str(record["service"]), _NUMBER.sub("#", str(record.get("message", "")))


def _regions(play: Script, events: int) -> None:
    st.subheader("Where requests come from", anchor=False)
    rows = regions(play.records[:events])
    if not rows:
        st.caption("No request has come yet.")
        return
    drawing = region_chart(rows, colours())
    st.plotly_chart(larger(drawing.figure), key="scenario-regions", alt=drawing.alt, config=PLOTLY_CONFIG)
    st.caption(drawing.caption)


def _errors(play: Script, events: int) -> None:
    st.subheader("Lines that tell of trouble", anchor=False)
    lines = error_lines(play.records[:events])[:MOST_LINES]
    if not lines:
        st.caption("None among the last 500 events.")
        return
    st.table(
        {
            "Line": [words.literal(line.template) for line in lines],
            "Service": [line.service for line in lines],
            "Last 500 events": [count_text(line.recent) for line in lines],
            "Before": [count_text(line.before) for line in lines],
            "": ["new" if not line.before else "" for line in lines],
        },
        border="horizontal",
    )
    st.caption(
        "Warnings and errors of the last 500 events, numbers left out, and how often they came before."
    )


def _records(play: Script, events: int) -> None:
    st.subheader("Which record after which", anchor=False)
    found = record_numbers(play.records[:events])
    drawing = record_chart(found, events, colours())
    if drawing is None:
        st.caption("No single record was asked for yet.")
        return
    st.plotly_chart(larger(drawing.figure), key="scenario-records", alt=drawing.alt, config=PLOTLY_CONFIG)
    st.caption(drawing.caption)


_VIEWS: Final[dict[str, Callable[[Script, int], None]]] = {
    "geographic-anomaly": _regions,
    "spatial-change": _regions,
    "error-storm": _errors,
    "collective-change": _errors,
    "behavioural-anomaly": _records,
    "behavioural-change": _records,
}
