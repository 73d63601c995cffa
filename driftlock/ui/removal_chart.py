"""What each event of a window adds: bits saved when it is replaced by an ordinary one."""

from collections.abc import Collection, Sequence
from typing import Final

import plotly.graph_objects as go

from driftlock.ui import words
from driftlock.ui.charts import Drawing, frame
from driftlock.ui.theme import Tokens
from driftlock_core.numbers_text import bits_text, count_text

HEIGHT: Final = 260  # pixels


def removal_bars(
    seqs: Sequence[int], saved_bits: Sequence[float], smallest: Collection[int], *, colours: Tokens
) -> Drawing:
    """
    One bar an event, in stream order; events of the *smallest* set are hatched and coloured.

    Args:
        seqs: Event numbers of the window.
        saved_bits: Bits the window gets cheaper without that event, same order.
        smallest: Event numbers whose removal un-flags the window; may be empty.
        colours: Of the reader's theme.
    """
    chosen = [seq in smallest for seq in seqs]
    figure = frame(colours, height=HEIGHT, x_title="Event", y_title="Bits saved without it")
    figure.add_trace(
        go.Bar(
            x=list(seqs),
            y=list(saved_bits),
            marker={
                "color": [colours.flagged if c else colours.ordinary for c in chosen],
                "line": {"width": 0},
                "pattern": {
                    "shape": ["/" if c else "" for c in chosen],
                    "fillmode": "overlay",
                    "fgcolor": colours.background,
                    "size": 6,
                    "solidity": 0.25,
                },
            },
            hovertemplate="Event %{x}: %{y:.0f} bits<extra></extra>",
        )
    )
    figure.update_layout(showlegend=False, bargap=0.15)
    figure.update_xaxes(tickformat="d")
    top = max(range(len(seqs)), key=lambda i: saved_bits[i])
    caption = "Each bar: the window with that event replaced by an ordinary one."
    if smallest:
        caption += " Hatched: the smallest set found whose removal un-flags the window."
    return Drawing(
        figure=figure,
        alt=(
            f"Bits saved by leaving out each of {words.plural(len(seqs), 'event')}; the most, "
            f"{bits_text(saved_bits[top])}, by event {count_text(seqs[top])}."
        ),
        caption=caption,
    )
