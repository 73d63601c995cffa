"""
The live strip: one cell each ten seconds or so, filled while the play goes on.

A Plotly chart is taken down and built anew at every change, which flickers;
this one keeps its canvas from tick to tick.
"""

from typing import Any, Final

import numpy as np

from driftlock.ui.scenario_results import Results
from driftlock.ui.scenario_script import Script, clock
from driftlock.ui.theme import Tokens

CELLS: Final = 60
HEIGHT: Final = 104  # pixels
# Where the next fill begins: of windows, extra bits as a share of the usual; of numbers, bits.
WINDOW_STEPS: Final = (0.1, 0.2, 0.3, 0.4)
NUMBER_STEPS: Final = (3, 6, 10, 20)


def strip(play: Script, results: Results, now_us: int, colours: Tokens, *, letters: int) -> dict[str, Any]:
    """
    What the chart element draws, up to *now_us*.

    A cell is as dark as the most surprising test that ended in it; ▲ stands above a cell in which a flagged
    window ended. Cells to come are empty. *letters* is the height of the times, in pixels.
    """
    edges = np.linspace(play.begins_us, play.ends_us + 1, CELLS + 1)
    last_seq = results.last_seq[: np.searchsorted(results.last_seq, play.events_until(now_us), side="right")]
    ended = play.at_us[last_seq - 1]
    cells = np.clip(np.searchsorted(edges, ended, side="right") - 1, 0, CELLS - 1)
    strongest = np.full(CELLS, np.nan)
    np.fmax.at(strongest, cells, results.strength[: len(last_seq)])
    tested = np.bincount(cells, minlength=CELLS)
    flagged = np.zeros(CELLS, dtype=np.int64)
    for flag in results.flags:
        at_us = int(play.at_us[flag.last_seq - 1])
        if at_us <= now_us:
            flagged[min(CELLS - 1, int(np.searchsorted(edges, at_us, side="right")) - 1)] += 1
    limits = NUMBER_STEPS if results.columns is None else WINDOW_STEPS
    names = [clock(int(edge)) for edge in edges[:-1]]
    here = int(np.clip(np.searchsorted(edges, now_us, side="right") - 1, 0, CELLS - 1))
    return {
        "animation": False,
        "backgroundColor": "transparent",
        "grid": {"left": 8, "right": 8, "top": 26, "bottom": 12 + letters},
        "tooltip": {"trigger": "item", "formatter": "{b}"},
        "xAxis": {
            "type": "category",
            "data": names,
            "axisTick": {"show": False},
            "axisLine": {"show": False},
            "axisLabel": {"interval": 9, "color": colours.text, "fontSize": letters, "hideOverlap": True},
        },
        "yAxis": {"type": "value", "min": 0, "max": 1, "show": False},
        "series": [
            {
                "type": "bar",
                "barCategoryGap": "14%",
                "silent": True,
                "data": [
                    {
                        "value": 1,
                        "itemStyle": _fill(
                            cell <= here, int(tested[cell]), float(strongest[cell]), limits, colours,
                            bool(flagged[cell]),
                        ),
                    }
                    for cell in range(CELLS)
                ],
            },
            {
                "type": "scatter",
                "symbol": "triangle",
                "symbolSize": 11,
                "symbolOffset": [0, -9],
                "itemStyle": {"color": colours.flagged},
                "data": [[names[cell], 1] for cell in np.flatnonzero(flagged)],
            },
            {
                "type": "scatter",
                "symbol": "rect",
                "symbolSize": [2, 40],
                "silent": True,
                "itemStyle": {"color": colours.text},
                "data": [[names[here], 0.5]],
            },
        ],
    }  # fmt: skip


def alt(play: Script, results: Results, now_us: int) -> str:
    """The strip in one sentence."""
    said = results.counts(play.events_until(now_us)).sentence()
    return f"The play until {clock(now_us)} in {CELLS} cells of equal time: {said}."


def _fill(
    reached: bool, tested: int, strength: float, limits: tuple[float, ...], colours: Tokens, flagged: bool
) -> dict[str, Any]:
    if not reached:
        return {"color": "transparent", "borderColor": colours.hairline, "borderWidth": 1}
    if not tested:
        return {
            "color": colours.surface,
            "borderColor": colours.border,
            "borderWidth": 1,
            "borderType": "dotted",
        }
    step = 0 if np.isnan(strength) else int(np.searchsorted(limits, strength, side="right"))
    return {
        "color": colours.steps[step],
        "borderColor": colours.flagged if flagged else colours.border,
        "borderWidth": 2 if flagged else 0.5,
    }
