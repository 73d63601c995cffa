"""What we understood: a first look at a source, before anything is analyzed."""

import math
from dataclasses import dataclass
from typing import Final, cast

import streamlit as st

from driftlock.decode import FORMATS
from driftlock.errors import ApplicationError
from driftlock.model import AUTO, KINDS, Kind
from driftlock.services.look import Look
from driftlock.ui import decoding, words
from driftlock.ui.payload_text import text
from driftlock.ui.session import desk, tenant
from driftlock.ui.sources import Chosen
from driftlock_core.kind_profiles import KIND_PROFILES
from driftlock_core.numbers_text import count_text
from driftlock_core.profiles import BASELINE_WINDOWS, HOPS_PER_WINDOW, WINDOW_SIZES, propose_window

SHOWN_EVENTS: Final = 5
FEWEST_EVENTS: Final = (BASELINE_WINDOWS + 1) * min(WINDOW_SIZES)
_PREVIEW: Final = 600  # characters of one event


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a run is started with; format and kind are None where the recognised ones are taken."""

    events: int | None  # in the whole source; None where only its beginning was read
    format: str | None
    kind: Kind | None
    kinds: tuple[Kind, ...]  # taken or chosen, the main one first; several where events name their own


def look(chosen: Chosen) -> Understood | None:
    """Show what the source was taken for and let the reader correct it; None if it cannot be analyzed."""
    # The choices stand below what they change, that of the kind among the settings: read before they are drawn.
    form = _given("format")
    kind = cast(Kind | None, _given("kind"))
    try:
        seen = _look(tenant(), chosen.identity, form, kind, chosen)
    except ApplicationError as error:
        st.error(f"**{words.literal(chosen.name)}** cannot be read: {words.literal(str(error))}")
        _choices()
        return None
    st.markdown(f"**What we understood** · {headline(seen, chosen.size_bytes)}")
    report = seen.report
    if report.skipped:
        st.warning(decoding.skipped_sentence(report))
    with st.expander("Evidence, corrections and masking"):
        decoding.evidence(report)
        _choices()
        st.table(decoding.facts(report), border="horizontal", hide_header=True)
        if report.skipped:
            decoding.skipped(report)
        _masking(seen)
    if seen.complete and report.events < FEWEST_EVENTS:
        st.error(
            f"Too few events: there {'is' if report.events == 1 else 'are'} "
            f"{count_text(report.events)}, and a first verdict needs at least {FEWEST_EVENTS}: "
            f"{FEWEST_EVENTS - report.events} more."
        )
        return None
    main = seen.recognition.kind
    return Understood(
        events=report.events if seen.complete else None,
        format=form,
        kind=kind,
        kinds=(main, *(other for other in KINDS if other in report.by_kind and other != main)),
    )


@st.cache_data(show_spinner="Reading …", scope="session", max_entries=8)
def _look(tenant: str, identity: str, form: str | None, kind: Kind | None, _chosen: Chosen) -> Look:
    return desk().look(tenant, _chosen.open, _chosen.name, form, kind)


def headline(seen: Look, size_bytes: int) -> str:
    """Kind, format, events and windows in one line; "about" where only the beginning was read."""
    events = seen.report.events if seen.complete else estimated_events(seen, size_bytes)
    parts = [words.kind(kind) for kind in seen.report.by_kind]
    packed = f" in {seen.recognition.compression}" if seen.recognition.compression else ""
    parts.append(decoding.format_name(seen.recognition.format) + packed)
    if events is None:
        parts.append(f"more than {words.plural(seen.report.events, 'event')}")
        return " · ".join(parts)
    about = "" if seen.complete else "about "
    parts.append(f"{about}{words.plural(events, 'event')}")
    window = propose_window(events, KIND_PROFILES[seen.recognition.kind].window)
    if seen.recognition.kind == "metrics":
        parts.append("judged as series where there are numbers enough")
    elif window is not None:
        windows = (events - (BASELINE_WINDOWS + 1) * window) // (window // HOPS_PER_WINDOW) + 1
        parts.append(f"{about}{words.plural(windows, 'window')} to test")
    return " · ".join(parts)


def estimated_events(seen: Look, size_bytes: int) -> int | None:
    """Events of the whole source by the size of those read, two digits; None where it is compressed."""
    if seen.recognition.compression or not seen.events:
        return None
    events = size_bytes * len(seen.events) / sum(len(event.payload) + 1 for event in seen.events)
    return max(len(seen.events), int(round(events, 1 - math.floor(math.log10(events)))))


def _given(key: str) -> str | None:
    chosen = st.session_state.get(key)
    return chosen if isinstance(chosen, str) and chosen != AUTO else None


def _choices() -> None:
    st.selectbox(
        "Format",
        [AUTO, *FORMATS],
        format_func=lambda name: words.FORMAT_NAMES.get(name, "Automatic"),
        key="format",
        persist_state="session",
        width=280,
    )


def _masking(seen: Look) -> None:
    st.caption(
        "Before anything is compared, parts that differ every time (times, ids, addresses) become masks. "
        "Events are stored as they came."
    )
    for event, masked in zip(seen.events[:SHOWN_EVENTS], seen.masked, strict=False):
        before, after = text(event.payload, _PREVIEW), text(masked, _PREVIEW)
        st.code(
            f"received  {before}\nmasked    {after}",
            language=None,
            wrap_lines=True,
        )
