"""The byte map as HTML: what the baseline explains is plain, what it does not is marked twice."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from driftlock.ui.byte_map_lines import Line
from driftlock.ui.payload_text import escaped, text
from driftlock.ui.theme import Tokens
from driftlock_core.attribution import Segment
from driftlock_core.numbers_text import MISSING, bits_text, bytes_text, count_text

_KINDS: Final = {"baseline": "old", "window": "rep", "new": "new"}
_MONO: Final = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def style(colours: Tokens) -> str:
    """Rules for the map, its legend and the diff; colour and underline always together."""
    return f"""<style>
    .dl-map {{ font: 12.5px/1.65 {_MONO}; border: 1px solid {colours.hairline}; border-radius: 8px;
      overflow: auto; max-height: 560px; background: {colours.background}; }}
    .dl-row {{ display: grid; grid-template-columns: 3.9em 5.4em 1fr; gap: 1em; padding: 2px 10px 2px 6px;
      border-bottom: 1px solid {colours.hairline}; }}
    .dl-row:last-child {{ border-bottom: 0; }}
    .dl-row.dl-picked {{ background: {colours.surface}; box-shadow: inset 3px 0 {colours.ordinary}; }}
    .dl-row > .dl-no, .dl-row > .dl-bits {{ text-align: right; color: {colours.muted};
      font-variant-numeric: tabular-nums; white-space: nowrap; }}
    .dl-row > .dl-bits.dl-dear {{ color: {colours.flagged_text}; font-weight: 600; }}
    .dl-row > .dl-text, .dl-diff {{ white-space: pre-wrap; overflow-wrap: anywhere; color: {colours.text}; }}
    .dl-head {{ position: sticky; top: 0; background: {colours.surface}; color: {colours.muted};
      font-size: 11.5px; z-index: 1; }}
    .dl-old {{ color: {colours.muted}; }}
    .dl-rep {{ background: {colours.repeat_fill}; border-bottom: 2px dotted {colours.ordinary}; }}
    .dl-new {{ background: {colours.novel_fill}; border-bottom: 2px solid {colours.flagged};
      font-weight: 600; }}
    .dl-note {{ color: {colours.flagged_text}; padding-right: .2em; }}
    .dl-raw {{ margin: .2em 0; color: {colours.muted}; }}
    .dl-raw > summary {{ cursor: pointer; font-size: 11.5px; }}
    .dl-turn > b {{ display: block; font: 600 11.5px/1.6 sans-serif; color: {colours.muted}; }}
    .dl-turn + .dl-turn {{ margin-top: .4em; }}
    .dl-gone {{ text-decoration: line-through; color: {colours.muted}; }}
    .dl-legend {{ display: flex; flex-wrap: wrap; gap: .3em 1.4em; font-size: 13px; margin: 0 0 .4em; }}
    .dl-legend code, .dl-diff {{ font: 12.5px/1.65 {_MONO}; }}
    .dl-diff {{ border: 1px solid {colours.hairline}; border-radius: 8px; padding: 6px 10px; }}
    .dl-chips {{ display: flex; flex-wrap: wrap; gap: .35em; align-items: center; color: {colours.muted};
      font-size: 13px; }}
    .dl-chips code {{ font: 12.5px/1.5 {_MONO}; color: {colours.text}; background: {colours.novel_fill};
      border-bottom: 2px solid {colours.flagged}; border-radius: 3px; padding: 0 .4em; overflow-wrap: anywhere; }}
    @media (max-width: 640px) {{
      .dl-row {{ grid-template-columns: 3.2em 3.6em 1fr; gap: .4em; padding: 2px 6px 2px 2px; }}
    }}
    </style>"""


def legend() -> str:
    """What the marks mean, in words."""
    return (
        '<div class="dl-legend">'
        '<span><span class="dl-new">new</span> not in the baseline, nor earlier in this window</span>'
        '<span><span class="dl-rep">repeat</span> repeated from earlier in this window</span>'
        '<span><span class="dl-old">grey</span> copied from a baseline event</span>'
        "</div>"
    )


def rows(
    order: Sequence[int],
    lines: Sequence[Line],
    seqs: Sequence[int],
    bits: Sequence[float | None],
    *,
    dear_above: float,
    picked: int | None,
    noted: Collection[int] = (),
    bodies: Mapping[int, str] | None = None,
) -> str:
    """
    The map itself.

    Args:
        order: Positions in the window, in the order to show them.
        lines: Of the whole window.
        seqs: Event numbers of the whole window.
        bits: Cost of each event given the baseline; None: not computed.
        dear_above: Bits above which a cost is printed in the flagged colour, and bold.
        picked: Event number of the line that is looked at.
        noted: Event numbers that another view points at.
        bodies: What to show of an event in place of its line, by position; the line is then one click away.
    """
    body = "".join(
        _row(
            _body(lines[at], (bodies or {}).get(at)),
            seqs[at],
            bits[at],
            dear=(bits[at] or 0.0) > dear_above,
            picked=seqs[at] == picked,
            noted=seqs[at] in noted,
        )
        for at in order
    )
    head = (
        '<div class="dl-row dl-head"><span class="dl-no">event</span><span class="dl-bits">bits</span>'
        f"<span>{'text' if bodies else 'masked text'}</span></div>"
    )
    frame = 'class="dl-map" role="region" aria-label="Byte map of the window" tabindex="0"'
    return f"<div {frame}>{head}{body}</div>"


def _body(line: Line, instead: str | None) -> str:
    body = "".join(
        f'<span class="dl-{_KINDS[piece.kind]}">{escaped(piece.text)}</span>' for piece in line.pieces
    )
    if line.cut:
        body += f' <span class="dl-old">… {bytes_text(line.cut)} more</span>'
    if instead is None:
        return body
    return f'{instead}<details class="dl-raw"><summary>the whole line, masked</summary>{body}</details>'


def _row(body: str, seq: int, bits: float | None, *, dear: bool, picked: bool, noted: bool) -> str:
    mark = '<span class="dl-note" title="pointed at above">▸</span>' if noted else ""
    return (
        f'<div class="dl-row{" dl-picked" if picked else ""}"><span class="dl-no">{mark}{count_text(seq)}</span>'
        f'<span class="dl-bits{" dl-dear" if dear else ""}">{MISSING if bits is None else bits_text(bits)}</span>'
        f'<span class="dl-text">{body}</span></div>'
    )


def chips(title: str, texts: Sequence[str]) -> str:
    """Short texts in a row behind their title."""
    return f'<div class="dl-chips">{title} {"".join(f"<code>{escaped(t)}</code>" for t in texts)}</div>'


def turns(body: str) -> str:
    """Texts of a model call, as HTML, in a frame of their own."""
    return f'<div class="dl-diff">{body}</div>'


def diff(segments: Sequence[Segment]) -> str:
    """How the nearest baseline event becomes the event: removed struck out, added marked as new."""
    marks = {"same": "dl-old", "added": "dl-new", "removed": "dl-gone"}
    body = "".join(
        f'<span class="{marks[segment.kind]}">{escaped(text(segment.text, 1_500))}</span>'
        for segment in segments
    )
    return f'<div class="dl-diff">{body}</div>'
