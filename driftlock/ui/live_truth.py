"""What was hidden in a live feed, told when the reader asks and never told to the engine."""

from datetime import datetime
from typing import Any, Final

import streamlit as st

from data_generator import Episode, perform_scenario, scenario_named
from driftlock.model import Run, ScoreColumns, Stream
from driftlock.services.live import Feed
from driftlock.ui import words
from driftlock.ui.session import desk, tenant
from driftlock.ui.timeline_chart import Interval
from driftlock.ui.truth_score import score
from driftlock_core.numbers_text import count_text

# It is found by playing the scenario again, which takes a second or so for as many.
MOST_EVENTS: Final = 100_000


def card(feed: Feed, stream: Stream) -> None:
    """The switch and, once it is on, how the detector did so far."""
    if not st.toggle("Reveal what was hidden", key=f"live-truth-{feed.id}"):
        return
    run = desk().queries.run(tenant(), feed.id)
    if run is None:
        return
    if desk().series.plan(stream) is not None:
        _of_series(run, stream)
    else:
        _of_windows(run, stream, desk().queries.scores(tenant(), stream.id))


def reveal(run: Run, stream: Stream, columns: ScoreColumns) -> tuple[Interval, ...]:
    """As the card, on the page of the result; answers the intervals to draw."""
    if not st.toggle("Reveal what was hidden", key="reveal"):
        return ()
    return _of_windows(run, stream, columns)


def _of_windows(run: Run, stream: Stream, columns: ScoreColumns) -> tuple[Interval, ...]:
    hidden = _hidden(run, stream, judged=int(max(columns.last_seq, default=0)))
    if hidden:
        outcome = score(columns, hidden, int(stream.configuration["window"]))
        st.markdown(f"**{outcome.sentence()}**  \n{scenario_named(run.options['scenario']).hidden}")
    return hidden


def _of_series(run: Run, stream: Stream) -> None:
    """Whose false alarms by chance nobody states."""
    hidden = _hidden(run, stream, judged=stream.events)
    rows = desk().series.anomalies(tenant(), stream.id, limit=1_000)
    hit = sum(any(row.first_seq <= one.last and row.last_seq >= one.first for row in rows) for one in hidden)
    false = sum(
        not any(row.first_seq <= one.last and row.last_seq >= one.first for one in hidden) for row in rows
    )
    if hidden:
        st.markdown(
            f"**Found {hit} of {len(hidden)}, missed {len(hidden) - hit}; "
            f"{words.plural(false, 'anomaly', 'anomalies')} elsewhere.**  \n"
            f"{scenario_named(run.options['scenario']).hidden}"
        )


def _hidden(run: Run, stream: Stream, *, judged: int) -> tuple[Interval, ...]:
    """Faults that began in the events judged so far, in event numbers from 1; said where there are none."""
    if stream.events > MOST_EVENTS:
        st.info(f"The truth is shown for up to {count_text(MOST_EVENTS)} events; these are more.")
        return ()
    names = ("scenario", "seed", "signal", "rate", "duration_s", "anomaly_rate", "starts_at")
    played = {name: run.options[name] for name in names}
    # The generator counts from 0 and excludes the end.
    hidden = tuple(
        Interval(episode.start + 1, episode.stop, words.literal(episode.kind))
        for episode in episodes(**played, events=stream.events)
        if episode.start < judged
    )
    if not hidden:
        st.markdown(f"No fault began in the first {words.plural(judged, 'event')}, which were judged so far.")
    return hidden


@st.cache_data(show_spinner=False, max_entries=8)
def episodes(
    *,
    scenario: str,
    seed: int,
    signal: Any,
    rate: float,
    duration_s: int,
    anomaly_rate: float,
    starts_at: str,
    events: int,
) -> tuple[Episode, ...]:
    """The truth about the first *events* of a feed with these options, found by playing them again."""
    performance = perform_scenario(
        scenario,
        seed,
        signal=signal,
        rate=rate,
        duration_s=duration_s,
        anomaly_rate=anomaly_rate,
        start_at=datetime.fromisoformat(starts_at),
    )
    for _, _ in zip(range(events), performance.events, strict=False):
        pass
    return performance.witness.episodes()
