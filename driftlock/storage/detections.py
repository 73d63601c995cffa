"""Where detectors leave their state, their windows and what they flagged."""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from driftlock.errors import NotFound
from driftlock.ports import Claim, Configured, FlaggedWindow, FoundAnomaly, Step
from driftlock.services.tuning_alarms import limits_of
from driftlock.storage.anchors import keep_step
from driftlock.storage.connect import reading, writing
from driftlock.storage.schema import anomalies, detector_states, profile_changes, streams, windows
from driftlock_core.window_views.catalogue import ASPECTS
from driftlock_core.windows import Windows

_OF_ASPECTS = [f"{aspect.name}_{what}" for aspect in ASPECTS for what in ("p", "distance")]


class SqlDetections:
    """:class:`driftlock.ports.DetectionTable` in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def claim(
        self, tenant: str, stream_id: str, owner: str, *, now: datetime, until: datetime
    ) -> Claim | None:
        """
        Take the stream's lease until *until*; None while another owner's has not run out.

        Raises:
            NotFound: No such stream.
        """
        this = _state_of(tenant, stream_id)
        free = detector_states.c.lease_owner.is_(None) | (detector_states.c.lease_until < now)
        with writing(self._engine, tenant, lasting=False, alone=False) as connection:
            stream = connection.execute(
                sa.select(streams.c.name, streams.c.configuration, streams.c.incidents).where(
                    streams.c.tenant == tenant, streams.c.id == stream_id
                )
            ).first()
            if stream is None:
                raise NotFound(f"There is no stream {stream_id}.")
            taken = connection.execute(
                sa.update(detector_states)
                .where(this, free | (detector_states.c.lease_owner == owner))
                .values(lease_owner=owner, lease_until=until)
            ).rowcount
            if not taken:
                return None
            cursor, state = connection.execute(
                sa.select(detector_states.c.cursor, detector_states.c.state).where(this)
            ).one()
            return Claim(
                owner=owner,
                stream_name=stream.name,
                configuration=stream.configuration,
                cursor=cursor,
                state=state,
                incidents=stream.incidents,
            )

    def configurations(self, tenant: str, stream_id: str) -> list[Configured]:
        """
        What the stream has been judged by, in order; the first from its first event on.

        Raises:
            NotFound: No such stream.
        """
        changes = (
            sa.select(profile_changes.c.after_seq, profile_changes.c.before, profile_changes.c.configuration)
            .where(profile_changes.c.tenant == tenant, profile_changes.c.stream_id == stream_id)
            .order_by(profile_changes.c.at)
        )
        now = sa.select(streams.c.configuration).where(streams.c.tenant == tenant, streams.c.id == stream_id)
        with reading(self._engine, tenant) as connection:
            made = connection.execute(changes).all()
            configuration = connection.scalar(now)
        if configuration is None:
            raise NotFound(f"There is no stream {stream_id}.")
        first = made[0].before if made else configuration
        changed = ((one.after_seq, one.configuration) for one in made)
        return [Configured(after_seq=seq, configuration=limits_of(by)) for seq, by in ((0, first), *changed)]

    def flagged_after(self, tenant: str, stream_id: str, seq: int) -> list[FlaggedWindow]:
        """Flagged windows that end behind *seq*, in order."""
        query = (
            sa.select(anomalies.c.window, anomalies.c.first_seq, anomalies.c.last_seq)
            .where(anomalies.c.tenant == tenant, anomalies.c.stream_id == stream_id)
            .where(anomalies.c.last_seq > seq)
            .order_by(anomalies.c.window)
        )
        with reading(self._engine, tenant) as connection:
            return [FlaggedWindow(*row) for row in connection.execute(query)]

    def cursor(self, tenant: str, stream_id: str) -> int:
        """Last seq that was judged; 0 for a stream that has not begun, or is not there."""
        with reading(self._engine, tenant) as connection:
            return (
                connection.scalar(sa.select(detector_states.c.cursor).where(_state_of(tenant, stream_id)))
                or 0
            )

    def release(self, tenant: str, stream_id: str, owner: str) -> None:
        """Give the lease back, if it is still *owner*'s."""
        with writing(self._engine, tenant, lasting=False, alone=False) as connection:
            connection.execute(
                sa.update(detector_states)
                .where(_state_of(tenant, stream_id), detector_states.c.lease_owner == owner)
                .values(lease_owner=None, lease_until=None)
            )

    def save(self, tenant: str, stream_id: str, step: Step, *, until: datetime) -> bool:
        """
        Windows, anomalies, counts, state and cursor in one transaction.

        The cursor moves only from where the step began and only under the
        step's own lease, so no slab is kept twice, whatever clocks do.
        """
        of_stream = {"tenant": tenant, "stream_id": stream_id}
        with writing(self._engine, tenant, lasting=False, alone=False) as connection:
            moved = connection.execute(
                sa.update(detector_states)
                .where(
                    _state_of(tenant, stream_id),
                    detector_states.c.lease_owner == step.owner,
                    detector_states.c.cursor == step.before,
                )
                .values(cursor=step.cursor, state=step.state, lease_until=until)
            ).rowcount
            if not moved:
                return False
            if len(step.windows):
                connection.execute(sa.insert(windows), [of_stream | row for row in _rows(step)])
            if step.anomalies:
                connection.execute(
                    sa.insert(anomalies), [of_stream | _row(found) for found in step.anomalies]
                )
            this = (streams.c.tenant == tenant) & (streams.c.id == stream_id)
            # Window by window: a sum of sums would depend on how the stream was cut into slabs.
            expected = connection.scalar(sa.select(streams.c.expected_by_chance).where(this)) or 0.0
            for chance in step.windows.chance.tolist():
                expected += chance
            connection.execute(
                sa.update(streams)
                .where(this)
                .values(
                    status=step.status,
                    events_needed=step.events_needed,
                    windows=streams.c.windows + len(step.windows),
                    flagged=streams.c.flagged + len(step.anomalies),
                    incidents=step.incidents,
                    expected_by_chance=expected,
                )
            )
            keep_step(connection, tenant, stream_id, step)
        return True

    def fill(self, tenant: str, stream_id: str, computed: Windows) -> int:
        """
        Write score, C(W), p_perm, ranks and distances of *computed* where they are missing.

        Flags, chances and records stay as they are.
        """
        of_aspects = zip(_OF_ASPECTS, _aspect_columns(computed), strict=True)
        columns = {
            "of_window": computed.index,
            "score": np.where(computed.exact, computed.score, np.nan),
            "c_window": computed.c_window,
            "p_perm": computed.p_perm,
            "exact": computed.exact,
            **{f"new_{name}": column for name, column in of_aspects},
        }
        some = computed.exact | ~np.isnan(computed.aspect_p).all(axis=1)
        rows = [
            {name: _or_none(value) for name, value in zip(columns, values, strict=True)}
            for values in zip(*(column[some].tolist() for column in columns.values()), strict=True)
        ]
        if not rows:
            return 0
        new = {name: _given(f"new_{name}", sa.Double) for name in _OF_ASPECTS}
        exact, p_perm = _given("exact", sa.Boolean), _given("p_perm", sa.Double)
        missing = [windows.c[name].is_(None) & new[name].is_not(None) for name in _OF_ASPECTS]
        # Of a score known by its bound the distance of content was a bound, too.
        nearer = windows.c.content_distance > new["content_distance"]
        with writing(self._engine, tenant, lasting=False, alone=False) as connection:
            return connection.execute(
                sa.update(windows)
                .where(
                    windows.c.tenant == tenant,
                    windows.c.stream_id == stream_id,
                    windows.c.window == sa.bindparam("of_window"),
                    sa.or_(
                        ~windows.c.exact & exact,
                        windows.c.p_perm.is_(None) & p_perm.is_not(None),
                        exact & nearer,
                        *missing,
                    ),
                )
                .values(
                    score=sa.case((exact, _given("score", sa.Double)), else_=windows.c.score),
                    c_window=sa.case(
                        (exact, sa.bindparam("c_window", type_=sa.BigInteger)), else_=windows.c.c_window
                    ),
                    p_perm=sa.func.coalesce(windows.c.p_perm, p_perm),
                    exact=windows.c.exact | exact,
                    **{
                        name: sa.func.coalesce(windows.c[name], new[name])
                        for name in _OF_ASPECTS
                        if name != "content_distance"
                    },
                    content_distance=sa.case(
                        (exact, sa.func.coalesce(new["content_distance"], windows.c.content_distance)),
                        else_=windows.c.content_distance,
                    ),
                ),
                rows,
            ).rowcount


