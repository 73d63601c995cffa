"""What the sidebar says of streams: their names, whether they are made up, and whether they fell silent."""

from datetime import UTC, datetime, timedelta

import pytest

from driftlock.model import Source, Stream
from driftlock.services.overview_rows import StreamState
from driftlock.ui.frame import demo_only, names, silent_for, time_left
from driftlock_core.profiles import BALANCED

NOW = datetime(2026, 11, 20, 14, tzinfo=UTC)


def state(
    stream_id: str,
    name: str = "payments",
    *,
    source: Source | None = None,
    windows: int = 61,
    ago: timedelta = timedelta(0),
    events_needed: int = 0,
) -> StreamState:
    """A stream whose windows came a minute apart, the newest *ago*."""
    return StreamState(
        stream=Stream(
            tenant="demo", id=stream_id, name=name, kind="logs", status="ready", events=1_000, windows=windows,
            flagged=0, incidents=0, expected_by_chance=0.0, events_needed=events_needed,
            configuration=BALANCED.configuration(), run_id=None, created_at=NOW, expires_at=None,
        ),
        source=source,
        first_seen=NOW - ago - timedelta(minutes=windows - 1),
        last_seen=NOW - ago,
        series=False,
    )  # fmt: skip


def test_streams_of_one_name_are_told_apart() -> None:
    """Each label leads to one stream; a name that is alone stays as it is."""
    said = names([state("aaaa1"), state("bbbb2"), state("cccc3", "users")])
    assert len(set(said.values())) == 3
    assert said["cccc3"] == "users"


@pytest.mark.parametrize(
    ("sources", "expected"), [((), False), (("demo", "demo"), True), (("demo", "upload"), False)]
)
def test_demo_data_is_named_only_where_there_is_nothing_else(
    sources: tuple[Source, ...], expected: bool
) -> None:
    """One measured stream among them, and the badge would be wrong."""
    assert demo_only([state(str(at), source=source) for at, source in enumerate(sources)]) is expected


def test_a_fed_stream_is_silent_after_three_times_its_usual_pause() -> None:
    """Windows came each minute: three minutes are usual, four are not."""
    assert silent_for([state("a", ago=timedelta(minutes=3))], NOW) is None
    assert silent_for([state("a", ago=timedelta(minutes=4))], NOW) == timedelta(minutes=4)


def test_what_was_uploaded_is_never_silent() -> None:
    """A file ends; that is no trouble."""
    assert silent_for([state("a", source="upload", ago=timedelta(days=3))], NOW) is None


def test_one_stream_that_is_fed_is_enough() -> None:
    """Another that has ended does not make the desk stale."""
    assert silent_for([state("a", ago=timedelta(days=3)), state("b")], NOW) is None


def test_no_time_is_promised_where_nothing_more_comes() -> None:
    """An upload that warms up stays as it is."""
    assert time_left(state("a", source="upload", events_needed=30)) is None


@pytest.mark.parametrize("events_needed", [1, 2**20])
def test_a_time_that_is_told_is_no_finer_than_a_second(events_needed: int) -> None:
    """Many events in one batch make a rate that would promise milliseconds."""
    said = time_left(state("a", events_needed=events_needed))
    assert said is not None
    assert " ms" not in said
