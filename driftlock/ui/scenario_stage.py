"""The stage: what is tested and flagged while the play goes on, and the scores up to the last step."""

import numpy as np
import streamlit as st

from driftlock.ui import links, words
from driftlock.ui.charts import PLOTLY_CONFIG
from driftlock.ui.scenario_presenting import larger, presenting
from driftlock.ui.scenario_results import Flag, Results, until
from driftlock.ui.scenario_script import Script, clock
from driftlock.ui.scenario_strip import HEIGHT, alt, strip
from driftlock.ui.session import colours, desk, tenant
from driftlock.ui.timeline_chart import timeline
from driftlock_core.numbers_text import count_text, limit_text


def live(play: Script, results: Results, now_us: int) -> None:
    """Counts, strip and the window flagged last. Heights do not change, so that nothing jumps."""
    events = play.events_until(now_us)
    counts = results.counts(events)
    st.markdown(
        f"**{clock(now_us)}** · {words.literal(counts.sentence())}",
        help=words.HELP["expected"] if results.columns is not None else None,
    )
    st.echarts_chart(
        strip(play, results, now_us, colours(), letters=18 if presenting() else 12),
        height=HEIGHT + (8 if presenting() else 0),
        theme=None,
        key="scenario-strip",
        alt=alt(play, results, now_us),
    )
    with st.container(border=True, key="scenario-last"):
        _last(play, results.latest(events), counts.tested)


def _last(play: Script, flag: Flag | None, tested: int) -> None:
    if flag is None:
        st.markdown(
            "Nothing flagged so far."
            if tested
            else "Nothing tested yet: the first events are what is ordinary here."
        )
        return
    at = clock(int(play.at_us[flag.last_seq - 1]))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**Flagged last, at {at}**", width="content")
        st.badge(f"{words.SEVERITY_SYMBOLS[flag.severity]} {flag.severity}", color="orange")
        st.markdown(f"{words.literal(words.signed_bits(flag.bits))} bits", width="content")
        st.page_link(
            links.ANOMALY, label="Open", icon=":material/arrow_forward:", query_params={"id": flag.id}
        )
    st.markdown(words.emphasised(flag.sentence))


def scores(play: Script, results: Results, now_us: int, *, revealed: bool) -> None:
    """The score of every window up to *now_us* over the whole time of the play; none for numbers."""
    if results.columns is None:
        return
    columns = until(results.columns, play.events_until(now_us))
    if not len(columns.window):
        needed = results.stream.configuration["baseline"] + results.stream.configuration["window"]
        st.info(f"The first score is drawn after {count_text(needed)} events.")
        return
    threshold = float(results.stream.configuration["threshold"])
    drawing = timeline(
        columns,
        colours=colours(),
        threshold=threshold,
        ordinary=desk().queries.ordinary_range(tenant(), results.stream.id),
    )
    figure = drawing.figure
    ends = np.array([play.begins_us, play.ends_us]).astype("datetime64[us]")
    figure.update_xaxes(range=[str(ends[0]), str(ends[1])], title_text="")
    # At the left the limit's name would lie on that of the calibration.
    figure.update_annotations(selector={"text": f"limit {limit_text(threshold)}"}, x=1, xanchor="right")
    for episode in play.episodes if revealed else ():
        moments = np.array([episode.start_us, episode.stop_us]).astype("datetime64[us]")
        figure.add_vrect(
            x0=str(moments[0]),
            x1=str(moments[1]),
            fillcolor=colours().flagged_band,
            line_width=0,
            layer="below",
            annotation_text=f"hidden: {episode.kind}",
            annotation_position="top left",
            annotation_font={"color": colours().flagged_text, "size": 12},
        )
    st.plotly_chart(larger(figure), key="scenario-scores", alt=drawing.alt, config=PLOTLY_CONFIG)
    st.caption(drawing.caption)
