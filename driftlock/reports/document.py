"""A document as a list of blocks, before it is drawn; texts are plain and drawn as they stand."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """Begins a part."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences; *small* for what explains and does not state."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and their values, one below the other."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equal length below a head; the drawing breaks lines, it never cuts a text off."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = "None."  # said where there is no row


@dataclass(frozen=True, slots=True)
class Lines:
    """Texts as they were sent, each on a line of its own, in letters of equal width."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """
    How often what happened: a histogram, and where the observed value lies.

    ``edges`` are one more than ``counts``. ``alt`` states the same in words.
    """

    title: str
    unit: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    observed: float
    alt: str


@dataclass(frozen=True, slots=True)
class ToFill:
    """What nobody here can know: a question to who hands the document on, and room for the answer."""

    question: str
    hint: str = ""


Block = Heading | Paragraph | Facts | Table | Lines | Bars | ToFill


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report, whole."""

    title: str
    subtitle: str
    blocks: Sequence[Block]
    foot: str  # on every page of the PDF, at the end of the HTML
