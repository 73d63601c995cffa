"""Progress is counted work."""

from dataclasses import replace
from datetime import UTC, datetime

from driftlock.model import Run
from driftlock.ui.progress import counted, share

RUN = Run(
    tenant="demo",
    id="0123456789abcdef",
    source="upload",
    name="app.log",
    state="running",
    configuration={},
    options={},
    sha256=None,
    size_bytes=4_096,
    bytes_read=1_024,
    events_received=180,
    events_analyzed=42,
    step="analyzing",
    error=None,
    report=None,
    stream_ids=(),
    created_at=datetime(2026, 3, 2, tzinfo=UTC),
    finished_at=None,
)


def test_the_text_counts_bytes_and_events() -> None:
    """What is done stands beside what is to be done."""
    assert counted(RUN) == "Analyzing · 1 kB of 4.1 kB read · 42 of 180 events analyzed"


def test_megabytes_are_those_of_the_upload_limit() -> None:
    """199 MB are 199,000,000 bytes, in the same unit as the limit."""
    assert "100 MB of 199 MB read" in counted(replace(RUN, bytes_read=10**8, size_bytes=199 * 10**6))


def test_the_bar_grows_with_the_work_and_ends_full() -> None:
    """Nothing read is 0, everything read and analyzed is 1, and it never runs backwards in between."""
    steps = [
        replace(RUN, bytes_read=0, events_received=0, events_analyzed=0),
        RUN,
        replace(RUN, bytes_read=4_096, events_received=720, events_analyzed=200),
        replace(RUN, bytes_read=4_096, events_received=720, events_analyzed=720),
    ]
    shares = [share(step) for step in steps]
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_an_empty_or_unknown_size_is_no_error() -> None:
    """Before the size is known the bar stands at its beginning."""
    assert share(replace(RUN, size_bytes=None)) == 0
    assert "read" not in counted(replace(RUN, size_bytes=None))
