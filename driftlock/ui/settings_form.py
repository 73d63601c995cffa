"""Settings of an analysis: three profiles with their numbers, or numbers of one's own."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import streamlit as st

from driftlock.model import AUTO, KINDS, Kind
from driftlock.ui import words
from driftlock_core.compressors import (
    COMPRESSORS,
    OPTIONAL_COMPRESSORS,
    compressor_named,
    compressor_text,
)
from driftlock_core.errors import InvalidProfile, UnknownCompressor
from driftlock_core.kind_profiles import KIND_PROFILES, for_kind
from driftlock_core.numbers_text import count_text, limit_text
from driftlock_core.profiles import BALANCED, PROFILES, Profile, propose_window

CHOICES: Final = (*PROFILES, "custom")
P_MODES: Final = {"max": "both p-values", "permutation": "the shuffle p-value alone"}


def form(events: int | None, kinds: Sequence[Kind], *, by_hand: bool) -> tuple[Profile | None, bool]:
    """
    Ask for the profile and the data type.

    Args:
        events: How many events the source holds, None where that is not known yet.
        kinds: Of its events, the main one first.
        by_hand: Whether the data type was chosen and not recognised.

    Returns:
        The profile, None where the numbers cannot decide anything, and
        whether a short source may be given smaller sizes.
    """
    name = str(
        st.segmented_control(
            "Profile",
            CHOICES,
            default=BALANCED.name,
            required=True,
            format_func=words.PROFILE_NAMES.__getitem__,
            key="prof",
            bind="query-params",
            persist_state="session",
        )
    )
    if name == "custom":
        _data_type(kinds, by_hand, "Your own sizes hold whatever the data type.")
        return _custom(), False
    profile = for_kind(PROFILES[name], kinds[0])
    _data_type(kinds, by_hand, _sizes_of(kinds))
    window = None if events is None else propose_window(events, profile.window)
    if window is not None and window < profile.window:
        profile = profile.with_sizes(window)
        st.info(
            f"With {words.plural(events or 0, 'event')} the usual sizes do not fit. Proposed: baseline "
            f"{profile.baseline}, window {profile.window}, hop {profile.hop}."
        )
    with st.expander(f"Settings: {summary(profile)}"):
        _table(profile)
    return profile, True


def _data_type(kinds: Sequence[Kind], by_hand: bool, meaning: str) -> None:
    how = "chosen by hand" if by_hand else "recognised"
    st.selectbox(
        "Data type",
        [AUTO, *KINDS],
        format_func=lambda name: words.kind(name) if name in KINDS else "Automatic",
        key="kind",
        persist_state="session",
        width=220,
        help="Decides baseline, window and hop. Automatic takes the type the events were recognised as.",
    )
    st.caption(f"{', '.join(words.kind(kind) for kind in kinds)}, {how}. {meaning}")


def _sizes_of(kinds: Sequence[Kind]) -> str:
    """Which windows each data type gets, and why."""
    return " ".join(
        f"{words.KIND_NAMES[kind]}: windows of {KIND_PROFILES[kind].window} events, since "
        f"{KIND_PROFILES[kind].reason}."
        for kind in kinds
    )


def summary(profile: Profile) -> str:
    """The numbers that matter first, in one line."""
    return f"NCD ≥ {limit_text(profile.threshold)} and p ≤ {limit_text(profile.alpha)}; {sizes(profile)}"


def sizes(profile: Profile) -> str:
    """Baseline, window and hop in words."""
    return f"baseline {profile.baseline}, window {profile.window}, hop {profile.hop} events"


def _table(profile: Profile) -> None:
    rows: list[dict[str, str]] = []
    for candidate in PROFILES.values():
        chosen = candidate.name == profile.name
        rows.append(
            {
                "Profile": words.PROFILE_NAMES[candidate.name] + (" (chosen)" if chosen else ""),
                "NCD at least": limit_text(candidate.threshold),
                "p at most": limit_text(candidate.alpha),
                "Past windows ranked": count_text(candidate.references),
            }
        )
    st.table(rows, hide_index=True, border="horizontal", alt="The limits of the three profiles")
    st.caption(
        f"Compressor {compressor_text(profile.compressor)}, {count_text(profile.permutations)} shuffles. "
        "A window is flagged when it meets both limits; p is the larger of its two p-values. "
        "Choose Custom to change any of these."
    )


def _custom() -> Profile | None:
    with st.expander("Settings: your own numbers", expanded=True):
        with st.container(horizontal=True):
            threshold = _number("NCD at least", "threshold", BALANCED.threshold, step=0.01, high=5.0)
            alpha = _number("p at most", "alpha", BALANCED.alpha, step=0.005, high=0.5, format_="%.4f")
        with st.container(horizontal=True):
            baseline = _whole("Baseline, events", "baseline", BALANCED.baseline)
            window = _whole("Window, events", "window", BALANCED.window)
            hop = _whole("Hop, events", "hop", BALANCED.hop)
        with st.container(horizontal=True):
            compressor = st.selectbox(
                "Compressor",
                (*COMPRESSORS, *OPTIONAL_COMPRESSORS),
                format_func=compressor_text,
                key="compressor",
                persist_state="session",
                width=220,
            )
            p_mode = st.selectbox(
                "Decide by",
                list(P_MODES),
                format_func=P_MODES.__getitem__,
                key="p_mode",
                persist_state="session",
                help="The shuffle p-value alone trusts events to be interchangeable; bursty streams are not.",
                width=260,
            )
            seed = _whole("Seed", "profile_seed", BALANCED.seed, low=0)
        values: dict[str, Any] = {
            "threshold": threshold,
            "alpha": alpha,
            "baseline": baseline,
            "window": window,
            "hop": hop,
            "compressor": compressor,
            "p_mode": p_mode,
            "seed": seed,
        }
        try:
            # A p limit below what balanced's past windows can express needs more of them, as strict has.
            references = max(BALANCED.references, round(10 / alpha)) if alpha else BALANCED.references
            compressor_named(str(compressor))  # may lack its library
            return replace(BALANCED, name="custom", references=references, **values)
        except (InvalidProfile, UnknownCompressor) as error:
            st.error(f"These settings cannot run: {words.literal(str(error))}")
            return None


def _number(label: str, key: str, value: float, *, step: float, high: float, format_: str = "%.2f") -> float:
    return float(
        st.number_input(
            label,
            min_value=0.0,
            max_value=high,
            value=value,
            step=step,
            format=format_,
            key=key,
            persist_state="session",
            width=180,
        )
        or 0.0
    )


def _whole(label: str, key: str, value: int, *, low: int = 1) -> int:
    entered = st.number_input(
        label,
        min_value=low,
        max_value=1_000_000,
        value=value,
        step=1,
        key=key,
        persist_state="session",
        width=180,
    )
    return int(entered) if entered is not None else value
