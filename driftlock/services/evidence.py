"""Evidence bundles of what a tenant has: what is stored, gathered and put together."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from driftlock.errors import ApplicationError, NotFound
from driftlock.evidence import About, Bundle, Policy, bundle_of, consequence, recomputable
from driftlock.evidence.contents import KeptEvent, series_files, window_files
from driftlock.evidence.environment import environment
from driftlock.evidence.readme import what
from driftlock.evidence.signing import KeyRing
from driftlock.model import Stream
from driftlock.ports import Store, StoredEvent
from driftlock.services.queries import Queries
from driftlock.services.records import verdict_of
from driftlock.services.series_queries import SeriesAnomaly, SeriesQueries
from driftlock_core.digests import canonical_digest
from driftlock_core.masking import Masker
from driftlock_core.measure import needed
from driftlock_core.profiles import Profile
from driftlock_core.series_verdict import SeriesVerdict, chained
from driftlock_core.verdict import Verdict

_DETECTED: Final = "detected"


class EvidenceGone(ApplicationError):
    """The events a bundle would hold are no longer stored; a bundle of digests can still be built."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a bundle would hold, before it is built."""

    recomputable: bool
    statement: str
    gone: bool  # whether events it needs were removed
    files: tuple[tuple[str, int, str], ...]  # name, bytes, what it is


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathered:
    """Everything a bundle needs from the store."""

    about: About
    files: dict[str, bytes]
    gone: bool
    series: bool
    made_with: str | None
    compressor: str | None
    seen_at: str


class EvidenceBundles:
    """Builds bundles from *store*, signed with the key of *ring*; the tenant always comes first."""

    def __init__(self, store: Store, queries: Queries, series: SeriesQueries, ring: KeyRing) -> None:
        self._store = store
        self._queries = queries
        self._series = series
        self._ring = ring

    def contents(self, tenant: str, anomaly_id: str, policy: Policy = "masked") -> Contents:
        """
        What :meth:`build` would put into a bundle: its largest files, and whether it could be recomputed.

        Raises:
            NotFound: The tenant has no such anomaly.
        """
        found = self._gathered(tenant, anomaly_id, policy)
        return Contents(
            recomputable=recomputable(policy, gone=found.gone),
            statement=consequence(policy, series=found.series, gone=found.gone),
            gone=found.gone,
            files=tuple((name, len(held), what(name, policy)) for name, held in sorted(found.files.items())),
        )

    def build(
        self,
        tenant: str,
        anomaly_id: str,
        *,
        policy: Policy = "masked",
        timeline: Sequence[Mapping[str, Any]] = (),
        audit: Sequence[Mapping[str, Any]] = (),
        report: Callable[[str], bytes] | None = None,
        sign: bool = True,
    ) -> Bundle:
        """
        The bundle of one anomaly, of a window or of a series; the same arguments and store give the same bytes.

        Args:
            timeline: What happened to it: plain values with ``at`` (ISO, UTC), ``what`` and ``by``. When it was
                detected is added where it is missing.
            audit: Neighbouring rows of the audit log, as they were hashed.
            report: Draws report.html, given the sentence on what the bundle proves; called once, so that the
                events are gathered once for both.
            sign: Whether the active key signs; without a key nobody does, and the bundle says so.

        Raises:
            NotFound: The tenant has no such anomaly.
            EvidenceGone: Its events were removed, and the policy wants them in.
            UnusableKey: The signing key cannot be read.
        """
        found = self._gathered(tenant, anomaly_id, policy)
        if found.gone and policy != "digests":
            raise EvidenceGone(
                "The events of this anomaly were removed, so nobody can recompute it. Choose digests: that bundle "
                "holds the recorded numbers and says what it lacks."
            )
        statement = consequence(policy, series=found.series, gone=found.gone)
        told = list(timeline)
        if not any(entry.get("what") == _DETECTED for entry in told):
            # Nobody keeps when a window was judged; its last event is the earliest moment it could be.
            told.append({"at": found.seen_at, "what": _DETECTED, "by": "system", "time_of": "its last event"})
        return bundle_of(
            found.about,
            found.files,
            policy=policy,
            recomputable=recomputable(policy, gone=found.gone),
            statement=statement,
            environment=environment(found.made_with, found.compressor),
            timeline=told,
            audit=audit,
            report=None if report is None else report(statement),
            signer=self._ring.active() if sign else None,
        )

    def _gathered(self, tenant: str, anomaly_id: str, policy: Policy) -> _Gathered:
        found = self._store.verdicts.anomaly(tenant, anomaly_id)
        if found is not None:
            row, record = found
            stream = self._stream(tenant, row.stream_id, anomaly_id)
            return self._window(stream, anomaly_id, record, row.seen_at.isoformat(), policy)
        series = self._series.anomaly(tenant, anomaly_id)
        if series is None:
            raise NotFound(f"There is no anomaly {anomaly_id}.")
        return self._of_series(self._stream(tenant, series.row.stream_id, anomaly_id), series, policy)

    def _stream(self, tenant: str, stream_id: str, anomaly_id: str) -> Stream:
        stream = self._queries.stream(tenant, stream_id)
        if stream is None:  # its run is past its time
            raise NotFound(f"There is no anomaly {anomaly_id}.")
        return stream

    def _window(
        self, stream: Stream, anomaly_id: str, record: dict[str, Any], seen_at: str, policy: Policy
    ) -> _Gathered:
        verdict = verdict_of(record)
        masker = Masker(Profile.from_configuration(verdict.configuration).masks)
        *spans, own = needed(verdict)
        seqs = sorted({seq for first, last in spans for seq in range(first, last + 1)})
        baseline = self._between(stream, seqs[0], seqs[-1]) if seqs else []
        wanted = set(seqs)
        baseline = [event for event in baseline if event.seq in wanted]
        window = self._between(stream, *own)
        kept, judged = _kept(baseline, masker), _kept(window, masker)
        # A baseline that was given is no part of the stream. Single events may be gone, or other than they
        # were judged: what does not give the recorded digests is no evidence.
        gone = not seqs or not _as_judged(verdict, kept, judged)
        if gone:
            kept, judged = [], []
        return _Gathered(
            about=_about(stream, anomaly_id, "window"),
            files=window_files(
                record,
                kept,
                judged,
                policy=policy,
                digest_key=self._ring.digest_key(stream.tenant) if policy == "digests" else b"",
            ),
            gone=gone,
            series=False,
            made_with=verdict.compressor,
            compressor=verdict.configuration["compressor"],
            seen_at=seen_at,
        )

    def _of_series(self, stream: Stream, anomaly: SeriesAnomaly, policy: Policy) -> _Gathered:
        values, times = self._series.values(stream, anomaly.verdict)
        gone = not _series_as_judged(anomaly.verdict, values, times)
        events = (
            self._between(stream, anomaly.row.first_seq, anomaly.row.last_seq) if policy == "full" else []
        )
        return _Gathered(
            about=_about(stream, anomaly.row.id, "series"),
            files=series_files(
                anomaly.record,
                stream.configuration,
                [] if gone else values,
                [] if gone else times,
                [KeptEvent(seq=one.seq, at_us=one.at_us, canonical=b"", raw=one.payload) for one in events],
                policy=policy,
            ),
            gone=gone,
            series=True,
            made_with=None,
            compressor=None,
            seen_at=anomaly.row.seen_at.isoformat(),
        )

    def _between(self, stream: Stream, first: int, last: int) -> list[StoredEvent]:
        return self._store.events.between(stream.tenant, stream.id, first, last)


