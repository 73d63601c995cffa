"""Where a value lies among the past windows, as one line of HTML."""

import math
from collections.abc import Sequence
from typing import Final

from driftlock.ui.theme import Tokens
from driftlock.ui.words import plural
from driftlock_core.window_views.findings import Finding
from driftlock_core.window_views.findings_text import amount_text

BUCKETS: Final = 40
HEIGHT: Final = 26  # pixels
# Where the value lies so many times further out than all past windows spread, these would be one bar.
LOGARITHMIC_ABOVE: Final = 12.0


def strip(finding: Finding, past: Sequence[float], colours: Tokens) -> str:
    """
    Past windows as bars, their median as a dashed tick, the window as a triangle; all named below.

    The words under the strip say the same as the picture.

    Args:
        finding: What the window has.
        past: The same of the past windows, same unit, at least one.
        colours: Of the reader's theme.
    """
    low, high = min(past), max(past)
    spread = max(high - low, abs(high) / 100, 1e-9)
    far = abs(finding.value - finding.usual) > LOGARITHMIC_ABOVE * spread and min(low, finding.value) >= 0
    unit = max(finding.usual, spread)

    def scaled(value: float) -> float:
        return math.log1p(value / unit) if far else value

    ends = [scaled(value) for value in (low, high, finding.value, finding.usual)]
    start, width = min(ends), (max(ends) - min(ends)) or 1.0

    def percent(value: float) -> float:
        return 2 + 96 * (scaled(value) - start) / width

    held = [0] * BUCKETS
    for value in past:
        held[min(BUCKETS - 1, int((percent(value) - 2) / 96 * BUCKETS))] += 1
    most = max(held)
    bars = "".join(
        f'<i style="position:absolute;bottom:0;left:{2 + 96 * at / BUCKETS:.2f}%;'
        f"width:{96 / BUCKETS:.2f}%;height:{max(3.0, 18 * math.sqrt(count / most)):.1f}px;"
        f'background:{colours.ordinary};opacity:.55"></i>'
        for at, count in enumerate(held)
        if count
    )
    pace = " · at the pace just before this window" if finding.view == "timing" else ""
    ordinary = f"{amount_text(finding, low)} to {amount_text(finding, high)}"
    return (
        f'<div aria-hidden="true" style="position:relative;height:{HEIGHT}px;margin:2px 0 4px;'
        f'border-bottom:1px solid {colours.border}">{bars}'
        f'<div style="position:absolute;left:{percent(finding.usual):.2f}%;top:4px;bottom:0;'
        f'border-left:2px dashed {colours.text}"></div>'
        f'<div style="position:absolute;left:calc({percent(finding.value):.2f}% - 6px);top:0;width:0;height:0;'
        f"border-left:6px solid transparent;border-right:6px solid transparent;"
        f'border-top:11px solid {colours.flagged}"></div>'
        f'<div style="position:absolute;left:calc({percent(finding.value):.2f}% - 1px);top:8px;bottom:0;'
        f'border-left:2px solid {colours.flagged}"></div></div>'
        f'<div style="font-size:13px;color:{colours.muted};line-height:1.5">'
        f"▼ this window {amount_text(finding, finding.value)} · ┆ median {amount_text(finding, finding.usual)} · "
        f"■ {plural(len(past), 'past window')}, {ordinary}{pace}{' · logarithmic' if far else ''}</div>"
    )
