"""A document as one HTML file: nothing fetched, no script, light, fit for A4."""

from html import escape
from typing import Final

from driftlock.reports.document import Bars, Block, Document, Facts, Heading, Lines, Paragraph, Table, ToFill

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 170, 8, 26, 18  # units of a drawing
_TICKS: Final = 5
_STYLE: Final = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #0E151D; background: #FFFFFF; max-width: 52rem;
  margin: 2rem auto; padding: 0 1rem; overflow-wrap: break-word; }
td { word-break: break-word; } td:first-child { min-width: 6rem; }
h1 { font-size: 1.8rem; line-height: 1.25; margin: 0 0 .2rem; } h2 { font-size: 1.15rem; margin: 1.6rem 0 .4rem; }
p { margin: .4rem 0; } .small, footer { color: #556273; font-size: .9rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th { text-align: left; color: #556273; font-weight: 600; }
td, th { padding: .25rem 1rem .25rem 0; vertical-align: top; border-bottom: 1px solid #CBD3DD; }
.facts th { width: 34%; }
pre { background: #F5F7FA; padding: .6rem .8rem; font: 12.5px/1.5 ui-monospace, monospace; white-space: pre-wrap; }
svg { width: 100%; height: auto; display: block; } svg text { font: 11px system-ui, sans-serif; fill: #556273; }
.fill { border: 1px dashed #8795A6; padding: .5rem .8rem; margin: .5rem 0; min-height: 3.2rem; break-inside: avoid; }
footer { border-top: 1px solid #CBD3DD; margin-top: 2rem; padding-top: .6rem; }
@page { size: A4; margin: 18mm 16mm; }
@media print { body { margin: 0; max-width: none; font-size: 10.5pt; } h2 { break-after: avoid; }
  tr, pre, svg { break-inside: avoid; } }
"""


def as_html(document: Document) -> bytes:
    """UTF-8, self-contained; texts are escaped, so that nothing a payload holds can act."""
    body = [f"<h1>{escape(document.title)}</h1>", f'<p class="small">{escape(document.subtitle)}</p>']
    body += [_drawn(block) for block in document.blocks]
    text = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(document.title)}</title><style>{_STYLE}</style></head><body><main>{''.join(body)}</main>"
        f"<footer>{escape(document.foot)}</footer></body></html>\n"
    )
    return text.encode(errors="backslashreplace")  # a lone half of a pair is no character


def _drawn(block: Block) -> str:
    match block:
        case Heading(text):
            return f"<h2>{escape(text)}</h2>"
        case Paragraph(text, small):
            kind = ' class="small"' if small else ""
            return f"<p{kind}>{escape(text).replace(chr(10), '<br>')}</p>"
        case Facts(rows):
            told = "".join(
                f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
                for name, value in rows
            )
            return f'<table class="facts">{told}</table>'
        case Table(head, rows, empty):
            if not rows:
                return f"<p>{escape(empty)}</p>"
            top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
            body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
            return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
        case Lines(lines):
            return f"<pre>{escape(chr(10).join(lines))}</pre>"
        case Bars():
            return _bars(block)
        case ToFill(question, hint):
            more = f'<div class="small">{escape(hint)}</div>' if hint else ""
            return f'<div class="fill"><strong>{escape(question)}</strong>{more}</div>'


def _bars(bars: Bars) -> str:
    low, high = min(bars.edges[0], bars.observed), max(bars.edges[-1], bars.observed)
    across = (WIDTH - 2 * LEFT) / max(high - low, 1e-9)
    floor, most = HEIGHT - BOTTOM, max(*bars.counts, 1)

    def x(value: float) -> float:
        return LEFT + (value - low) * across

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(bars.alt)}</title>"
    ]
    for left, right, count in zip(bars.edges, bars.edges[1:], bars.counts, strict=False):
        tall = count / most * (floor - TOP)
        parts.append(
            f'<rect x="{x(left):.1f}" y="{floor - tall:.1f}" width="{max(0.5, x(right) - x(left) - 0.8):.1f}" '
            f'height="{tall:.1f}" fill="#0B5CAD"/>'
        )
    at = x(bars.observed)
    parts.append(f'<line x1="{LEFT}" y1="{floor}" x2="{WIDTH - LEFT}" y2="{floor}" stroke="#8795A6"/>')
    parts.append(
        f'<line x1="{at:.1f}" y1="{TOP - 6}" x2="{at:.1f}" y2="{floor}" stroke="#C24E00" stroke-width="2"/>'
        f'<text x="{at:.1f}" y="10" text-anchor="{"end" if at > WIDTH / 2 else "start"}" '
        f'style="fill:#A03F00">observed {bars.observed:g}</text>'
    )
    for step in range(_TICKS):
        value = low + (high - low) * step / (_TICKS - 1)
        anchor = "start" if step == 0 else "end" if step == _TICKS - 1 else "middle"
        parts.append(
            f'<text x="{x(value):.1f}" y="{HEIGHT - 10}" text-anchor="{anchor}">{value:.4g} {escape(bars.unit)}</text>'
        )
    return f"<p><strong>{escape(bars.title)}</strong></p>{''.join(parts)}</svg>"
