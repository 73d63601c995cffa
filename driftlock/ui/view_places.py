"""Where in the window each view sees what it sees, as HTML."""

from collections.abc import Iterable, Sequence

from driftlock.ui import llm_text
from driftlock.ui.payload_text import escaped, text
from driftlock.ui.theme import Tokens
from driftlock_core.numbers_text import bits_text, count_text, duration_text, value_text
from driftlock_core.window_views.findings import Finding
from driftlock_core.window_views.places import Place

_MOST = 120  # characters of a line


def style(colours: Tokens) -> str:
    """Rules for the places; marks differ by shape as well as colour."""
    mono = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
    return f"""<style>
    .dl-places {{ display: grid; gap: .45em; margin: .3em 0 0; font-size: 13px; color: {colours.text}; }}
    .dl-place {{ border-left: 3px solid {colours.hairline}; padding-left: 8px; min-width: 0; }}
    .dl-place code {{ font: 12.5px/1.5 {mono}; color: {colours.text}; background: none; padding: 0;
      overflow-wrap: anywhere; white-space: pre-wrap; }}
    .dl-place code.dl-after {{ background: {colours.novel_fill}; border-bottom: 2px solid {colours.flagged}; }}
    .dl-places small {{ color: {colours.muted}; font-size: 12.5px; }}
    .dl-bar {{ position: relative; height: 12px; margin: 3px 0 2px; background: {colours.surface};
      border: 1px solid {colours.hairline}; }}
    .dl-bar > b {{ position: absolute; left: 0; top: 0; bottom: 0; background: {colours.flagged}; }}
    .dl-bar > i {{ position: absolute; top: -3px; bottom: -3px; border-left: 2px dashed {colours.text}; }}
    .dl-time {{ position: relative; height: 26px; margin: 4px 0; border-bottom: 1px solid {colours.border}; }}
    .dl-time > i {{ position: absolute; bottom: 0; height: 12px; border-left: 1px solid {colours.ordinary}; }}
    .dl-time > b {{ position: absolute; bottom: 0; top: 4px; background: {colours.flagged_band};
      border-bottom: 3px solid {colours.flagged}; min-width: 3px; }}
    </style>"""


def places(finding: Finding, first_seq: int, times: Sequence[int]) -> str:
    """
    The places of one finding.

    Args:
        finding: Of any view; of the bytes it has none.
        first_seq: Number of the window's first event.
        times: Of the window's events, microseconds; used for the timing.
    """
    if finding.view == "timing":
        return _time_line(finding, times) + _listed(_pause(place, first_seq) for place in finding.places)
    if finding.view == "counts":
        largest = max((max(place.count, place.usual) for place in finding.places), default=1) or 1
        return _listed(_count(place, largest) for place in finding.places)
    draw = {"templates": _template, "symbols": _pair, "values": _number}.get(finding.view)
    return _listed(draw(place, first_seq) for place in finding.places) if draw else ""


def _listed(items: Iterable[str]) -> str:
    rows = "".join(f'<div class="dl-place">{item}</div>' for item in items)
    return f'<div class="dl-places">{rows}</div>' if rows else ""


def _line(shown: str) -> str:
    # What was said tells more than the beginning of a JSON line.
    return escaped(text((llm_text.summary(shown.encode()) or shown).encode(), _MOST))


def _event(place: Place, first_seq: int) -> str:
    return f"event {count_text(first_seq + place.position)}"


def _template(place: Place, first_seq: int) -> str:
    seen = "never seen before" if place.count == 0 else f"last seen {count_text(place.count)} events before"
    return (
        f"<code>{_line(place.text)}</code><br><small>{_event(place, first_seq)} · {seen} · "
        f"{bits_text(place.bits)} bits</small>"
    )


def _count(place: Place, largest: float) -> str:
    return (
        f"<code>{_line(place.text)}</code>"
        f'<div class="dl-bar" aria-hidden="true"><b style="width:{100 * place.count / largest:.1f}%"></b>'
        f'<i style="left:{100 * place.usual / largest:.1f}%"></i></div>'
        f"<small>■ {count_text(place.count)} in this window · ┆ {place.usual:.1f} by the baseline's share</small>"
    )


def _pair(place: Place, first_seq: int) -> str:
    known = "never" if place.usual == 0 else f"{count_text(round(place.usual))} ×"
    return (
        f'<code>{_line(place.before)}</code><br>→ <code class="dl-after">{_line(place.text)}</code><br>'
        f"<small>{_event(place, first_seq)} · in this order {count_text(place.count)} × here, {known} in the "
        f"baseline · {bits_text(place.bits)} bits</small>"
    )


def _number(place: Place, first_seq: int) -> str:
    named = f"{place.name} " if place.name else ""
    return (
        f'<code>{escaped(text(named.encode(), _MOST))}</code><code class="dl-after">'
        f"{escaped(text(place.number.encode(), _MOST))}</code><br>"
        f"<small>{_event(place, first_seq)} · the {count_text(place.count)} before it: {value_text(place.low)} to "
        f"{value_text(place.high)}, median {value_text(place.usual)} · {bits_text(place.bits)} bits</small>"
    )


def _pause(place: Place, first_seq: int) -> str:
    return (
        f"<small>{duration_text(place.count)} pass before {_event(place, first_seq)}, where "
        f"{duration_text(place.usual)} between events were usual:</small><br><code>{_line(place.text)}</code>"
    )


def _time_line(finding: Finding, times: Sequence[int]) -> str:
    """Every event as a tick at its time, the pauses that stand out shaded."""
    if len(times) < 2 or max(times) <= min(times):
        return ""
    begin, span = min(times), max(times) - min(times)

    def percent(at: int) -> float:
        return 1 + 98 * (at - begin) / span

    # Events of one moment are one tick.
    ticks = "".join(
        f'<i style="left:{left}%"></i>' for left in dict.fromkeys(f"{percent(at):.1f}" for at in times)
    )
    shaded = "".join(
        f'<b style="left:{percent(times[place.position - 1]):.2f}%;'
        f'width:{percent(times[place.position]) - percent(times[place.position - 1]):.2f}%"></b>'
        for place in finding.places
        if times[place.position] > times[place.position - 1]
    )
    words = f"| one or more events · ▬ pauses that stand out · {duration_text(span)} from left to right"
    return (
        f'<div class="dl-time" aria-hidden="true">{shaded}{ticks}</div>'
        f'<div class="dl-places"><small>{words}</small></div>'
    )
