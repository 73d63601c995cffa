"""The same play under three profiles, and its placebo: what the limits change, and what order is worth."""

import streamlit as st

from driftlock.services.replay import Replay, digest, replay
from driftlock.services.scenario_digests import DIGESTS
from driftlock.ui import words
from driftlock.ui.charts import PLOTLY_CONFIG, Drawing, frame
from driftlock.ui.scenario_presenting import larger
from driftlock.ui.scenario_results import Results
from driftlock.ui.scenario_script import Script
from driftlock.ui.session import colours
from driftlock.ui.theme import Tokens
from driftlock.ui.timeline_chart import positions
from driftlock.ui.truth_score import score
from driftlock_core.numbers_text import count_text
from driftlock_core.profiles import BALANCED, PROFILES, SENSITIVE, STRICT

THREE = (SENSITIVE, BALANCED, STRICT)
SMALL_HEIGHT = 150  # pixels


@st.cache_resource(show_spinner=False, max_entries=24)
def replayed(scenario: str, seed: int, profile: str, placebo: bool) -> Replay:
    """Computed once a process; it depends on its arguments alone and holds nothing of any tenant."""
    return replay(scenario, seed, PROFILES[profile], placebo=placebo)


def show(play: Script, results: Results, *, revealed: bool) -> None:
    """Two switches: three profiles side by side, and the placebo beside the play."""
    if results.columns is None:
        st.caption("This play is judged number by number: limits on windows, and a placebo, do not apply.")
        return
    if st.toggle("Three profiles side by side", key="scenario-profiles"):
        _profiles(play, revealed=revealed)
    if st.toggle("Placebo: the same events shuffled", key="scenario-placebo"):
        _placebo(play)
    _digest(play, results)


def _profiles(play: Script, *, revealed: bool) -> None:
    with st.spinner("Judging the play under three profiles …"):
        each = [replayed(play.scenario.id, play.seed, profile.name, False) for profile in THREE]
    most = _highest(each)
    with st.grid(min_column_width=250, gap="small"):
        for one in each:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"**{words.PROFILE_NAMES[one.profile.name]}**")
                limits = words.limits(one.profile.name, one.profile.threshold, one.profile.alpha)
                st.caption(words.literal(limits.split(": ", 1)[1]))
                st.markdown(words.literal(sentence(one)))
                if revealed:
                    outcome = score(one.columns, play.truth, one.profile.window)
                    st.markdown(words.literal(outcome.sentence()))
                _draw(one, most, key=f"scenario-profile-{one.profile.name}")
    st.caption("Whole play; nothing else differs but the two limits. Dashed: the NCD limit. ▲ flagged.")


def _placebo(play: Script) -> None:
    with st.spinner("Judging the shuffled events …"):
        real, placebo = (
            replayed(play.scenario.id, play.seed, BALANCED.name, shuffled) for shuffled in (False, True)
        )
    most = _highest((real, placebo))
    with st.grid(min_column_width=320, gap="small"):
        for one, title in ((real, "The play"), (placebo, "PLACEBO: its events shuffled")):
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"**{title}**")
                st.markdown(words.literal(sentence(one)))
                _draw(one, most, key=f"scenario-placebo-{one.placebo}")
    st.caption(
        "The placebo holds the same lines at the same moments, but which line comes when is drawn by lot: what "
        "is flagged there is not due to what the lines say. A change of pace stays in it. Whole play, profile "
        "Balanced."
    )


def sentence(one: Replay) -> str:
    """Counts of a replay, with what chance alone would flag."""
    return (
        f"tested {count_text(one.tested)}, flagged {count_text(one.flagged)} in "
        f"{words.plural(one.incidents, 'incident')}, at most about {words.expected(one.expected_by_chance)} "
        "expected by chance"
    )


def _highest(each: tuple[Replay, ...] | list[Replay]) -> tuple[float, float]:
    """One scale for charts that stand side by side."""
    low = min(float(one.columns.ncd.min()) for one in each)
    high = max(max(float(one.columns.ncd.max()), one.profile.threshold) for one in each)
    return low, high


def _draw(one: Replay, scale: tuple[float, float], *, key: str) -> None:
    drawing = small(one, scale, colours())
    st.plotly_chart(larger(drawing.figure), key=key, alt=drawing.alt, config=PLOTLY_CONFIG)


def small(one: Replay, scale: tuple[float, float], ink: Tokens) -> Drawing:
    """Scores, limit and flagged windows of a whole replay, without words."""
    figure = frame(ink, height=SMALL_HEIGHT, x_title="", y_title="NCD")
    x, _ = positions(one.columns)
    figure.add_scatter(
        x=x, y=one.columns.ncd, mode="lines", line={"color": ink.text, "width": 1, "shape": "hv"},
        hoverinfo="skip", name="window",
    )  # fmt: skip
    flagged = one.columns.flagged
    figure.add_scatter(
        x=x[flagged],
        y=one.columns.ncd[flagged],
        mode="markers",
        marker={"symbol": "triangle-up", "size": 9, "color": ink.flagged},
        hovertemplate="NCD %{y:.3f}<extra>flagged</extra>",
        name="PLACEBO, flagged" if one.placebo else "flagged",
    )
    figure.add_hline(y=one.profile.threshold, line={"color": ink.flagged, "width": 1.2, "dash": "dash"})
    room = 0.1 * (scale[1] - scale[0])
    figure.update_xaxes(nticks=4, tickangle=0)
    figure.update_layout(showlegend=one.placebo, margin={"t": 24 if one.placebo else 8})
    figure.update_yaxes(range=[scale[0] - room, scale[1] + room])
    whose = "Placebo" if one.placebo else words.PROFILE_NAMES[one.profile.name]
    return Drawing(figure=figure, alt=f"{whose}: {sentence(one)}.", caption="")


def _digest(play: Script, results: Results) -> None:
    """That a play gives the same bits everywhere, and a word where this build does not."""
    if results.columns is None:
        return
    ours = digest(results.columns)
    reference = DIGESTS.get(play.scenario.id) if play.seed == play.scenario.seed else None
    if reference not in (None, ours):
        st.warning("Results differ from the reference on this build.")
    same = " It is the one this version was released with." if ours == reference else ""
    st.caption(
        f"Result digest `{ours[:16]}…`, SHA-256 over the flagged windows of the whole play: the same seed gives "
        f"the same digest on any machine.{same}",
        help=ours,
    )
