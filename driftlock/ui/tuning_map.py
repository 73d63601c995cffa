"""Every window by distance and p, with the corner in which a rule flags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from driftlock.ui import words
from driftlock.ui.charts import Drawing, frame
from driftlock.ui.theme import Tokens
from driftlock_core.numbers_text import count_text, limit_text

MOST_POINTS: Final = 20_000
HEIGHT: Final = 360  # pixels
BINS: Final = (64, 36)  # distance, p
# Above so many points a browser draws faster with WebGL than as single shapes.
_WEBGL_FROM: Final = 4_000
# Distances below this are as ordinary as can be; drawn as they are, they would squeeze the part that decides.
_LOWEST: Final = -0.25

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPoints:
    """One row a window, columns of equal length."""

    window: npt.NDArray[np.int64]
    distance: Floats  # of what decides: NCD (size-matched), or that of the aspect
    p: Floats  # of what decides, the number of views taken into account; in (0, 1]
    unshuffled: Bools  # p stream stands for p, which may be larger
    flagged: Bools  # under the candidate
    real: Bools  # labelled so
    not_real: Bools


def tuning_map(
    points: MapPoints,
    *,
    colours: Tokens,
    current: tuple[float, float],
    candidate: tuple[float, float],
    left_out: int = 0,
) -> Drawing:
    """
    Draw distance against p; up to 20,000 windows as points, more as squares of counted windows.

    Args:
        points: Windows whose place is known, at least one.
        colours: Of the reader's theme.
        current, candidate: NCD limit and p limit.
        left_out: Windows whose place is not known yet.
    """
    figure = frame(
        colours, height=HEIGHT, x_title="Distance (NCD where bytes decide)", y_title="p, log scale"
    )
    distance = np.maximum(points.distance, _LOWEST)
    right = max(1.0, float(distance.max())) + 0.02
    lowest = min(float(points.p.min()), current[1], candidate[1])
    bottom = 10 ** (np.floor(np.log10(lowest) * 4) / 4 - 0.15)
    _region(figure, candidate, right, bottom, colours, filled=True)
    if current != candidate:
        _region(figure, current, right, bottom, colours, filled=False)
    binned = distance.size > MOST_POINTS
    if binned:
        # The few that are flagged stay windows of their own as long as they are few.
        alone = (
            points.flagged
            if np.count_nonzero(points.flagged) <= _WEBGL_FROM
            else np.zeros_like(points.flagged)
        )
        _add_bins(figure, distance[~alone], points.p[~alone], colours)
        _add_points(figure, points, distance, colours, which=alone)
    else:
        _add_points(figure, points, distance, colours, which=np.ones_like(points.flagged))
    _add_labels(figure, points, distance, colours)
    figure.update_xaxes(range=[float(min(distance.min(), 0.0)) - 0.02, right])
    figure.update_yaxes(
        type="log", range=[np.log10(bottom), 0.05], minor={"showgrid": False}, exponentformat="none", dtick=1
    )
    inside = int(np.count_nonzero(points.flagged))
    return Drawing(
        figure=figure,
        alt=(
            f"Map of {words.plural(distance.size, 'window')} by distance and p: {count_text(inside)} lie in the "
            f"candidate's corner, distance at least {limit_text(candidate[0])} and p at most "
            f"{limit_text(candidate[1])}."
        ),
        caption=_caption(
            binned, left_out, bool((points.distance < _LOWEST).any()), bool(points.unshuffled.any())
        ),
    )


def _region(
    figure: go.Figure,
    rule: tuple[float, float],
    right: float,
    bottom: float,
    colours: Tokens,
    *,
    filled: bool,
) -> None:
    """The corner in which *rule* flags; the candidate's is filled, the current one's dotted."""
    figure.add_shape(
        type="rect",
        x0=rule[0],
        x1=right,
        y0=bottom,
        y1=rule[1],
        layer="below",
        name="candidate" if filled else "current",
        fillcolor=colours.flagged_band if filled else "rgba(0,0,0,0)",
        line={
            "color": colours.flagged if filled else colours.muted,
            "width": 1.5,
            "dash": "dash" if filled else "dot",
        },
    )


def _add_points(
    figure: go.Figure, points: MapPoints, distance: Floats, colours: Tokens, *, which: Bools
) -> None:
    drawn = go.Scattergl if distance.size > _WEBGL_FROM else go.Scatter
    for flagged, name, symbol, size, colour in (
        (False, "not flagged", "circle", 4, colours.ordinary),
        (True, "flagged by the candidate", "triangle-up", 9, colours.flagged),
    ):
        at = which & (points.flagged == flagged)
        if not at.any():
            continue
        figure.add_trace(
            drawn(
                x=distance[at],
                y=points.p[at],
                mode="markers",
                name=name,
                marker={"symbol": symbol, "size": size, "color": colour, "opacity": 1.0 if flagged else 0.55},
                customdata=points.window[at],
                hovertemplate="Window %{customdata}<br>distance %{x:.3f}<br>p %{y:.3g}<extra></extra>",
            )
        )


def _add_bins(figure: go.Figure, distance: Floats, p: Floats, colours: Tokens) -> None:
    """Squares whose size is the logarithm of the windows they hold: a heatmap could not be chosen from."""
    columns = np.linspace(float(distance.min()), max(1.0, float(distance.max())), BINS[0] + 1)
    rows = np.linspace(float(np.log10(p.min())), 0.0, BINS[1] + 1)
    # A stream whose windows all have p 1 has rows of no height.
    if rows[0] == rows[-1]:
        rows = np.linspace(-1.0, 0.0, BINS[1] + 1)
    counts, _, _ = np.histogram2d(distance, np.minimum(0.0, np.log10(p)), bins=(columns, rows))
    across, up = np.nonzero(counts)
    held = counts[across, up].astype(np.int64)
    figure.add_trace(
        go.Scatter(
            x=(columns[across] + columns[across + 1]) / 2,
            y=10 ** ((rows[up] + rows[up + 1]) / 2),
            mode="markers",
            name="windows",
            marker={
                "symbol": "square",
                "size": 3 + 1.6 * np.log2(held),
                "sizemode": "diameter",
                "color": colours.ordinary,
                "opacity": 0.75,
            },
            customdata=[words.plural(count, "window") for count in held.tolist()],
            hovertemplate="%{customdata}<br>distance about %{x:.3f}<br>p about %{y:.3g}<extra></extra>",
        )
    )


def _add_labels(figure: go.Figure, points: MapPoints, distance: Floats, colours: Tokens) -> None:
    for labelled, name, symbol in (
        (points.real, "labelled real", "circle"),
        (points.not_real, "labelled not real", "x"),
    ):
        if not labelled.any():
            continue
        figure.add_trace(
            go.Scatter(
                x=distance[labelled],
                y=points.p[labelled],
                mode="markers",
                name=name,
                marker={
                    "symbol": symbol,
                    "size": 11,
                    "color": colours.text,
                    "line": {"color": colours.background, "width": 1},
                },
                customdata=points.window[labelled],
                hovertemplate=f"Window %{{customdata}}, {name}<extra></extra>",
            )
        )


def _caption(binned: bool, left_out: int, cut: bool, unshuffled: bool) -> str:
    parts = ["Shaded corner: where the candidate flags; dotted: the current limits."]
    if binned:
        parts.append("A square stands for the windows about there, the larger the more.")
    if cut:
        parts.append(f"Distances below {limit_text(_LOWEST).replace('-', '−')} are drawn there.")
    if unshuffled:
        parts.append("Windows that were not shuffled lie at their p stream; their p may be larger.")
    if left_out:
        parts.append(
            f"{words.plural(left_out, 'window')} not drawn: what they need was left out when they were tested."
        )
    return " ".join(parts)


def chosen_windows(selection: Mapping[str, Any]) -> list[int]:
    """
    Window numbers of the points a reader chose on the map; a square stands for many and names none.

    >>> chosen_windows({"points": [{"customdata": 7}, {"customdata": [3]}, {"customdata": "12 windows"}]})
    [3, 7]
    """
    found = set()
    for point in selection.get("points", ()):
        number = point.get("customdata")
        if isinstance(number, Sequence) and not isinstance(number, str) and number:
            number = number[0]
        if isinstance(number, int | float):
            found.add(int(number))
    return sorted(found)
