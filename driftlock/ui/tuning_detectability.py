"""From how many foreign lines in a window the stream's rule, and each profile, would notice."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from driftlock.services.tuning_history import History
from driftlock.ui import tuning_jobs, words
from driftlock.ui.session import desk, tenant
from driftlock_core.numbers_text import count_text, percent_text


def show(history: History) -> None:
    """The table of the last result with its date, and a way to make another."""
    stream_id = history.stream.id
    st.markdown(
        "Copies of a foreign line are put into ordinary windows of this stream: from how many on would the "
        "window be flagged?"
    )
    newest = desk().jobs.newest(tenant(), stream_id, "detectability")
    if newest is not None and tuning_jobs.at_work(newest):
        tuning_jobs.follow(newest, "Trying foreign lines")
    else:
        tuning_jobs.start_button("Measure now", "detectability", stream_id, key="start-detectability")
        tuning_jobs.ended(newest)
    done = desk().jobs.newest(tenant(), stream_id, "detectability", done=True)
    if done is None or done.result is None:
        st.info("What this stream would notice has not been measured yet.")
        return
    result = done.result
    st.table(
        table(result["profiles"]),
        hide_index=True,
        border="horizontal",
        alt="Fewest foreign lines noticed, by profile and kind of line",
    )
    trials = result["lines"][0]["trials"]
    st.caption(
        f"Noticed in at least {percent_text(result['share'])} of {count_text(trials)} trials on "
        f"{words.plural(result['windows'], 'ordinary window')}; seed {result['seed']}. "
        f"Measured {words.literal(words.moment(done.finished_at))} UTC under the limits of that time."
    )


def table(profiles: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """
    One row a rule, the stream's own first; one column a kind of line.

    >>> line = {"kind": "error", "of": 50, "noticed_from": 2}
    >>> table([{"name": "balanced", "threshold": 0.3, "alpha": 0.05, "lines": [line]}])
    [{'Rule': 'In force: Balanced: NCD ≥ 0.30 and p ≤ 0.05', 'Error': 'from 2 of 50'}]
    """
    rows = []
    for at, profile in enumerate(profiles):
        limits = words.limits(profile["name"], profile["threshold"], profile["alpha"])
        row = {"Rule": limits if at else f"In force: {limits}"}
        for line in profile["lines"]:
            fewest = line["noticed_from"]
            row[str(line["kind"]).capitalize()] = (
                f"not even all {line['of']}" if fewest is None else f"from {fewest} of {line['of']}"
            )
        rows.append(row)
    return rows
