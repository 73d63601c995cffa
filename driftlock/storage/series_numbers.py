"""When the numbers of series were judged, from the slabs they lie in."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import sqlalchemy as sa
import zstandard

from driftlock.model import microseconds
from driftlock.services.overview_rows import Scope
from driftlock.services.overview_store import Buckets
from driftlock.storage.schema import series_slabs

# Of all streams together: beyond that nobody waits for them, and the lanes of the others say that they do not know.
MOST_SLABS: Final = 64
_BYTES: Final = 48  # of one record: six columns
_AT: Final = 8  # where the second column, its time, begins


def numbers_by_bucket(
    connection: sa.Connection, scope: Scope, warmups: Mapping[str, Sequence[int]], buckets: Buckets
) -> dict[str, Any]:
    """
    Records behind the warm-up of their series, by the time their event names.

    Args:
        warmups: By stream the records each of its series learns, in the order of the plan.

    Returns:
        By stream int64, one a bucket. Streams of which a record names no time are left out, and so are
        those of most slabs where all together are too many to be read.
    """
    of_stream = series_slabs.c.stream_id
    counts = (
        sa.select(sa.func.count().label("slabs"), of_stream)
        .where(series_slabs.c.tenant == scope.tenant, of_stream.in_(list(warmups)))
        .group_by(of_stream)
    )
    slabs = dict.fromkeys(warmups, 0) | {row.stream_id: row.slabs for row in connection.execute(counts)}
    found, left = {}, MOST_SLABS
    for stream_id in sorted(warmups, key=lambda one: (slabs[one], one)):
        if (left := left - slabs[stream_id]) < 0:
            break
        numbers = _of_stream(connection, scope, stream_id, warmups[stream_id], buckets)
        if numbers is not None:
            found[stream_id] = numbers
    return found


def _of_stream(
    connection: sa.Connection, scope: Scope, stream_id: str, warmups: Sequence[int], buckets: Buckets
) -> Any:
    """None where a record names no time."""
    mine = (series_slabs.c.tenant == scope.tenant) & (series_slabs.c.stream_id == stream_id)
    found = np.zeros(buckets.count, dtype=np.int64)
    since = buckets.low if scope.since is None else microseconds(scope.since)
    passed = [0] * len(warmups)
    slabs = sa.select(series_slabs.c.series, series_slabs.c.points).where(mine)
    for series, packed in connection.execute(slabs.order_by(series_slabs.c.series, series_slabs.c.before)):
        at_us = _times(packed)
        judged = at_us[max(0, warmups[series] - passed[series]) :]
        passed[series] += len(at_us)
        if judged.size and judged.min() < 0:
            return None
        inside = judged[(judged >= since) & (judged < buckets.high)]
        places = (inside - buckets.low) * buckets.count // (buckets.high - buckets.low)
        found += np.bincount(places, minlength=buckets.count)
    return found


def _times(packed: bytes) -> Any:
    """The second column alone; what lies behind it is not unpacked."""
    records = zstandard.get_frame_parameters(packed).content_size // _BYTES
    head = zstandard.ZstdDecompressor().stream_reader(packed).read(2 * _AT * records)
    return np.frombuffer(head, dtype="<i8", count=records, offset=_AT * records)
