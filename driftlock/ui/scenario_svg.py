"""The scores of a play as a drawing of its own, for pages that must stand without any script."""

from html import escape

import numpy as np

from driftlock.model import ScoreColumns
from driftlock.ui.scenario_script import clock
from driftlock.ui.theme import Tokens
from driftlock_core.numbers_text import limit_text

WIDTH, HEIGHT = 900, 220  # units of the drawing
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 16, 26
TICKS = 6


def scores_svg(
    columns: ScoreColumns,
    *,
    begins_us: int,
    ends_us: int,
    now_us: int,
    scale: tuple[float, float],
    threshold: float,
    ink: Tokens,
    title: str,
    hidden: tuple[tuple[int, int], ...] = (),
) -> str:
    """
    An SVG element: each window's score at its end as steps, the limit dashed, flagged windows as triangles.

    Args:
        columns: Windows up to *now_us*; none are fine.
        scale: Lowest and highest score of the axis.
        title: Said to who cannot see it.
        hidden: First and last moment of what is to be shaded, microseconds.
    """
    span, (low, high) = max(1, ends_us - begins_us), scale

    def x(at_us: float) -> float:
        return LEFT + (at_us - begins_us) / span * (WIDTH - LEFT - RIGHT)

    def y(score: float) -> float:
        return HEIGHT - BOTTOM - (score - low) / max(1e-9, high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title>",
    ]
    for first, last in hidden:
        parts.append(
            f'<rect x="{x(first):.1f}" y="{TOP}" width="{max(2.0, x(last) - x(first)):.1f}" '
            f'height="{HEIGHT - TOP - BOTTOM}" fill="{ink.novel_fill}"/>'
        )
    for tick in np.linspace(begins_us, ends_us, TICKS):
        parts.append(
            f'<text x="{x(tick):.1f}" y="{HEIGHT - 8}" text-anchor="middle">{clock(int(tick))}</text>'
        )
    floor = HEIGHT - BOTTOM
    parts.append(f'<line x1="{LEFT}" y1="{floor}" x2="{WIDTH - RIGHT}" y2="{floor}" stroke="{ink.border}"/>')
    parts.append(f'<text x="4" y="{y(0) + 4:.1f}">0</text>')
    parts.append(
        f'<line x1="{LEFT}" y1="{y(threshold):.1f}" x2="{WIDTH - RIGHT}" y2="{y(threshold):.1f}" '
        f'stroke="{ink.flagged}" stroke-dasharray="6 4"/>'
        f'<text x="4" y="{y(threshold) + 4:.1f}" fill="{ink.flagged_text}">{limit_text(threshold)}</text>'
    )
    times = np.asarray(columns.last_at_us, dtype=np.int64)
    values = np.asarray(columns.ncd, dtype=np.float64)
    if times.size:
        points = [f"M{x(times[0]):.1f} {y(values[0]):.1f}"]
        points += [f"H{x(at):.1f}V{y(value):.1f}" for at, value in zip(times[1:], values[1:], strict=True)]
        parts.append(f'<path d="{"".join(points)}" fill="none" stroke="{ink.text}" stroke-width="1.1"/>')
    for row in np.flatnonzero(columns.flagged):
        across, down = x(times[row]), y(values[row])
        parts.append(
            f'<path d="M{across:.1f} {down - 11:.1f}l5 9h-10z" fill="{ink.flagged}" '
            f'stroke="{ink.background}" stroke-width=".8"/>'
        )
    parts.append(
        f'<line x1="{x(now_us):.1f}" y1="{TOP}" x2="{x(now_us):.1f}" y2="{floor}" stroke="{ink.ordinary}" '
        f'stroke-width="1.5"/>'
    )
    return "".join(parts) + "</svg>"
