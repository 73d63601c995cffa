"""What was hidden in a sample, drawn only when the reader asks for it and never told to the engine."""

import streamlit as st

from data_generator import SAMPLES
from driftlock.model import Run, ScoreColumns, Stream
from driftlock.ui import live_truth, samples
from driftlock.ui.session import desk, tenant
from driftlock.ui.timeline_chart import Interval
from driftlock.ui.truth_score import placed, score


def reveal(run: Run, stream: Stream, columns: ScoreColumns) -> tuple[Interval, ...]:
    """Ask whether to reveal; then say what was found and give the intervals to draw."""
    if run.source == "live":
        return live_truth.reveal(run, stream, columns)
    sample = SAMPLES.get(str(run.options.get("sample")))
    if run.source != "sample" or sample is None:
        return ()
    if not st.toggle("Reveal what was hidden", key="reveal"):
        return ()
    generated = samples.generated(sample.id, int(run.options.get("seed", sample.seed)))
    payloads = desk().queries.stored(tenant(), stream.id, 1, stream.events)
    lines = [1 + payload.count(b"\n") for _, payload in sorted(payloads.items())]
    if sum(lines) != generated.events:
        st.info(
            "The events of this run are not those of the sample, so the truth cannot be placed among them."
        )
        return ()
    # The generator counts from 0 and excludes the end.
    truth = placed([Interval(t.start + 1, t.stop, t.kind.replace("_", " ")) for t in generated.truth], lines)
    outcome = score(columns, truth, int(stream.configuration["window"]))
    st.markdown(f"**{outcome.sentence()}**  \n{sample.hidden}")
    return truth
