"""Pick a scenario to be played live, and follow those that play."""

import math
from contextlib import suppress
from functools import partial
from typing import Any, Final, Literal

import streamlit as st

from data_generator import Scenario, catalogue, scenario_named
from driftlock.errors import ApplicationError, NotFound
from driftlock.model import Stream
from driftlock.services.live import MOST_ANOMALY_RATE, RATES, Feed
from driftlock.ui import links, live_truth, once, words
from driftlock.ui.session import desk, tenant
from driftlock_core.numbers_text import MISSING, count_text
from driftlock_core.profiles import Profile

POLL_SECONDS: Final = 1.0
SHOWN_ENDED: Final = 2  # feeds that have ended and are still shown
DURATIONS: Final = {60: "1 minute", 300: "5 minutes", 600: "10 minutes", 1800: "30 minutes", 3600: "1 hour"}
STATES: Final = {"running": "Running", "paused": "Paused", "ended": "Ended", "failed": "Failed"}
_COLOURS: Final = {"running": "green", "paused": "blue", "ended": "gray", "failed": "red"}
Move = Literal["pause", "resume", "step", "stop"]
_ANY: Final = "any"


def show() -> None:
    """What to play, and every feed of this process."""
    _form()
    going = any(feed.state in ("running", "paused") for feed in desk().live.feeds(tenant()))
    st.fragment(_follow, run_every=POLL_SECONDS if going else None, key="live-feeds")(going)


def _form() -> None:
    st.caption(
        "Made-up telemetry, sent event by event as a customer's would be, with faults hidden in it. "
        f"Kept {desk().settings.upload_retention_hours} h, then deleted."
    )
    kinds = dict.fromkeys(signal for scenario in catalogue() for signal in scenario.signals)
    with st.grid(min_column_width=220, gap="small"):
        signal = st.selectbox(
            "Kind of telemetry",
            [_ANY, *kinds],
            format_func=lambda name: "Each scenario's own" if name == _ANY else words.kind(name),
            key="live-kind",
            persist_state="session",
        )
        fitting = {one.id: one for one in catalogue() if _sends(one, str(signal))}
        scenario = st.selectbox(
            "Scenario",
            list(fitting),
            index=min(2, len(fitting) - 1),
            format_func=lambda name: fitting[name].title if name in fitting else str(name),
            key="live-scenario",
            persist_state="session",
        )
        rate = st.number_input(
            "Events a second",
            min_value=int(RATES[0]),
            max_value=int(RATES[1]),
            value=20,
            key="live-rate",
            persist_state="session",
        )
        share = st.slider(
            "Inside faults",
            min_value=0,
            max_value=round(100 * MOST_ANOMALY_RATE),
            value=5,
            format="%d %%",
            key="live-share",
            persist_state="session",
            help="Share of the events that lie between the beginning and the end of a hidden fault.",
        )
        seed = st.number_input(
            "Seed",
            min_value=0,
            max_value=2**31 - 1,
            value=7,
            key="live-seed",
            persist_state="session",
            help="The same seed gives the same events, apart from their times.",
        )
        duration = st.selectbox(
            "For",
            list(DURATIONS),
            index=2,
            format_func=DURATIONS.__getitem__,
            key="live-duration",
            persist_state="session",
        )
    if scenario in fitting:
        st.caption(fitting[scenario].story)
    if not st.button("Start", key="live-start", type="primary", disabled=scenario not in fitting):
        return
    asked: dict[str, Any] = {
        "seed": int(seed or 0),
        "rate": float(rate or RATES[0]),
        "anomaly_rate": int(share) / 100,
        "duration_s": int(duration or 600),
        "signal": None if signal == _ANY else str(signal),
    }
    start = partial(desk().live.start, tenant(), str(scenario), **asked)
    try:
        once.done("feed", (scenario, asked), start)
    except ApplicationError as error:
        st.error(words.literal(str(error)))


def _sends(scenario: Scenario, signal: str) -> bool:
    """Whether a scenario sends that, and its faults show there."""
    return signal == _ANY or (
        signal in scenario.signals and (not scenario.shows_in or signal in scenario.shows_in)
    )


