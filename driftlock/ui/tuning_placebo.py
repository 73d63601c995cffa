"""What is raised on the stream's own events without their order."""

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from driftlock.services.jobs import Job
from driftlock.services.tuning_history import History
from driftlock.ui import tuning_jobs, words
from driftlock.ui.session import colours, desk, tenant
from driftlock.ui.tuning_pictures import draw
from driftlock.ui.tuning_placebo_chart import LABEL, placebo_chart
from driftlock_core.numbers_text import count_text

_WAYS: Final = {"shuffled": "Shuffled", "reversed": "Newest first"}


def show(history: History) -> None:
    """The last result, and a way to make another."""
    stream_id = history.stream.id
    st.markdown(
        "The same events in another order hold no change in time any more. What is flagged there tells how much "
        "is flagged where nothing happened."
    )
    newest = desk().jobs.newest(tenant(), stream_id, "placebo")
    if newest is not None and tuning_jobs.at_work(newest):
        tuning_jobs.follow(newest, LABEL.capitalize())
    else:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            way = st.segmented_control(
                "Order",
                list(_WAYS),
                default="shuffled",
                required=True,
                format_func=_WAYS.__getitem__,
                key="way",
            )
            tuning_jobs.start_button(
                "Run the placebo",
                "placebo",
                stream_id,
                key="start-placebo",
                options={"way": way or "shuffled"},
            )
        tuning_jobs.ended(newest)
    done = desk().jobs.newest(tenant(), stream_id, "placebo", done=True)
    if done is None or done.result is None:
        st.info("No placebo of this stream has been made yet.")
        return
    _result(done, done.result, history)


def _result(job: Job, result: Mapping[str, Any], history: History) -> None:
    said = f"{LABEL}: {words.flagged_beside_chance(result['flagged'], result['expected'])}."
    real = f"As it came: {words.flagged_beside_chance(result['real_flagged'], result['real_expected'])}."
    st.markdown(f"**{said}** {real}")
    left, right = st.columns(2)
    for column, title, before in ((left, LABEL, ""), (right, "As it came", "real_")):
        with column, st.grid(min_column_width=110, gap="small", key=f"cards-{before or 'placebo'}"):
            for label, name in (("flagged", "flagged"), ("incidents", "incidents"), ("windows", "tested")):
                st.metric(f"{title}: {label}", count_text(result[f"{before}{name}"]), border=True)
    draw(
        placebo_chart(result, colours=colours(), threshold=history.profile.threshold),
        key="placebo-chart",
        note=(
            f" Events {count_text(result['first_seq'])}–{count_text(result['last_seq'])}, seed {result['seed']}, "
            f"made {words.literal(words.moment(job.finished_at))} UTC under the limits of that time."
        ),
    )
    if result["pace_alone"]:
        st.caption(
            f"{words.plural(result['pace_alone'], 'window')} of the {LABEL} stand out by pace alone: only the "
            "events changed places, the moments stayed."
        )
