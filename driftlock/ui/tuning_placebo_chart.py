"""A stream as it came above the same events in another order."""

from collections.abc import Mapping
from typing import Any, Final

import plotly.graph_objects as go

from driftlock.ui import words
from driftlock.ui.charts import Drawing, frame
from driftlock.ui.theme import Tokens
from driftlock_core.numbers_text import count_text, limit_text

HEIGHT: Final = 300  # pixels
LABEL: Final = "PLACEBO"


def placebo_chart(result: Mapping[str, Any], *, colours: Tokens, threshold: float) -> Drawing:
    """
    Draw the scores of both orders at their place in the stream.

    Args:
        result: Of a placebo job.
        colours: Of the reader's theme.
        threshold: The NCD limit both were judged with.
    """
    way = result["way"]
    figure = frame(colours, height=HEIGHT, x_title="Last event of window", y_title="NCD (size-matched)")
    longest = 1
    for name, title, colour, dash, symbol in (
        ("real", "as it came", colours.text, "solid", "triangle-up"),
        ("placebo", f"{LABEL}, {way}", colours.ordinary, "dot", "diamond"),
    ):
        points = result["scores"][name]
        longest = max(longest, *points["stands_for"])
        figure.add_trace(
            go.Scatter(
                x=points["last_seq"],
                y=points["ncd"],
                mode="lines",
                name=title,
                line={"color": colour, "width": 1.4, "dash": dash, "shape": "hv"},
                hovertemplate=f"{title}<br>event %{{x}}: NCD %{{y:.3f}}<extra></extra>",
            )
        )
        marked = [at for at, flagged in enumerate(points["flagged"]) if flagged]
        if marked:
            figure.add_trace(
                go.Scatter(
                    x=[points["last_seq"][at] for at in marked],
                    y=[points["ncd"][at] for at in marked],
                    mode="markers",
                    name=f"flagged {title}",
                    marker={
                        "symbol": symbol,
                        "size": 10,
                        "color": colours.flagged if name == "real" else colours.ordinary,
                        "line": {"color": colours.background, "width": 1},
                    },
                    hovertemplate=f"Flagged {title}<br>NCD %{{y:.3f}}<extra></extra>",
                )
            )
    figure.add_hline(y=threshold, line={"color": colours.flagged, "width": 1.5, "dash": "dash"})
    figure.update_layout(
        title={"text": f"{LABEL} ({way}) beside the stream as it came", "font": {"color": colours.text}},
        legend={"y": -0.25, "yanchor": "top"},
        margin={"t": 48},
    )
    both = {
        name: words.plural(int(result[key]), "window")
        for name, key in (("p", "flagged"), ("r", "real_flagged"))
    }
    caption = f"▲ flagged as it came, ◆ flagged in the {LABEL}. Dashed: NCD limit {limit_text(threshold)}."
    if longest > 1:
        caption += (
            f" One point stands for up to {words.plural(longest, 'window')}: the highest, flagged ones first; "
            f"{count_text(len(result['scores']['placebo']['ncd']))} points each."
        )
    return Drawing(
        figure=figure,
        alt=f"{LABEL} ({way}): {both['p']} flagged, {both['r']} as it came.",
        caption=caption,
    )
