"""Observed value against everything chance brought forth."""

from typing import Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from driftlock.ui import words
from driftlock.ui.charts import Drawing, frame
from driftlock.ui.theme import Tokens
from driftlock_core.numbers_text import count_text, size_text

HEIGHT: Final = 260  # pixels
BARS: Final = 36


def null_panel(
    values: npt.NDArray[np.float64],
    observed: float,
    *,
    colours: Tokens,
    what: str,
    unit: str,
    flagged: bool,
    low: bool = False,
) -> Drawing:
    """
    A histogram of all *values*, those as far off as *observed* hatched, and *observed* as a line.

    Args:
        values: Every shuffle or every past window; at least one. None is left out.
        observed: The window's own value, same unit.
        colours: Of the reader's theme.
        what: What one value is, "shuffle" or "past window".
        unit: Axis title with the unit.
        flagged: Whether the window was flagged.
        low: Small values are the unusual ones.
    """
    values = np.asarray(values, dtype=np.float64)
    reached = values <= observed if low else values >= observed
    at_least = int(np.count_nonzero(reached))
    place = words.rank(at_least + 1, values.size + 1)
    edges = _edges(values, observed)
    figure = frame(colours, height=HEIGHT, x_title=unit, y_title=f"{what.capitalize()}s")
    for below, name in ((True, f"{what}s not as far off"), (False, "as far off as observed")):
        chosen = values[~reached] if below else values[reached]
        if not chosen.size:
            continue
        counts, _ = np.histogram(chosen, bins=edges)
        figure.add_trace(
            go.Bar(
                x=(edges[:-1] + edges[1:]) / 2,
                y=counts,
                width=np.diff(edges),
                name=name,
                marker={
                    "color": colours.ordinary if below else colours.flagged,
                    "line": {"width": 0},
                    "pattern": {
                        "shape": "" if below else "/",
                        # Drawn over the fill: replaced by the pattern, a bar of one colour is not seen.
                        "fillmode": "overlay",
                        "fgcolor": colours.background,
                        "size": 6,
                        "solidity": 0.25,
                    },
                },
                hovertemplate=f"about %{{x:.0f}}: %{{y}} {what}s<extra></extra>",
            )
        )
    ink = colours.flagged if flagged else colours.text
    figure.add_vline(x=observed, line={"color": ink, "width": 2.5})
    right = observed > (edges[0] + edges[-1]) / 2
    figure.add_annotation(
        x=observed,
        y=1.02,
        yref="paper",
        yanchor="bottom",
        xanchor="right" if right else "left",
        text=f"observed {size_text(round(observed))} · {place}",
        showarrow=False,
        font={"color": colours.flagged_text if flagged else colours.text, "size": 12},
    )
    figure.update_layout(barmode="stack", bargap=0, showlegend=False)
    return Drawing(
        figure=figure,
        alt=(
            f"Histogram of {words.plural(values.size, what)}: {count_text(at_least)} reached "
            f"the observed {size_text(round(observed))}; it ranks {place}."
        ),
        caption=f"Observed ranks {place}; ties are counted against us.",
    )


def _edges(values: npt.NDArray[np.float64], observed: float) -> npt.NDArray[np.float64]:
    """Bar edges over all values and the observed one, at whole numbers' width at least."""
    low, high = float(min(values.min(), observed)), float(max(values.max(), observed))
    width = max(1.0, np.ceil((high - low) / BARS))
    return np.arange(low - width / 2, high + width * 1.5, width)