def _follow(going: bool) -> None:
    feeds = desk().live.feeds(tenant())
    playing = [feed for feed in feeds if feed.state in ("running", "paused")]
    if going and not playing:
        st.rerun(scope="app")  # nothing changes any more, so nothing needs to look again
    ended = [feed for feed in feeds if feed not in playing]
    for feed in playing + ended[:SHOWN_ENDED]:
        _card(feed)


def _card(feed: Feed) -> None:
    stream = desk().queries.stream(tenant(), feed.stream_ids[0])
    with st.container(border=True, key=f"live-{feed.id}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{words.literal(scenario_named(feed.scenario).title)}** · {described(feed)}")
            st.badge(STATES[feed.state], color=_COLOURS[feed.state])  # type: ignore[arg-type]
        if feed.error:
            st.error(words.literal(feed.error))
        if stream is None:
            st.info("Its stream was deleted.")
            return
        series = desk().series.plan(stream) is not None
        with st.grid(min_column_width=140, gap="small"):
            for label, value, explained in figures(feed, stream, series=series):
                st.metric(label, value, border=True, height="stretch", help=explained)
        st.caption(waiting(feed, stream, series=series))
        _buttons(feed)
        live_truth.card(feed, stream)


def described(feed: Feed) -> str:
    """Kind, rate, share and seed."""
    return (
        f"{words.kind(feed.signal)} · {feed.rate:g} events a second · {100 * feed.anomaly_rate:g} % inside faults "
        f"· seed {feed.seed}"
    )


def figures(feed: Feed, stream: Stream, *, series: bool) -> list[tuple[str, str, str | None]]:
    """Label, value and explanation of the cards, all as they are stored."""
    chance = f"≤ {words.expected(stream.expected_by_chance)}" if stream.windows and not series else MISSING
    return [
        ("Events sent", count_text(feed.events_sent), "Of this feed, stored in its stream."),
        (
            "Numbers judged" if series else "Windows judged",
            count_text(stream.windows),
            None if series else words.HELP["windows"],
        ),
        ("Flagged", count_text(stream.flagged), None if series else words.HELP["flagged"]),
        ("Expected by chance", chance, words.HELP["expected"]),
    ]


def waiting(feed: Feed, stream: Stream, *, series: bool) -> str:
    """How much is still to come, and what the stream waits for until its verdicts are what they will be."""
    share = f"{count_text(feed.events_sent)} of {words.plural(feed.events_planned, 'event')} sent. "
    if series:
        return share + "Judged as series of numbers; the first of each are learned."
    if stream.status == "ready":
        return share + "Ready: each window is ranked among the past ones."
    needed = stream.events_needed
    if not stream.windows:  # counted from the first event on, whichever have been judged
        needed = max(0, Profile.from_configuration(stream.configuration).events_needed - feed.events_sent)
    name = words.STATUS_NAMES[stream.status]
    if not needed:
        return f"{share}{name}: there are enough events, which are being judged."
    seconds = count_text(math.ceil(needed / feed.rate))
    return f"{share}{name}: {words.plural(needed, 'more event')} needed, about {seconds} s at {feed.rate:g} a second."


def _buttons(feed: Feed) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if feed.state == "running":
            _button("Pause", feed, "pause", icon=":material/pause:")
        elif feed.state == "paused":
            _button("Resume", feed, "resume", icon=":material/play_arrow:")
            _button("Step", feed, "step", icon=":material/skip_next:")
        if feed.state in ("running", "paused"):
            _button("Stop", feed, "stop", icon=":material/stop:")
        if st.button("Open result", key=f"live-open-{feed.id}"):
            st.query_params["run"] = feed.id
            st.rerun(scope="app")
        st.page_link(links.OVERVIEW, label="Watch on Overview", query_params={"s": feed.stream_ids[0]})


def _button(label: str, feed: Feed, act: Move, *, icon: str) -> None:
    st.button(label, key=f"live-{label}-{feed.id}", icon=icon, on_click=_do, args=(act, feed.id))


def _do(act: Move, feed_id: str) -> None:
    with suppress(NotFound):
        getattr(desk().live, act)(tenant(), feed_id)
