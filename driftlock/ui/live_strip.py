"""
The newest scores of one stream, as a strip that is redrawn every few seconds.

Plotly throws its picture away at every change of its data; this element keeps
its canvas, so that nothing flickers and nothing moves.
"""

from typing import Any, Final

import numpy as np

from driftlock.model import ScoreColumns
from driftlock.ui.theme import Tokens
from driftlock_core.numbers_text import limit_text

HEIGHT: Final = 150  # pixels
WINDOWS: Final = 240  # newest ones drawn


def strip(columns: ScoreColumns, *, colours: Tokens, threshold: float) -> dict[str, Any]:
    """
    The options of the chart: steps of NCD, ▲ where flagged, the limit dashed.

    Args:
        columns: One row a window, in stream order, at least one; of them the newest 240 are drawn.
        threshold: The NCD limit in use.
    """
    newest = slice(-WINDOWS, None)
    windows = [int(one) for one in np.asarray(columns.window)[newest]]
    scores = [round(float(one), 6) for one in np.asarray(columns.ncd)[newest]]
    flagged = np.asarray(columns.flagged, dtype=bool)[newest]
    marks = [[at, scores[at]] for at in np.flatnonzero(flagged).tolist()]
    highest, lowest = max(*scores, threshold), min(*scores, 0.0)
    room = (highest - lowest) * 0.15
    return {
        "animation": False,
        "grid": {"left": 44, "right": 12, "top": 14, "bottom": 26},
        "textStyle": {"color": colours.text},
        "xAxis": {
            "type": "category",
            "data": [str(one) for one in windows],
            "name": "",
            "axisLine": {"lineStyle": {"color": colours.border}},
            "axisTick": {"show": False},
            "axisLabel": {"color": colours.text, "fontSize": 11},
        },
        "yAxis": {
            "type": "value",
            "min": round(lowest - room / 2, 2),
            "max": round(highest + room, 2),
            "splitNumber": 3,
            "splitLine": {"lineStyle": {"color": colours.hairline}},
            "axisLabel": {"color": colours.text, "fontSize": 11},
        },
        "tooltip": {"trigger": "axis", "valueFormatter": "%.3f", "formatter": "Window {b}<br>NCD {c}"},
        "series": [
            {
                "name": "NCD",
                "type": "line",
                "step": "end",
                "showSymbol": False,
                "data": scores,
                "lineStyle": {"color": colours.text, "width": 1.4},
                "itemStyle": {"color": colours.text},
                "markLine": {
                    "silent": True,
                    "symbol": "none",
                    "animation": False,
                    "label": {
                        "formatter": f"limit {limit_text(threshold)}",
                        "position": "insideStartTop",
                        "color": colours.flagged_text,
                    },
                    "lineStyle": {"color": colours.flagged, "type": "dashed", "width": 1.5},
                    "data": [{"yAxis": threshold}],
                },
            },
            {
                "name": "flagged",
                "type": "scatter",
                "symbol": "triangle",
                "symbolSize": 11,
                "data": marks,
                "itemStyle": {"color": colours.flagged, "borderColor": colours.background, "borderWidth": 1},
            },
        ],
    }


def said(columns: ScoreColumns, threshold: float) -> str:
    """The main fact, for who sees no picture."""
    newest = slice(-WINDOWS, None)
    flagged = int(np.count_nonzero(np.asarray(columns.flagged, dtype=bool)[newest]))
    many = len(np.asarray(columns.window)[newest])
    return f"NCD of the newest {many} windows: {flagged} flagged, limit {limit_text(threshold)}."