def _given(name: str, kind: type[sa.Double[float]] | type[sa.Boolean]) -> sa.ColumnElement[Any]:
    """A parameter that says its type: PostgreSQL cannot tell it from where it stands."""
    return sa.cast(sa.bindparam(name, type_=kind), kind)


def _aspect_columns(found: Windows) -> list[npt.NDArray[np.float64]]:
    """In the order of their names."""
    return [values[:, at] for at in range(len(ASPECTS)) for values in (found.aspect_p, found.aspect_distance)]


def _state_of(tenant: str, stream_id: str) -> sa.ColumnElement[bool]:
    return (detector_states.c.tenant == tenant) & (detector_states.c.stream_id == stream_id)


def _rows(step: Step) -> Iterator[dict[str, Any]]:
    found = step.windows
    names = (
        ("window", found.index),
        ("first_seq", found.first_seq),
        ("last_seq", found.last_seq),
        ("size", found.size),
        ("mu", found.mu),
        ("cbar", found.cbar),
        ("m", found.m),
        ("p_stream", found.p_stream),
        ("score", found.score),
        ("exact", found.exact),
        ("c_window", found.c_window),
        ("p_perm", found.p_perm),
        ("gated", found.gated),
        ("flagged", found.flagged),
        ("ready", found.ready),
        ("chance", found.chance),
        ("factor", found.factor),
        *zip(_OF_ASPECTS, _aspect_columns(found), strict=True),
    )
    columns = [column.tolist() for _, column in names]
    for *values, at_us, seen_us in zip(*columns, step.last_at_us, step.seen_us, strict=True):
        row = dict(zip((name for name, _ in names), values, strict=True))
        yield row | {
            "last_at_us": at_us,
            "seen_us": seen_us,
            "c_window": row["c_window"] or None,
            **{name: _or_none(row[name]) for name in ("p_perm", *_OF_ASPECTS)},
        }


def _row(found: FoundAnomaly) -> dict[str, Any]:
    record = found.record
    return {
        "id": found.id,
        "window": found.window.window,
        "first_seq": found.window.first_seq,
        "last_seq": found.window.last_seq,
        "first_at_us": found.first_at_us,
        "last_at_us": found.last_at_us,
        "seen_us": found.seen_us,
        "pattern": found.pattern,
        **{name: record[name] for name in ("status", "ncd", "p", "p_stream", "p_perm", "extra_bits")},
        "severity": found.severity,
        "incident": found.incident,
        "sentence": found.sentence,
        "views": ",".join(record["views"]),
        "record": record,
    }


def _or_none(value: float) -> float | None:
    """Databases have no NaN that all of them agree on."""
    return None if math.isnan(value) else value
