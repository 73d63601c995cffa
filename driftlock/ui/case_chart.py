"""The common timeline of a case: a lane a stream, a bar a flagged window."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import plotly.graph_objects as go

from driftlock.model import moment
from driftlock.services.cases_store import Member
from driftlock.ui.charts import Drawing, escaped, frame
from driftlock.ui.theme import Tokens
from driftlock.ui.words import moment as moment_text
from driftlock.ui.words import plural, signed_bits, span

LANE_HEIGHT: Final = 34  # pixels
EDGES_HEIGHT: Final = 76
_THIN: Final = 0.006  # of the time shown, so that a window of a moment is seen
_NAME: Final = 24  # characters of a stream's name


def timeline(members: Sequence[Member], *, colours: Tokens) -> Drawing:
    """
    Draw what belongs to one case, the stream that began first on top.

    Args:
        members: At least one.
        colours: Of the reader's theme.
    """
    first, last = min(one.first_us for one in members), max(one.last_us for one in members)
    order = sorted({(_first(members, one.stream_id), one.stream_name, one.stream_id) for one in members})
    places = {stream_id: at for at, (_, _, stream_id) in enumerate(order)}
    figure = frame(colours, height=EDGES_HEIGHT + LANE_HEIGHT * len(order), x_title="UTC", y_title="")
    least = max(1_000_000, round((last - first) * _THIN))
    figure.add_trace(
        go.Bar(
            base=[_time(one.first_us) for one in members],
            # Plotly takes the length of a bar on a time axis in milliseconds.
            x=[max(one.last_us - one.first_us, least) / 1_000 for one in members],
            y=[places[one.stream_id] for one in members],
            orientation="h",
            width=0.42,
            marker={"color": colours.flagged, "line": {"color": colours.text, "width": 1}},
            customdata=[
                [
                    escaped(one.stream_name),
                    moment_text(moment(one.first_us)),
                    signed_bits(one.bits),
                    one.severity,
                ]
                for one in members
            ],
            hovertemplate="%{customdata[0]}<br>from %{customdata[1]} UTC<br>%{customdata[2]} bits, "
            "%{customdata[3]}<extra></extra>",
            showlegend=False,
        )
    )
    margin = timedelta(microseconds=max(1_000_000, round((last - first) * 0.04)))
    figure.update_xaxes(type="date", range=[_time(first) - margin, _time(last) + margin], fixedrange=True)
    figure.update_yaxes(
        tickvals=list(places.values()),
        ticktext=[escaped(name if len(name) <= _NAME else f"{name[: _NAME - 1]}…") for _, name, _ in order],
        range=[len(order) - 0.4, -0.75],
        showgrid=False,
        fixedrange=True,
    )
    figure.update_layout(margin={"l": 8, "r": 12, "t": 8, "b": 8})
    return Drawing(
        figure=figure,
        alt=(
            f"{plural(len(members), 'flagged window')} of {plural(len(order), 'stream')}, "
            f"{span(moment(first), moment(last))} UTC; {order[0][1]} began first"
        ),
        caption="A bar is a flagged window, as long as its events.",
    )


def _first(members: Sequence[Member], stream_id: str) -> int:
    return min(one.first_us for one in members if one.stream_id == stream_id)


def _time(us: int) -> datetime:
    return moment(us).astimezone(UTC)
