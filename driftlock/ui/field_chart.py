"""Bits by field as paired bars: this window above, a window of its baseline below."""

from collections.abc import Sequence
from typing import Any, Final

import plotly.graph_objects as go

from driftlock.ui.charts import Drawing, frame
from driftlock.ui.field_rows import FieldRow
from driftlock.ui.theme import Tokens
from driftlock.ui.words import signed_bits
from driftlock_core.numbers_text import bits_text

ROW_HEIGHT: Final = 34  # pixels
_LETTERS: Final = 34  # of a field's name


def field_bars(rows: Sequence[FieldRow], *, colours: Tokens, baseline_windows: int) -> Drawing:
    """
    One pair of bars a row, in the order given, first row on top.

    Args:
        rows: At least one.
        colours: Of the reader's theme.
        baseline_windows: The usual bits are means of so many.
    """
    figure = frame(colours, height=80 + ROW_HEIGHT * len(rows), x_title="Bits", y_title="")
    names = [_short(row.label) for row in rows]
    places = list(range(len(rows)))
    for name, values, colour, pattern in (
        ("this window", [row.bits for row in rows], colours.flagged, "/"),
        ("baseline window", [row.usual for row in rows], colours.ordinary, ""),
    ):
        marker: dict[str, Any] = {
            "color": colour,
            "line": {"width": 0},
            # Drawn over the fill: replaced by the pattern, a bar of one colour would not be seen.
            "pattern": {
                "shape": pattern,
                "fillmode": "overlay",
                "fgcolor": colours.background,
                "size": 6,
                "solidity": 0.25,
            },
        }
        figure.add_trace(
            go.Bar(
                x=values,
                y=places,
                orientation="h",
                name=name,
                marker=marker,
                customdata=[[row.key, row.label] for row in rows],
                hovertemplate="%{customdata[1]}<br>" + name + ": %{x} bits<extra></extra>",
            )
        )
    # The first bar of a pair stands above the second only if the axis runs downwards.
    figure.update_yaxes(
        tickvals=places, ticktext=names, autorange="reversed", showgrid=False, fixedrange=True
    )
    figure.update_xaxes(showgrid=True, fixedrange=True)
    figure.update_layout(barmode="group", bargap=0.28, bargroupgap=0.05, legend={"traceorder": "normal"})
    most = rows[0]
    return Drawing(
        figure=figure,
        alt=(
            f"Bits by field of this window and of a baseline window; the largest difference is "
            f"{most.label}: {bits_text(most.bits)} against {bits_text(most.usual)} bits."
        ),
        caption=(
            f"Largest difference first ({most.label}: {signed_bits(most.bits - most.usual)} bits). Hatched: this "
            f"window. Plain: a window of the baseline, mean of {baseline_windows}. Choose a bar to see its lines."
        ),
    )


def _short(name: str) -> str:
    return name if len(name) <= _LETTERS else f"…{name[-_LETTERS + 1 :]}"
