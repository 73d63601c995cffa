"""Numbers the detector left out because no limit in force needed them: computed by a job, and said until then."""

import streamlit as st

from driftlock.services.complete import WIDE
from driftlock.services.tuning_changes import CannotTune
from driftlock.services.tuning_history import History
from driftlock.ui import tuning_jobs, words
from driftlock.ui.session import desk, may, tenant
from driftlock.ui.tuning_controls import Candidate
from driftlock_core.numbers_text import limit_text
from driftlock_core.recount import Rule

_STARTED = "tuning-completed"  # streams with their number of windows, for which this session has asked


def show(candidate: Candidate) -> None:
    """Start the completing job at the first opening, follow it, or say what stays unknown."""
    history = candidate.shown
    stream_id = history.stream.id
    if history.gone:
        st.caption(words.literal(history.gone))
    job = desk().jobs.newest(tenant(), stream_id, "complete")
    missing = 0 if tuning_jobs.at_work(job) else _missing(history, candidate.rule)
    started: set[tuple[str, int]] = st.session_state.setdefault(_STARTED, set())
    asked = (stream_id, history.stream.windows)
    first = missing and may("analyze") and asked not in started and (job is None or job.state == "done")
    if first:
        # Followed in this run: another one begun here would take back what the controls above were told to show.
        started.add(asked)
        desk().jobs.start(tenant(), "complete", stream_id)
        job = desk().jobs.newest(tenant(), stream_id, "complete")
    if job is not None and (first or tuning_jobs.at_work(job)):
        tuning_jobs.follow(job, "Filling in the numbers that other limits need")
        return
    if missing:
        tuning_jobs.ended(job)
        st.warning(
            f"{words.plural(missing, 'window')} of this range cannot be decided yet under these limits. "
            "The counts below leave them out."
        )
        tuning_jobs.start_button("Fill them in", "complete", stream_id, key="start-complete")
        return
    _beyond(history, candidate.rule)


def _missing(history: History, rule: Rule | None) -> int:
    """Windows a completing job would fill, under the rules shown and under the widest it computes for."""
    rules = [history.rule, Rule(threshold=WIDE.threshold, alpha=WIDE.alpha), *([rule] if rule else [])]
    found = 0
    for one in rules:
        try:
            found = max(found, desk().tuning.missing(history, one))
        except CannotTune:
            continue  # said where the rule is asked for
    return found


def _beyond(history: History, rule: Rule | None) -> None:
    if rule is None or desk().tuning.completable(rule):
        return
    unknown = desk().tuning.figures(history, rule).unknown
    if unknown:
        st.warning(
            f"Limits below NCD {limit_text(WIDE.threshold)} or above p {limit_text(WIDE.alpha)} need numbers that "
            f"are not computed beforehand: {words.plural(unknown, 'window')} of this range cannot be decided "
            "under them and are left out of the counts until a job has filled them in."
        )
        tuning_jobs.ended(desk().jobs.newest(tenant(), history.stream.id, "complete"))
        tuning_jobs.start_button(
            "Fill them in",
            "complete",
            history.stream.id,
            key="start-complete",
            options={"limits": "all"},
        )
