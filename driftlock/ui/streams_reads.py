"""What several parts of the streams page ask, asked once: kept for seconds, or until the stream has gone on."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from driftlock.model import Anchor, DriftPoint, Stream
from driftlock.services.anchors import Comparison, DriftRuler
from driftlock.services.anchors_baseline import TodaysBaseline
from driftlock.services.drift import DriftRow
from driftlock.ui.session import desk, tenant

KEPT_SECONDS: Final = 5
_MOST: Final = 50  # answers, of all readers
_THERE: Final = "streams-there"


def there(streams: Sequence[str]) -> None:
    """The ids that the frame has just read: one that is new is in the table at once, and not seconds later."""
    st.session_state[_THERE] = tuple(sorted(streams))


def rows() -> list[DriftRow]:
    """One row a stream."""
    return _rows(tenant(), st.session_state.get(_THERE, ()))


def baseline(stream: Stream) -> TodaysBaseline | None:
    """What the stream holds for usual now."""
    return _baseline(tenant(), stream.id, stream.windows)


def anchors(stream: Stream) -> list[Anchor]:
    """All anchors, oldest first."""
    return desk().anchors.of_stream(tenant(), stream.id)


def points(stream: Stream, anchor: Anchor) -> list[DriftPoint]:
    """In the order of the stream."""
    return desk().drift.points(tenant(), stream.id, anchor.id)


def comparison(stream: Stream, anchor_id: str, other_id: str) -> Comparison:
    """Of two stretches of the stream."""
    return _comparison(tenant(), stream.id, stream.windows, anchor_id, other_id)


def ruler(stream: Stream, found: Sequence[Anchor]) -> DriftRuler:
    """Each anchor and today's baseline, held against each other."""
    return _ruler(tenant(), stream.id, stream.windows, tuple((one.id, one.state) for one in found))


def forget() -> None:
    """Something was changed: what is kept may be otherwise."""
    _rows.clear()


@st.cache_data(ttl=KEPT_SECONDS, max_entries=_MOST, show_spinner=False)
def _rows(tenant_id: str, there: tuple[str, ...]) -> list[DriftRow]:
    return desk().drift.table(tenant_id)


# A baseline moves only where windows are judged, so their number tells whether what is kept is still right.
@st.cache_data(ttl=600, max_entries=_MOST, show_spinner=False)
def _baseline(tenant_id: str, stream_id: str, windows: int) -> TodaysBaseline | None:
    return desk().anchors.baseline(tenant_id, stream_id)


@st.cache_data(ttl=600, max_entries=_MOST, show_spinner=False)
def _comparison(tenant_id: str, stream_id: str, windows: int, one: str, other: str) -> Comparison:
    return desk().anchors.compare(tenant_id, stream_id, one, other)


@st.cache_data(ttl=600, max_entries=_MOST, show_spinner="Holding anchors against each other …")
def _ruler(tenant_id: str, stream_id: str, windows: int, which: tuple[tuple[str, str], ...]) -> DriftRuler:
    return desk().anchors.ruler(tenant_id, stream_id)