def _about(stream: Stream, anomaly_id: str, type_: str) -> About:
    return About(
        tenant=stream.tenant,
        id=anomaly_id,
        type=type_,
        stream=stream.id,
        stream_name=stream.name,
        kind=stream.kind,
    )


def _kept(events: Sequence[StoredEvent], masker: Masker) -> list[KeptEvent]:
    canonical = masker.canonical([event.payload for event in events])
    return [
        KeptEvent(seq=event.seq, at_us=event.at_us, canonical=line, raw=event.payload)
        for event, line in zip(events, canonical, strict=True)
    ]


def _as_judged(verdict: Verdict, baseline: Sequence[KeptEvent], window: Sequence[KeptEvent]) -> bool:
    """Whether all events are there, as the detector saw them."""
    evidence = verdict.evidence
    first, last, _ = evidence.epochs[-1]
    deciding = [event.canonical for event in baseline if first <= event.seq <= last]
    wanted = {seq for begin, end, _ in evidence.epochs for seq in range(begin, end + 1)}
    return (
        len(baseline) == len(wanted)
        and canonical_digest(deciding) == evidence.canonical_baseline
        and canonical_digest([event.canonical for event in window]) == evidence.canonical_window
    )


def _series_as_judged(verdict: SeriesVerdict, values: Sequence[float], times: Sequence[float]) -> bool:
    """Whether all values up to the end of the anomaly are there, the alert's and those before as they were judged."""
    if len(values) <= verdict.last_record:
        return False
    used = times if verdict.timed else [math.nan] * len(values)
    up_to = slice(0, verdict.record + 1)
    return chained(zip(values[up_to], used[up_to], strict=True)) == verdict.evidence.digest
