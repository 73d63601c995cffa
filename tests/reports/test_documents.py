"""Documents as HTML and PDF: nothing acts, nothing is fetched, nothing is cut, the same bytes each time."""

import re
from datetime import UTC, datetime

import numpy as np
import pytest

from driftlock.reports.annexes import ANNEXES, SAYS_NOT, Grounds, annex
from driftlock.reports.anomaly import Nulls, Seen, Told, report
from driftlock.reports.document import Bars, Document, Facts, Heading, Lines, Paragraph, Table, ToFill
from driftlock.reports.html import as_html
from driftlock.reports.pdf import as_pdf

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
EVIL = '<script>alert(1)</script>" onload="x" </pre>'
EVERY = Document(
    title=f"A {EVIL}",
    subtitle="thin\u2009space, ▲ and \u4e2d",
    blocks=(
        Heading(f"H {EVIL}"),
        Paragraph("one\ntwo"),
        Facts((("name", EVIL),)),
        Table(("a", "b"), ((EVIL, "x" * 400),)),
        Table(("a",), (), empty="Nothing at all."),
        Lines((EVIL, '{"k": 1}')),
        Bars(
            title="T",
            unit="B",
            edges=(1.0, 2.0, 3.0),
            counts=(3, 1),
            observed=9.0,
            alt="4 values; observed 9.",
        ),
        ToFill("Who?", "hint"),
    ),
    foot="foot",
)


def seen(record, **other) -> Seen:
    given = {
        "id": "a1",
        "stream": "s1",
        "stream_name": "api",
        "kind": "logs",
        "severity": "high",
        "sentence": "**api** said QUOTED",
        "record": record,
        "seen_at": NOON,
        "nulls": Nulls(
            permuted=np.arange(999.0),
            observed_permuted=990.0,
            past=np.array([5.0, 5.0, 7.0]),
            observed_past=9.0,
        ),
    }
    return Seen(**(given | other))


@pytest.fixture
def record(made):
    app, window, _ = made
    return app.queries.anomaly("demo", window).record


def test_no_text_becomes_markup() -> None:
    """Whatever an event holds is text on the page; the page runs and fetches nothing."""
    page = as_html(EVERY).decode()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 6  # title twice, heading, fact, cell, line
    assert re.findall(r"(?:src|href)=|url\(|@import", page) == []
    assert "default-src 'none'" in page
    assert "one<br>two" in page
    assert "Nothing at all." in page
    assert "4 values; observed 9." in page


@pytest.mark.parametrize("draw", [as_html, as_pdf])
def test_the_same_document_is_the_same_bytes(draw) -> None:
    assert draw(EVERY) == draw(EVERY)
    assert draw(EVERY)[:5] in (b"<!DOC", b"%PDF-")


def test_a_pdf_spells_what_its_font_has_no_sign_for(pdf_text) -> None:
    text = pdf_text(as_pdf(EVERY))
    assert "<U+4E2D>" in text
    assert "thin space, ^ and" in text
    assert text.replace("\n", "").count("x" * 60) >= 1  # long words are broken, not cut
    assert "Page 1" in text


def test_a_histogram_counts_every_value(record) -> None:
    """999 shuffles and 3 past windows stand in the bars, whatever the bins; the observed value beside them."""
    bars = [
        one
        for one in report(seen(record), policy="masked", statement="S", timeline=()).blocks
        if isinstance(one, Bars)
    ]
    assert [sum(one.counts) for one in bars] == [999, 3]
    assert [one.observed for one in bars] == [990.0, 9.0]
    assert "which 9 of them reach" in bars[0].alt
    assert "which 0 of them reach" in bars[1].alt


def test_digests_quote_no_event(record) -> None:
    quoted = [line["text"] for line in record["description"]["top"]]
    assert quoted
    page = as_html(report(seen(record), policy="digests", statement="S", timeline=())).decode()
    whole = as_html(report(seen(record), policy="masked", statement="S", timeline=())).decode()
    assert "QUOTED" in whole
    assert "QUOTED" not in page
    for text in quoted:
        assert text.encode()[:40].decode(errors="ignore") not in page


def grounds(record) -> Grounds:
    return Grounds(
        about="anomaly a1 of api",
        first=NOON,
        last=NOON,
        streams=["api"],
        strongest=seen(record),
        rows=[("2026-01-05 12:00:00", "api", "high", "31", "0.01", "real", "a1")],
        more=3,
        chance="1 window flagged of 10 tested; chance alone would have flagged at most about 0.5.",
        timeline=[Told(at=NOON, what="acknowledged", by="u1")],
        bundles=[("a1", "ab" * 32)],
        audit="The audit log holds no row about these.",
    )


@pytest.mark.parametrize("which", ANNEXES)
def test_an_annex_names_no_deadline_and_sets_no_classification(record, which) -> None:
    """What is asked stays open; no hours, days or months are stated as a duty, nothing is called major."""
    page = as_html(annex(which, grounds(record), quoted=True)).decode()
    assert SAYS_NOT in page
    assert "at most about 0.5" in page
    assert "ab" * 32 in page
    assert "acknowledged" in page
    assert not re.search(r"\b(?:24|72) ?h(?:ours)?\b|within \w+ (?:hours|days|month)|major incident", page)
    assert page.count('class="fill"') >= 4


def test_the_report_of_a_number_states_its_value_only_where_it_may() -> None:
    record = {
        "series": "cpu", "view": "value", "bits": 101.5, "p": 0.01, "score": 3.0, "value": 56.8125, "low": 1.0,
        "high": 2.0, "record": 60, "last_record": 61, "parameters": {"alert_score": 1.77},
    }  # fmt: skip
    one = seen(record, nulls=None)
    assert "56.8125" in as_html(report(one, policy="masked", statement="S", timeline=())).decode()
    assert "56.8125" not in as_html(report(one, policy="digests", statement="S", timeline=())).decode()
