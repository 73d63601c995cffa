"""What a proposal would mean: on labels with intervals, on the whole history, and what labels cannot tell."""

import math
from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from driftlock.services.proposals_search import HELD_IN
from driftlock.services.proposals_store import Proposal
from driftlock.services.tuning_figures import wilson
from driftlock.ui import links, words
from driftlock.ui.session import desk, tenant
from driftlock.ui.tuning_detectability import table as noticed
from driftlock_core.numbers_text import MISSING, count_text, percent_text, rate_text

MOST_LOST: Final = 8
PARTS: Final = {
    "held_out": "Held out: newer labels",
    "chosen_on": "Chosen on: older labels",
    "all": "All labels",
}


def show(proposal: Proposal) -> None:
    """Forecast, tables, what would be lost, and the limits of it all."""
    figures = proposal.figures
    for part in ("held_out", "all"):
        st.markdown(words.literal(forecast(part, figures[part])))
    st.table(labels(figures), hide_index=True, border="horizontal", alt="Labels under both rules")
    st.caption(
        f"Limits were chosen on the older {percent_text(HELD_IN)} of the labels of each kind; there they look better "
        "than they are. Ranges are 95 % intervals for a share (Wilson)."
    )
    st.table(history(figures["history"]), hide_index=True, border="horizontal", alt="The whole history")
    _lost(figures)
    _detectability(proposal)
    st.caption(words.literal(limits_of(figures)))


def forecast(part: str, figures: Mapping[str, Mapping[str, int]]) -> str:
    """
    What a change would have done to labelled places.

    >>> none = {"undecided": 0, "not_useful": 0, "not_useful_dropped": 0}
    >>> before = {"real": 9, "real_kept": 9, "not_real": 16, "not_real_dropped": 0} | none
    >>> after = {"real": 9, "real_kept": 8, "not_real": 16, "not_real_dropped": 14} | none
    >>> forecast("all", {"current": before, "candidate": after})
    'On all labels this change would have dropped 14 of 16 false alarms (likely 10 to 16) and kept 8 of 9 real ones (likely lost 0 to 4).'
    """
    where = {
        "held_out": "On the labels held out",
        "all": "On all labels",
        "chosen_on": "On the older labels",
    }
    after = figures["candidate"]
    false, real = after["not_real"], after["real"]
    dropped, kept = after["not_real_dropped"], after["real_kept"]
    low, high = counts(dropped, false)
    least, most = counts(real - kept, real)
    return (
        f"{where[part]} this change would have dropped {count_text(dropped)} of {count_text(false)} false alarms"
        f"{f' (likely {low} to {high})' if false else ''} and kept {count_text(kept)} of {count_text(real)} real ones"
        f"{f' (likely lost {least} to {most})' if real else ''}."
    )


def counts(hits: int, of: int) -> tuple[int, int]:
    """
    The Wilson interval of a share as whole places among as many, rounded outwards.

    >>> counts(14, 16), counts(0, 7)
    ((10, 16), (0, 3))
    """
    low, high = wilson(hits, of) or (0.0, 1.0)
    return math.floor(low * of + 1e-9), math.ceil(high * of - 1e-9)


def labels(figures: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row a part and kind of label."""
    rows = []
    for part, name in PARTS.items():
        before, after = figures[part]["current"], figures[part]["candidate"]
        for kind, done, verb in (
            ("not_real", "not_real_dropped", "Not real, dropped"),
            ("real", "real_kept", "Real, kept"),
            ("not_useful", "not_useful_dropped", "Not useful, dropped"),
        ):
            if not after[kind]:
                continue
            low, high = (round(end, 9) for end in wilson(after[done], after[kind]) or (0.0, 1.0))
            rows.append(
                {
                    "Labels": name,
                    "What": verb,
                    "Current": f"{count_text(before[done])} of {count_text(before[kind])}",
                    "Candidate": f"{count_text(after[done])} of {count_text(after[kind])}",
                    "Likely share": f"{percent_text(low)} to {percent_text(high)}",
                }
            )
    return rows


def history(figures: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    """The whole stored history under both rules."""
    before, after = figures["current"], figures["candidate"]

    def row(name: str, key: str, text: Any) -> dict[str, str]:
        shown = [MISSING if one[key] is None else text(one[key]) for one in (before, after)]
        return {"Whole history": name, "Current": shown[0], "Candidate": shown[1]}

    return [
        row("Windows tested", "windows", count_text),
        row("Flagged", "flagged", count_text),
        row("Incidents", "incidents", count_text),
        row("Flagged a day", "per_day", rate_text),
        row("By chance, at most about", "expected", words.expected),
        row("By chance a day, at most about", "expected_per_day", rate_text),
        row("Cannot be decided", "unknown", count_text),
    ]


def limits_of(figures: Mapping[str, Any]) -> str:
    """What labels cannot tell."""
    all_, undecided = figures["all"]["candidate"], figures["all"]["candidate"]["undecided"]
    looked_at = all_["real"] + all_["not_real"] + all_["not_useful"]
    open_ = (
        f" {count_text(undecided)} labelled places cannot be decided under these limits." if undecided else ""
    )
    return (
        f"What this rests on: {count_text(looked_at)} labelled places, of {count_text(figures['history']['current']['windows'])} "
        "windows. People mostly label what was flagged: such labels show what narrower limits would drop, and say "
        "little about what wider ones would find. Baselines stay as they were; in the stream itself narrower limits "
        f"let more windows into them.{open_}"
    )


def _lost(figures: Mapping[str, Any]) -> None:
    if not figures["lost_count"]:
        st.caption("No place called real would be lost.")
        return
    st.markdown(f"**{words.plural(figures['lost_count'], 'place')} called real would be lost**")
    with st.container(horizontal=True, gap="small"):
        for window, anomaly_id in figures["lost"][:MOST_LOST]:
            st.page_link(links.ANOMALY, label=f"Window {window}", query_params={"id": anomaly_id})


def _detectability(proposal: Proposal) -> None:
    done = desk().jobs.newest(tenant(), proposal.stream_id, "detectability", done=True)
    if done is None or done.result is None:
        st.caption("What these limits would notice has not been measured; Tuning lab measures it.")
        return
    rules = {(one["threshold"], one["alpha"]): one for one in done.result["profiles"]}
    before = rules.get((proposal.old_rule.threshold, proposal.old_rule.alpha))
    after = rules.get((proposal.rule.threshold, proposal.rule.alpha))
    found = [one for one in (before, after) if one is not None]
    if found:
        shown = noticed(found)
        for row, name in zip(
            shown, [n for n, one in (("Current", before), ("Candidate", after)) if one], strict=True
        ):
            row["Rule"] = name
        st.table(shown, hide_index=True, border="horizontal", alt="Fewest foreign lines noticed")
    missing = "" if after is not None else " The candidate itself was not measured."
    st.caption(
        f"Fewest foreign lines in a window that are noticed, measured {words.literal(words.moment(done.finished_at))} UTC."
        f"{missing}"
    )
