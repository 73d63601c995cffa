"""Where a value stands against the ordinary range and the limit, as one line of HTML."""

from dataclasses import dataclass

from driftlock.ui.theme import Tokens
from driftlock_core.numbers_text import limit_text, ncd_decimals, ncd_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Maps values to percent of the bar's width; zero and everything shown lies inside."""

    low: float
    high: float

    def percent(self, value: float) -> float:
        return 100 * (value - self.low) / (self.high - self.low)


def scale(observed: float, limit: float, ordinary: tuple[float, float]) -> Scale:
    """A scale with a margin of 4 % on both sides."""
    values = (observed, limit, *ordinary, 0.0)
    low, high = min(values), max(values)
    margin = 0.04 * (high - low)
    return Scale(low=low - margin, high=high + margin)


def range_bar(observed: float, limit: float, ordinary: tuple[float, float], colours: Tokens) -> str:
    """
    Ordinary range as a block, limit as a dashed tick, observed value as a triangle; all named below.

    The words under the bar say the same as the picture, so nothing rests on colour or position.
    """
    placed = scale(observed, limit, ordinary)
    left, right = placed.percent(ordinary[0]), placed.percent(ordinary[1])
    decimals = ncd_decimals(ordinary)
    return (
        f'<div aria-hidden="true" style="position:relative;height:26px;margin:2px 0 4px">'
        f'<div style="position:absolute;left:0;right:0;top:16px;height:1px;'
        f'background:{colours.border}"></div>'
        f'<div style="position:absolute;left:{left:.2f}%;width:{max(right - left, 0.8):.2f}%;top:11px;'
        f'height:11px;background:{colours.ordinary};border-radius:2px"></div>'
        f'<div style="position:absolute;left:{placed.percent(limit):.2f}%;top:4px;height:22px;'
        f'border-left:2px dashed {colours.flagged}"></div>'
        f'<div style="position:absolute;left:calc({placed.percent(observed):.2f}% - 6px);top:2px;'
        f"width:0;height:0;"
        f"border-left:6px solid transparent;border-right:6px solid transparent;"
        f'border-top:11px solid {colours.text}"></div></div>'
        f'<div style="font-size:13px;color:{colours.muted};line-height:1.5">'
        f"▼ this window {ncd_text(observed, decimals, at_least=limit)}<br>┆ limit {limit_text(limit)}<br>"
        f"■ ordinary {ncd_text(ordinary[0], decimals)} to {ncd_text(ordinary[1], decimals)}</div>"
    )
