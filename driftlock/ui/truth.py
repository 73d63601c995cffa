"""What was hidden in a sample, drawn only when the reader asks for it and never told to the engine."""

import streamlit as st

from data_generator import SAMPLES
from driftlock.model import Run, ScoreColumns
from driftlock.ui import samples
from driftlock.ui.timeline_chart import Interval
from driftlock.ui.truth_score import score


def hidden(run: Run) -> tuple[Interval, ...] | None:
    """The intervals hidden in the run's sample, or None where the run is of no sample."""
    sample_id = str(run.options.get("sample"))
    if run.source != "sample" or sample_id not in SAMPLES:
        return None
    stream = samples.generated(sample_id, int(run.options.get("seed", SAMPLES[sample_id].seed)))
    # The generator counts from 0 and excludes the end; events are numbered from 1.
    return tuple(Interval(t.start + 1, t.stop, t.kind.replace("_", " ")) for t in stream.truth)


def reveal(run: Run, truth: tuple[Interval, ...], columns: ScoreColumns, window: int) -> tuple[Interval, ...]:
    """Ask whether to reveal; then say what was found and give the intervals to draw."""
    if not st.toggle("Reveal what was hidden", key="reveal"):
        return ()
    outcome = score(columns, truth, window)
    st.markdown(f"**{outcome.sentence()}**  \n{SAMPLES[str(run.options['sample'])].hidden}")
    return truth
