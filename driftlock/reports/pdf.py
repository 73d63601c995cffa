"""A document as PDF, by ReportLab; no browser, no font of the machine."""

import io
import re
from functools import cache
from html import escape
from typing import Any, Final

from driftlock.reports.document import Bars, Block, Document, Facts, Heading, Lines, Paragraph, Table, ToFill

_MARGIN_MM: Final = 18
_PADDING: Final = 6  # of a frame of ReportLab, points
# What the font has no sign for: thin and other blanks become one; anything else is spelled out.
_BLANKS: Final = re.compile("[\u2000-\u200a\u202f\u205f\u00a0]")
_SPELLED: Final = {"▲": "^", "●": "o", "→": "->", "≤": "<=", "≥": ">=", "−": "-", "…": "..."}


def as_pdf(document: Document) -> bytes:
    """A4; the same document gives the same bytes."""
    # Imported here: only who asks for a PDF waits for it.
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    fonts, styles = _styles()
    held = io.BytesIO()
    template = SimpleDocTemplate(
        held,
        pagesize=A4,
        invariant=1,  # no time, no random id
        title=document.title,
        author="Driftlock",
        leftMargin=_MARGIN_MM * mm,
        rightMargin=_MARGIN_MM * mm,
        topMargin=_MARGIN_MM * mm,
        bottomMargin=(_MARGIN_MM + 4) * mm,
    )

    def foot(canvas: Any, _template: Any) -> None:
        canvas.setFont(fonts[0], 7.5)
        canvas.setFillGray(0.35)
        canvas.drawString(_MARGIN_MM * mm, 12 * mm, _text(document.foot)[:150])
        canvas.drawRightString(A4[0] - _MARGIN_MM * mm, 12 * mm, f"Page {canvas.getPageNumber()}")

    flow = [_paragraph(document.title, "title", styles), _paragraph(document.subtitle, "small", styles)]
    for block in document.blocks:
        flow += _drawn(block, styles, template.width - 2 * _PADDING)
    template.build(flow, onFirstPage=foot, onLaterPages=foot)
    return held.getvalue()


def _drawn(block: Block, styles: dict[str, Any], width: float) -> list[Any]:
    from reportlab.platypus import KeepTogether, Spacer, TableStyle
    from reportlab.platypus import Table as Grid

    ruled = TableStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, "#CBD3DD"),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
        ]
    )
    match block:
        case Heading(text):
            return [_paragraph(text, "heading", styles)]
        case Paragraph(text, small):
            return [_paragraph(text, "small" if small else "body", styles)]
        case Facts(rows):
            cells = [
                [_paragraph(name, "name", styles), _paragraph(value, "cell", styles)] for name, value in rows
            ]
            return (
                [Grid(cells, colWidths=[width * 0.34, width * 0.66], style=ruled), Spacer(1, 5)]
                if cells
                else []
            )
        case Table(head, rows, empty):
            if not rows:
                return [_paragraph(empty, "body", styles)]
            cells = [[_paragraph(name, "name", styles) for name in head]]
            cells += [[_paragraph(cell, "cell", styles) for cell in row] for row in rows]
            return [
                Grid(cells, colWidths=_widths(head, rows, width), repeatRows=1, style=ruled),
                Spacer(1, 5),
            ]
        case Lines(lines):
            return [_paragraph(line, "code", styles) for line in lines]
        case Bars():
            return [KeepTogether([_paragraph(block.title, "name", styles), _bars(block, width)])]
        case ToFill(question, hint):
            box = [[_paragraph(question, "name", styles)], [_paragraph(hint or " ", "small", styles)]]
            framed = TableStyle(
                [("BOX", (0, 0), (-1, -1), 0.6, "#8795A6"), ("BOTTOMPADDING", (0, 1), (-1, 1), 26)]
            )
            return [KeepTogether([Grid(box, colWidths=[width], style=framed), Spacer(1, 6)])]


def _widths(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], width: float) -> list[float]:
    """By how much the columns hold, none below a twelfth."""
    held = [3 + min(60, max(len(head[at]), *(len(row[at]) for row in rows))) for at in range(len(head))]
    shares = [max(one / sum(held), 1 / 12) for one in held]
    return [width * share / sum(shares) for share in shares]


def _bars(bars: Bars, width: float) -> Any:
    from reportlab.graphics.shapes import Drawing, Line, Rect, String

    fonts, _ = _styles()
    low, high = min(bars.edges[0], bars.observed), max(bars.edges[-1], bars.observed)
    tall, floor = 92.0, 16.0
    across = width / max(high - low, 1e-9)
    most = max(*bars.counts, 1)
    drawing = Drawing(width, tall + floor + 14)
    for left, right, count in zip(bars.edges, bars.edges[1:], bars.counts, strict=False):
        drawing.add(
            Rect(
                (left - low) * across, floor, max(0.4, (right - left) * across - 0.6), count / most * tall,
                fillColor=_colour("#0B5CAD"), strokeColor=None,
            )
        )  # fmt: skip
    at = (bars.observed - low) * across
    drawing.add(Line(at, floor, at, floor + tall + 4, strokeColor=_colour("#C24E00"), strokeWidth=1.4))
    drawing.add(
        String(
            at, floor + tall + 6, f"observed {bars.observed:g}", fontName=fonts[0], fontSize=7,
            fillColor=_colour("#A03F00"), textAnchor="end" if at > width / 2 else "start",
        )
    )  # fmt: skip
    for value, anchor in ((low, "start"), (high, "end")):
        drawing.add(
            String(
                (value - low) * across,
                4,
                f"{value:.4g} {bars.unit}",
                fontName=fonts[0],
                fontSize=7,
                textAnchor=anchor,
            )
        )
    return drawing


def _colour(text: str) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(text)


def _paragraph(text: str, style: str, styles: dict[str, Any]) -> Any:
    from reportlab.platypus import Paragraph as Drawn

    told = "<br/>".join(escape(_text(line), quote=False) for line in text.split("\n"))
    return Drawn(told, styles[style])


def _text(text: str) -> str:
    """What the font has signs for; the code point of everything else."""
    known = _known()
    return "".join(
        char if ord(char) in known else _SPELLED.get(char, f"<U+{ord(char):04X}>")
        for char in _BLANKS.sub(" ", text)
    )


@cache
def _known() -> frozenset[int]:
    from reportlab.pdfbase import pdfmetrics

    fonts, _ = _styles()
    return frozenset(pdfmetrics.getFont(fonts[0]).face.charToGlyph)


@cache
def _styles() -> tuple[tuple[str, str], dict[str, Any]]:
    """Fonts that come with ReportLab, and the styles of all blocks."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name in ("Vera", "VeraBd"):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    ink, muted = "#0E151D", "#556273"

    def style(name: str, font: str, size: float, colour: str, before: float = 0, after: float = 3) -> Any:
        return ParagraphStyle(
            name, fontName=font, fontSize=size, leading=size * 1.4, textColor=colour, spaceBefore=before,
            spaceAfter=after, splitLongWords=1, keepWithNext=name == "heading",
        )  # fmt: skip

    styles = [
        style("title", "VeraBd", 16, ink),
        style("heading", "VeraBd", 11, ink, before=10),
        style("body", "Vera", 9, ink),
        style("small", "Vera", 8, muted),
        style("name", "VeraBd", 8, muted),
        style("cell", "Vera", 8, ink, after=0),
        style("code", "Vera", 7, ink, after=1),
    ]
    return ("Vera", "VeraBd"), {one.name: one for one in styles}
